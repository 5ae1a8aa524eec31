/** The contract suite, which is run against every sandbox. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Sandbox, SandboxFailure, SandboxLimits } from '../src/index.ts'
import { jobOf, LIMITS_OF_TESTS, notebookOf } from './jobs.ts'

/** Programs with a certain behaviour, in the language of the sandbox. */
export interface ContractPrograms {
  /** Its result is {"n": 3}. */
  readonly answers: string
  readonly fails: string
  readonly neverEnds: string
  readonly leavesNothing: string
  readonly leavesNoJson: string
  /** Its result has more than 64 KiB. */
  readonly answersTooMuch: string
  /** Prints without end. */
  readonly printsTooMuch: string
  /** Prints a word; its result is {"n": 3}. */
  readonly prints: string
}

export function sandboxContract(options: {
  name: string
  open(): Promise<Sandbox>
  programs: ContractPrograms
  /** The language of the programs. Default: Python. */
  language?: 'python' | 'r'
}): void {
  const { name, programs, language = 'python' } = options
  const programOf = (code: string) => jobOf(code, { language })
  describe(`the contract of a sandbox: ${name}`, () => {
    let sandbox: Sandbox
    before(async () => {
      sandbox = await options.open()
    })
    after(() => sandbox.close())

    const codeOf = async (code: string, limits: Partial<SandboxLimits> = {}, signal?: AbortSignal) => {
      const outcome = await sandbox.run(programOf(code), { ...LIMITS_OF_TESTS, ...limits }, signal)
      return outcome.ok ? 'ok' : (outcome.code satisfies SandboxFailure)
    }

    test('it says what it is, what it runs and which libraries there are', async () => {
      const description = await sandbox.describe()
      assert.equal(description.engine, sandbox.engine)
      for (const language of description.languages) assert.ok(description.image(language).length > 0)
      assert.ok(description.languages.includes('python'))
      const libraries = description.libraries('python')
      for (const library of ['json', 'csv', 'stimnet', 'data_loader']) assert.ok(libraries.has(library), library)
      assert.ok(!libraries.has('numpy'))
      assert.equal(description.libraries('r').size > 0, description.languages.includes('r'))
      const { waitingMax, waiting } = sandbox.pool('python')
      assert.ok(waiting >= 0 && waiting <= waitingMax, `${waiting} of ${waitingMax} wait`)
      if (!description.languages.includes('r')) assert.deepEqual(sandbox.pool('r'), { waitingMax: 0, waiting: 0 })
    })

    test('a program that leaves a result is answered with its JSON text', async () => {
      const outcome = await sandbox.run(programOf(programs.answers), LIMITS_OF_TESTS)
      assert.ok(outcome.ok)
      assert.deepEqual(JSON.parse(outcome.result), { n: 3 })
      assert.ok(outcome.usage.wallTimeMs > 0)
    })

    if (language === 'python') {
      test('a notebook runs too', async () => {
        const outcome = await sandbox.run(jobOf('', notebookOf(programs.answers)), LIMITS_OF_TESTS)
        assert.ok(outcome.ok, JSON.stringify(outcome))
        assert.deepEqual(JSON.parse(outcome.result), { n: 3 })
      })
    }

    test('what is printed is no part of the result and goes to the log', async () => {
      const outcome = await sandbox.run(programOf(programs.prints), LIMITS_OF_TESTS)
      assert.ok(outcome.ok)
      assert.deepEqual(JSON.parse(outcome.result), { n: 3 })
      assert.match(outcome.log, /printed by the program/)
    })

    test('a program that fails is told by its class alone', async () => {
      assert.equal(await codeOf(programs.fails), 'PROGRAM_FAILED')
    })

    test('a program that leaves nothing has failed', async () => {
      assert.equal(await codeOf(programs.leavesNothing), 'PROGRAM_FAILED')
    })

    test('a result that is not JSON is no result', async () => {
      assert.equal(await codeOf(programs.leavesNoJson), 'PROGRAM_FAILED')
    })

    test('a result above its limit is not taken', async () => {
      assert.equal(await codeOf(programs.answersTooMuch), 'OUTPUT_LIMIT')
    })

    test('endless printing is cut off', async () => {
      assert.equal(await codeOf(programs.printsTooMuch), 'OUTPUT_LIMIT')
    })

    test('a program that never ends is ended after its wall time', async () => {
      assert.equal(await codeOf(programs.neverEnds, { wallTimeMsMax: 1_500 }), 'TIME_LIMIT')
    })

    test('a job can be cancelled while it runs', async () => {
      const cancel = new AbortController()
      const running = codeOf(programs.neverEnds, {}, cancel.signal)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      cancel.abort()
      // The run ended long before its own limits.
      assert.equal(await running, 'CANCELLED')
    })

    test('a job cancelled before it starts never starts', async () => {
      assert.equal(await codeOf(programs.answers, {}, AbortSignal.abort()), 'CANCELLED')
    })

    test('several jobs run beside each other', async () => {
      assert.deepEqual(await Promise.all([1, 2, 3].map(() => codeOf(programs.answers))), ['ok', 'ok', 'ok'])
    })

    test('closing ends what runs, and afterwards nothing runs any more', async () => {
      const closed = await options.open()
      const running = closed.run(programOf(programs.neverEnds), LIMITS_OF_TESTS)
      await new Promise((resolve) => setTimeout(resolve, 300))
      await closed.close()
      const outcome = await running
      assert.equal(outcome.ok ? 'ok' : outcome.code, 'CANCELLED')
      const late = await closed.run(programOf(programs.answers), LIMITS_OF_TESTS)
      assert.equal(late.ok ? 'ok' : late.code, 'SANDBOX_UNAVAILABLE')
      await closed.close()
    })
  })
}
