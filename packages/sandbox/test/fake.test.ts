import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { type FakeBehaviour, fakeSandbox, type SandboxJob } from '../src/index.ts'
import { sandboxContract } from './contract.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'

/** The word to which the fake reacts: the code itself, or the first cell of a notebook. */
function wordOf(job: SandboxJob): string {
  return job.language === 'jupyter' ? JSON.parse(job.code).cells[1].source.join('') : job.code
}

const behaviour: FakeBehaviour = {
  answer: (job) => {
    switch (wordOf(job)) {
      case 'fails':
        throw new Error('of its own')
      case 'neverEnds':
        return new Promise(() => {})
      case 'leavesNothing':
        return { result: '' }
      case 'leavesNoJson':
        return { result: '{"n": NaN}' }
      case 'answersTooMuch':
        return { result: JSON.stringify('x'.repeat(100_000)) }
      case 'printsTooMuch':
        return { result: '1', log: 'x'.repeat(100_000) }
      default:
        return { result: '{"n": 3}', log: 'printed by the program' }
    }
  }
}

sandboxContract({
  name: 'fake',
  open: async () => fakeSandbox(behaviour),
  programs: {
    answers: 'answers',
    fails: 'fails',
    neverEnds: 'neverEnds',
    leavesNothing: 'leavesNothing',
    leavesNoJson: 'leavesNoJson',
    answersTooMuch: 'answersTooMuch',
    printsTooMuch: 'printsTooMuch',
    prints: 'prints'
  }
})

test('a fake fails with the code it was told, and its wall time follows the clock it was given', async () => {
  const clock = new SimulatedClock()
  const told = fakeSandbox({ clock, answer: () => ({ code: 'MEMORY_LIMIT' }) })
  const outcome = await told.run(jobOf(''), LIMITS_OF_TESTS)
  assert.equal(outcome.ok ? 'ok' : outcome.code, 'MEMORY_LIMIT')
  const hanging = fakeSandbox({ clock, answer: () => new Promise(() => {}) })
  const running = hanging.run(jobOf(''), LIMITS_OF_TESTS)
  await clock.advance(LIMITS_OF_TESTS.wallTimeMsMax)
  await clock.advance(5_000)
  const late = await running
  assert.equal(late.ok ? 'ok' : late.code, 'TIME_LIMIT')
})
