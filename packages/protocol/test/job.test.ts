import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isEnded, isJobState, JOB_MOVES, JOB_STATES, type JobState, move, outwardState } from '../src/index.ts'
import { coded } from './fixtures.ts'

const ENDS: JobState[] = ['completed', 'blocked', 'failed', 'cancelled', 'denied', 'expired']

function reachableFrom(start: JobState): Set<JobState> {
  const seen = new Set<JobState>([start])
  for (const state of seen) for (const next of JOB_MOVES[state]) seen.add(next)
  return seen
}

test('the ends are six, and nothing follows an end', () => {
  assert.deepEqual(JOB_STATES.filter(isEnded), ENDS)
  for (const end of ENDS) for (const to of JOB_STATES) assert.throws(() => move(end, to), coded('INTERNAL'))
})

test('every state can be reached by a job that waits for a person, and an end from every state', () => {
  assert.deepEqual([...reachableFrom('pending')].sort(), [...JOB_STATES].sort())
  for (const state of JOB_STATES) assert.ok([...reachableFrom(state)].some(isEnded), state)
})

test('only what passed disclosure completes, and nothing is disclosed that did not run', () => {
  const before = (state: JobState) => JOB_STATES.filter((from) => JOB_MOVES[from].includes(state))
  assert.deepEqual(before('completed'), ['disclosing'])
  assert.deepEqual(before('disclosing'), ['running'])
  assert.deepEqual(before('running'), ['queued'])
  assert.deepEqual(before('denied'), ['pending'])
  assert.deepEqual(before('pending'), [])
})

test('a job can be cancelled until it has ended', () => {
  for (const state of JOB_STATES) assert.equal(JOB_MOVES[state].includes('cancelled'), !isEnded(state), state)
})

test('no state leads to itself, and the table names known states only, each once', () => {
  assert.deepEqual(Object.keys(JOB_MOVES), [...JOB_STATES])
  for (const [from, targets] of Object.entries(JOB_MOVES)) {
    assert.ok(targets.every(isJobState))
    assert.equal(new Set(targets).size, targets.length)
    assert.ok(!(targets as readonly string[]).includes(from))
  }
})

test('any history of allowed moves is accepted; any other move is refused', () => {
  const anyState = fc.constantFrom(...JOB_STATES)
  fc.assert(
    fc.property(fc.array(anyState, { maxLength: 20 }), (wishes) => {
      let state: JobState = 'pending'
      for (const wish of wishes) {
        if (JOB_MOVES[state].includes(wish)) {
          state = move(state, wish)
          assert.equal(state, wish)
        } else assert.throws(() => move(state, wish), coded('INTERNAL'))
      }
    })
  )
})

test('outside, disclosing looks like running, and all else as it is', () => {
  for (const state of JOB_STATES) assert.equal(outwardState(state), state === 'disclosing' ? 'running' : state)
})

test('a word from outside is a state only if it is one of them', () => {
  for (const state of JOB_STATES) assert.ok(isJobState(state))
  for (const word of ['', 'Pending', 'constructor', '__proto__', 'toString', 'done']) assert.ok(!isJobState(word))
})
