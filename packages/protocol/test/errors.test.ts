import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CODES, type Code, codeOf, isCode, StimnetError } from '../src/index.ts'

test('every code says whose doing it was, whether to retry, and what to do, in a full sentence', () => {
  for (const [code, { fault, retry, meaning }] of Object.entries(CODES)) {
    assert.match(code, /^[A-Z][A-Z_]*[A-Z]$/)
    assert.ok(['request', 'policy', 'program', 'node', 'network'].includes(fault), code)
    assert.equal(typeof retry, 'boolean')
    assert.match(meaning, /^[A-Z][^\n]*\S[.]?$/)
  }
})

test('what the program or the policy refused is not worth asking again, a full queue and a cap for a time aside', () => {
  const again = Object.entries(CODES).filter(([, { retry }]) => retry)
  assert.deepEqual(
    again.filter(([, { fault }]) => fault === 'program' || fault === 'policy').map(([code]) => code),
    ['REFUSALS_EXHAUSTED', 'SHARE_EXCEEDED', 'QUEUE_FULL']
  )
})

test('what was being done stays inside; the code and its fixed meaning go out', () => {
  const cause = new Error('patient 17')
  const error = new StimnetError('NODE_ERROR', 'reading /data/patients.csv', { cause })
  assert.equal(error.reason, CODES.NODE_ERROR.meaning)
  assert.equal(error.cause, cause)
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'StimnetError')
  assert.equal('cause' in new StimnetError('BUSY', 'asking'), false)
  assert.equal(new StimnetError('FILTER_INVALID', 'x', { reason: 'Too deep.' }).reason, 'Too deep.')
})

test('whatever was thrown has a code; what nobody foresaw is INTERNAL', () => {
  assert.equal(codeOf(new StimnetError('BUSY', 'asking')), 'BUSY')
  for (const thrown of [new Error('x'), 'x', null, undefined, { code: 'BUSY' }])
    assert.equal(codeOf(thrown), 'INTERNAL')
})

test('a word from outside is a code only if it is one of the list', () => {
  for (const code of Object.keys(CODES) as Code[]) assert.ok(isCode(code))
  for (const word of ['', 'busy', 'constructor', '__proto__', 'hasOwnProperty']) assert.ok(!isCode(word))
})
