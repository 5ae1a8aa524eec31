import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf, SimulatedClock, StimnetError } from '@stimnet/protocol'
import { type FakeBehaviour, fakeSandbox, type Sandbox } from '../src/index.ts'
import { openSeveral } from '../src/several.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'

/** An engine that a test switches off, and whose programs it ends. */
class Switched {
  isOn = true
  opened = 0
  readonly ran: string[] = []
  readonly waiting: ((answer: { result: string } | { code: 'SANDBOX_UNAVAILABLE' }) => void)[] = []
  readonly behaviour: Partial<FakeBehaviour>
  readonly name: string

  constructor(name: string, behaviour: Partial<FakeBehaviour> = {}) {
    this.name = name
    this.behaviour = behaviour
  }

  async open(): Promise<Sandbox> {
    if (!this.isOn) throw new StimnetError('SANDBOX_UNAVAILABLE', `${this.name} is off`)
    this.opened += 1
    return fakeSandbox({
      answer: (job) => {
        this.ran.push(job.code)
        return new Promise((resolve) => this.waiting.push(resolve))
      },
      isAvailable: () => this.isOn,
      ...this.behaviour
    })
  }

  /** Lets the oldest program that runs here end. */
  end(): void {
    this.waiting.shift()?.({ result: JSON.stringify(this.name) })
  }

  /** The engine dies, with the programs on it. */
  die(): void {
    this.isOn = false
    for (const answer of this.waiting.splice(0)) answer({ code: 'SANDBOX_UNAVAILABLE' })
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

const openOver = async (...hosts: Switched[]) => {
  const clock = new SimulatedClock(0)
  const away: string[] = []
  const sandbox = await openSeveral({ hosts, clock, onAway: (name) => away.push(name) })
  const run = async (code: string) => {
    const outcome = await sandbox.run(jobOf(code), LIMITS_OF_TESTS)
    return outcome.ok ? outcome.result : outcome.code
  }
  return { sandbox, clock, away, run }
}

describe('several engines as one sandbox', () => {
  test('take programs in turn, the least loaded first', async () => {
    const [one, two] = [new Switched('one'), new Switched('two')]
    const { run } = await openOver(one, two)
    const runs = [run('a'), run('b')]
    await settled()
    assert.deepEqual([one.ran, two.ran], [['a'], ['b']])
    two.end()
    await runs[1]
    runs.push(run('c'))
    await settled()
    assert.deepEqual([one.ran, two.ran], [['a'], ['b', 'c']])
    one.end()
    two.end()
    assert.deepEqual(await Promise.all(runs), ['"one"', '"two"', '"two"'])
  })

  test('run the programs of an engine that dies once more on another one, and never a third time', async () => {
    const hosts = ['one', 'two', 'three'].map((name) => new Switched(name))
    const [one, two, three] = hosts as [Switched, Switched, Switched]
    const { run } = await openOver(...hosts)
    const first = run('a')
    await settled()
    one.die()
    await settled()
    assert.deepEqual(two.ran, ['a'])
    two.die()
    assert.equal(await first, 'SANDBOX_UNAVAILABLE')
    assert.deepEqual(three.ran, [], 'a program that ends engines is not passed on for ever')
    const second = run('b')
    await settled()
    three.end()
    assert.equal(await second, '"three"')
  })

  test('give no programs to an engine that answers but runs nothing, while another one runs them', async () => {
    const broken = () => new Switched('broken', { answer: () => ({ code: 'SANDBOX_UNAVAILABLE' }) })
    const whole = new Switched('whole', { answer: () => ({ result: '1' }) })
    const { run, sandbox } = await openOver(broken(), broken(), whole)
    const outcomes: string[] = []
    for (let i = 0; i < 6; i++) outcomes.push(await run('a'))
    assert.deepEqual(outcomes.slice(1), Array(5).fill('1'))
    await sandbox.close()
    assert.equal(await sandbox.isAvailable(), false)
  })

  test('do not repeat a program that failed by itself', async () => {
    const one = new Switched('one', { answer: () => ({ code: 'PROGRAM_FAILED' }) })
    const two = new Switched('two')
    const { run } = await openOver(one, two)
    assert.equal(await run('a'), 'PROGRAM_FAILED')
    assert.deepEqual(two.ran, [])
  })

  test('use an engine again when it is back, and one that was away from the start', async () => {
    const [one, two] = [new Switched('one'), new Switched('two')]
    two.isOn = false
    const { sandbox, clock, run, away } = await openOver(one, two)
    assert.deepEqual([away, await sandbox.isAvailable()], [['two'], true])
    one.die()
    assert.equal(await run('a'), 'SANDBOX_UNAVAILABLE')
    assert.equal(await sandbox.isAvailable(), false)
    one.isOn = true
    two.isOn = true
    await clock.advance(11_000)
    // Looking whether it is there opens it.
    assert.equal(await sandbox.isAvailable(), true)
    await settled()
    const runs = [run('b')]
    await settled()
    runs.push(run('c'))
    await settled()
    assert.deepEqual([one.ran, two.ran, two.opened], [['b'], ['c'], 1])
    one.end()
    two.end()
    await Promise.all(runs)
    await sandbox.close()
    assert.equal(await run('d'), 'SANDBOX_UNAVAILABLE')
  })

  test('have the same images, or are refused; one that comes later with others is not used', async () => {
    const other = new Switched('other', { image: 'another image' })
    await assert.rejects(openOver(new Switched('one'), other), (error) => codeOf(error) === 'SANDBOX_UNAVAILABLE')
    other.isOn = false
    const one = new Switched('one')
    const { run, away, clock } = await openOver(one, other)
    other.isOn = true
    await clock.advance(11_000)
    for (const code of ['a', 'b']) {
      const running = [run(code), run(code)]
      await settled()
      one.end()
      one.end()
      await Promise.all(running)
    }
    assert.deepEqual(other.ran, [])
    assert.ok(away.length >= 2, 'it is told each time')
  })

  test('run what all of them can run', async () => {
    const r = new Switched('r', { languages: ['r', 'python'] })
    const { sandbox } = await openOver(new Switched('one'), r)
    const { languages, image } = await sandbox.describe()
    assert.deepEqual([languages, image('python'), image('jupyter'), image('r')], [['python'], 'fake', '', ''])
  })

  test('are unavailable where none answers', async () => {
    const one = new Switched('one')
    one.isOn = false
    await assert.rejects(openOver(one), (error) => codeOf(error) === 'SANDBOX_UNAVAILABLE')
  })
})
