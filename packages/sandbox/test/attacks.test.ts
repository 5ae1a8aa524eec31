import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { breach as breachIn, judgeAssault, judgeProbe } from '../src/attacks/judge.ts'
import {
  ADMITTED,
  type Assault,
  ATTACKABLE_ENGINES,
  ATTACKS,
  type Attack,
  type AttackableEngine,
  attackEngine,
  attackSandbox,
  attacksFor,
  BOUNDS,
  fakeSandbox,
  isAdmitted,
  openWasmSandbox,
  type Probe,
  type SandboxOutcome,
  Witnesses
} from '../src/index.ts'
import { jobOf } from './jobs.ts'
import { leakySandbox } from './leaky.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const MiB = 1024 * 1024
const LIMITS = { grade: 'docker', wallTimeMsMax: 1_000, memoryBytesMax: 100 * MiB } as const
const NOTHING_SEEN = { secret: 'the secret', hits: 0, left: [] }

const named = (...beginnings: string[]) =>
  ATTACKS.filter(({ id }) => beginnings.some((beginning) => id.startsWith(beginning)))
const attackNamed = (id: string): Attack => ATTACKS.find((one) => one.id === id) ?? assert.fail(id)

const usage = { wallTimeMs: 10, peakMemoryBytes: undefined, outputBytes: 0, warm: false }
const answered = (result: object, log = 'ATTACK BEGINS'): SandboxOutcome => ({
  ...{ ok: true, result: JSON.stringify(result), log, usage }
})
const ended = (code: Extract<SandboxOutcome, { ok: false }>['code'], log = 'ATTACK BEGINS'): SandboxOutcome => ({
  ...{ ok: false, code, log, usage }
})

describe('what attacks must not get at', () => {
  test('lies in a folder of its own that is emptied first, open to this user alone, and gone afterwards', async (t) => {
    const parent = await scratchFolder(t)
    const place = join(parent, 'self-test')
    await mkdir(place, { mode: 0o755 })
    await writeFile(join(place, 'left'), 'by one that was killed')
    const witnesses = await Witnesses.open({}, place)
    assert.equal(dirname(witnesses.marks(MiB).secretPath), place)
    assert.deepEqual((await readdir(place)).sort(), ['secret', 'socket'])
    assert.equal((await stat(place)).mode & 0o777, 0o700)
    await witnesses.close()
    assert.deepEqual(await readdir(parent), [])
  })

  test('lies elsewhere, as closed, where the kernel would not take a path so long', async (t) => {
    const parent = await scratchFolder(t)
    const witnesses = await Witnesses.open({}, join(parent, 'x'.repeat(100)))
    t.after(() => witnesses.close())
    const folder = dirname(witnesses.marks(MiB).secretPath)
    assert.deepEqual([dirname(folder), (await stat(folder)).mode & 0o777], [tmpdir(), 0o700])
  })

  test('is cleared away where a killed test of long ago left it, and not where one may still run', async (t) => {
    const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'stimnet-attacks-'))))
    t.after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))
    const [old = '', fresh = ''] = folders
    await writeFile(join(old, 'secret'), 'secret')
    const hoursAgo = (await stat(fresh)).mtimeMs / 1_000 - 2 * 3_600
    await utimes(old, hoursAgo, hoursAgo)
    await (await Witnesses.open({})).close()
    await assert.rejects(stat(old), { code: 'ENOENT' })
    await stat(fresh)
  })
})

describe('the list of attacks', () => {
  test('has each attack once, and each belongs to a subject', () => {
    assert.equal(new Set(ATTACKS.map(({ id }) => id)).size, ATTACKS.length)
    for (const { id } of ATTACKS) assert.match(id, /^[a-z]+\.[a-z0-9-]+$/)
    assert.ok(ATTACKS.length > 150)
  })

  test('tells programs where the secret lies, and never the secret', async () => {
    const witnesses = await Witnesses.open(process.env)
    const marks = witnesses.marks(100 * MiB)
    const texts = ATTACKS.map((one) => (one.kind === 'probe' ? one.code(marks) : one.program(marks)))
    await witnesses.close()
    assert.ok(texts.some((text) => text.includes(marks.secretPath)))
    assert.ok(!texts.some((text) => text.includes(witnesses.secret)))
  })

  test('and the published grades fit each other: no bound without an attack, no attack bounded by what no grade admits', () => {
    for (const grade of Object.keys(ADMITTED) as (keyof typeof ADMITTED)[]) {
      for (const beginnings of ADMITTED[grade].flatMap((admitted) => Object.values(admitted))) {
        for (const beginning of beginnings) assert.ok(named(beginning).length > 0, `${grade} ${beginning}`)
      }
    }
    const meant = ATTACKS.flatMap((one) =>
      Object.values({ ...one.through, ...(one.kind === 'assault' ? one.ends : {}) }).map(
        (bound) => [one, bound] as const
      )
    )
    for (const [attack, bound] of meant) {
      if (bound === 'contained') continue
      assert.ok(
        (Object.keys(ADMITTED) as (keyof typeof ADMITTED)[]).some((grade) => isAdmitted(grade, attack, bound)),
        `${attack.id} ${bound}`
      )
    }
    for (const bound of BOUNDS)
      assert.ok(
        meant.some(([, one]) => one === bound),
        bound
      )
  })

  test('is cut to the engine: nothing of embedded Python for a container, and no R where there is none', () => {
    const description = { grade: 'docker', image: () => '', libraries: () => new Set<string>() } as const
    const ids = attacksFor({ ...description, engine: 'docker', languages: ['python'] }).map(({ id }) => id)
    assert.ok(!ids.some((id) => id.startsWith('js.') || id.startsWith('r.')))
    assert.ok(ids.includes('files.sysrq'))
    const embedded = attacksFor({ ...description, engine: 'wasm', languages: ['python', 'r'] }).map(({ id }) => id)
    assert.ok(embedded.includes('js.fetch') && embedded.includes('r.loop') && !embedded.includes('files.sysrq'))
  })
})

describe('an attack is judged', () => {
  const loop = attackNamed('loop.deaf') as Assault
  const link = attackNamed('answer.link') as Assault
  const judge = (attack: Assault, outcome: SandboxOutcome) => judgeAssault(attack, outcome, LIMITS).outcome

  test('open where its program says that it got something', () => {
    assert.equal(judge(link, answered({ got: ['a file'] })), 'open')
    assert.equal(judge(link, answered({ got: [] })), 'contained')
  })

  test('open where its answer came far too late, or it took far more memory than it may', () => {
    const late = { ...ended('TIME_LIMIT'), usage: { ...usage, wallTimeMs: 60_000 } }
    assert.equal(judge(loop, late), 'open')
    const large = { ...ended('TIME_LIMIT'), usage: { ...usage, peakMemoryBytes: 300 * MiB } }
    assert.equal(judge(loop, large), 'open')
    assert.equal(judge(loop, ended('TIME_LIMIT')), 'bounded')
  })

  test('as not judged where it never began, ended as nobody expected, or does not say what it got', () => {
    assert.equal(judge(loop, ended('TIME_LIMIT', '')), 'unjudged')
    assert.equal(judge(loop, ended('SANDBOX_UNAVAILABLE')), 'unjudged')
    assert.equal(judge(link, answered({})), 'unjudged')
    assert.equal(judge(link, answered([1, 2])), 'unjudged')
    assert.equal(judge(attackNamed('js.threads') as Assault, answered({ got: [] })), 'unjudged')
  })

  test('contained where it used nothing at all, bounded where it used something up to a limit', () => {
    const fork = attackNamed('processes.fork') as Assault
    assert.deepEqual(judgeAssault(fork, answered({ got: [], used: 0 }), LIMITS), {
      outcome: 'contained',
      by: 'refused'
    })
    assert.deepEqual(judgeAssault(fork, answered({ got: [], used: 60 }), LIMITS), {
      ...{ outcome: 'bounded', by: 'process limit' }
    })
  })

  test('open where the machine saw the secret, a knock at a listener, something left, or a boast in the log', () => {
    assert.equal(breachIn([answered({ got: [] })], NOTHING_SEEN), undefined)
    assert.equal(breachIn([answered({ got: [], x: 'the secret' })], NOTHING_SEEN)?.outcome, 'open')
    assert.equal(breachIn([ended('TIME_LIMIT', 'the secret')], NOTHING_SEEN)?.outcome, 'open')
    assert.equal(breachIn([answered({ got: [] })], { ...NOTHING_SEEN, hits: 1 })?.outcome, 'open')
    assert.equal(breachIn([answered({ got: [] })], { ...NOTHING_SEEN, left: ['/tmp/x'] })?.outcome, 'open')
    assert.equal(breachIn([answered({ got: [] }, 'x\nGOT a file\n')], NOTHING_SEEN)?.by, 'a file')
  })

  test('by the grade: what is no breach under gVisor is one elsewhere', () => {
    const perf = attackNamed('kernel.perf') as Probe
    const told = { got: ['kernel.perf'], why: {} }
    assert.equal(judgeProbe(perf, 'docker', told)?.outcome, 'open')
    assert.equal(judgeProbe(perf, 'docker+gvisor', told)?.outcome, 'bounded')
    assert.equal(judgeProbe(perf, 'docker', { got: [], why: {} }), undefined)
    assert.equal(isAdmitted('docker', attackNamed('disk.inodes'), 'wall time'), false)
    assert.equal(isAdmitted('docker+gvisor', attackNamed('disk.inodes'), 'wall time'), true)
  })
})

describe('the suite', () => {
  let witnesses: Witnesses
  before(async () => {
    witnesses = await Witnesses.open(process.env)
  })
  after(() => witnesses?.close())
  const outcomes = async (sandbox: Parameters<typeof attackSandbox>[0], attacks: readonly Attack[]) => {
    const results = await attackSandbox(sandbox, { witnesses, attacks, memoryBytesMax: 32 * MiB })
    return Object.fromEntries(results.map(({ attack, verdict }) => [attack.id, verdict.outcome]))
  }
  const allAs = (attacks: readonly Attack[], outcome: string) =>
    Object.fromEntries(attacks.map(({ id }) => [id, outcome]))

  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim()

  test('finds a sandbox that holds nothing to be open', { skip: python ? false : 'no python3 here' }, async () => {
    // Attacks that need no privileges and do not change the machine.
    const harmless = named(
      ...['files.secret', 'files.escape', 'environment.own', 'environment.proc', 'network.tcp', 'network.http'],
      ...[
        'network.udp',
        'network.unix',
        'network.abstract',
        'network.listen',
        'network.family-inet',
        'processes.signal'
      ],
      ...['next.left', 'outlive.daemon', 'memory.bytes']
    ).filter(({ id }) => !['network.tcp6', 'network.family-inet6'].includes(id))
    const linux = process.platform === 'linux'
    const expected = linux ? harmless : harmless.filter(({ id }) => !/abstract|proc|signal|outlive/.test(id))
    assert.deepEqual(await outcomes(leakySandbox(python), expected), allAs(expected, 'open'))
  })

  test('believes no sandbox that runs nothing, whatever that one answers', async () => {
    const some = named('files.secret', 'kernel.root', 'loop.', 'memory.list', 'answer.', 'end.', 'next.')
    const description = await fakeSandbox({ answer: () => ({ result: '{}' }) }).describe()
    const attacks = attacksFor(description, some)
    for (const answer of [{ result: '{}' }, { code: 'PROGRAM_FAILED' }, { code: 'TIME_LIMIT' }] as const) {
      assert.deepEqual(await outcomes(fakeSandbox({ answer: () => answer }), attacks), allAs(attacks, 'unjudged'))
    }
  })

  test('takes a probe that ends its own program for contained only if it had begun', async () => {
    const [first, second] = named('files.secret', 'files.home')
    const sandbox = fakeSandbox({
      answer: ({ code }) => {
        if (code.includes('files.home')) return { code: 'PROGRAM_FAILED', log: 'TRIES files.home\n' }
        return { result: '{"got":[],"why":{"files.secret":"refused"}}' }
      }
    })
    assert.deepEqual(
      await outcomes(
        sandbox,
        [first, second].filter((one) => one !== undefined)
      ),
      {
        ...{ 'files.secret': 'contained', 'files.home': 'contained' }
      }
    )
  })

  test('sees a neighbour whose data are read', async () => {
    const sandbox = fakeSandbox({
      answer: ({ tables }) => ({
        result: JSON.stringify({ got: [], read: Buffer.from(tables[0]?.csv ?? '').toString() })
      })
    })
    const attacks = named('next.neighbour')
    // The fake answers each job with its own table. Only one table contains the secret, and its answer is not examined.
    assert.deepEqual(await outcomes(sandbox, attacks), allAs(attacks, 'contained'))
    let all = ''
    const shared = fakeSandbox({
      answer: async ({ tables }) => {
        all += Buffer.from(tables[0]?.csv ?? '').toString()
        await new Promise((resolve) => setTimeout(resolve, 100))
        return { result: JSON.stringify({ got: [], read: all }) }
      }
    })
    assert.deepEqual(await outcomes(shared, attacks), allAs(attacks, 'open'))
  })

  test('ends when it is told to', async () => {
    const control = new AbortController()
    const sandbox = fakeSandbox({ answer: () => ({ result: '{"got":[]}' }) })
    const results = await attackSandbox(sandbox, {
      ...{ witnesses, attacks: named('answer.', 'end.'), memoryBytesMax: MiB, signal: control.signal },
      onResult: () => control.abort()
    })
    const attacks = attacksFor(await sandbox.describe(), named('answer.', 'end.'))
    assert.deepEqual(
      results.map(({ attack }) => attack.id),
      attacks.map(({ id }) => id)
    )
    const untried = results.filter(({ verdict }) => verdict.by === 'the attacks were ended before it')
    assert.ok(untried.length > 0 && untried.every(({ isAdmitted }) => !isAdmitted))
  })

  test('says of an engine that is not here why, and what to do', async () => {
    const engine = ATTACKABLE_ENGINES.find(({ grade }) => grade === 'docker') ?? assert.fail()
    const settings = { cacheDir: tmpdir(), owner: 'nobody', at: { socketPath: '/nonexistent/docker.sock' } }
    const report = await attackEngine(engine, settings, { witnesses })
    assert.ok(!report.isHere)
    assert.match(report.howTo, /Install Docker/)
  })

  test('accounts for the processes of the engine it attacks, and for none that this process runs besides', async (t) => {
    if (process.platform !== 'linux') return t.skip('only Linux tells')
    const cacheDir = await scratchFolder(t)
    const engine = ATTACKABLE_ENGINES.find(({ grade }) => grade === 'wasm') ?? assert.fail()
    const jobs = await openWasmSandbox({ cacheDir, poolSize: 0, bubblewrap: 'never' })
    t.after(() => jobs.close())
    const { sandbox, left } = await engine.open({ cacheDir, owner: '' })
    const forEver = jobOf('while True: pass')
    const limits = { wallTimeMsMax: 60_000, memoryBytesMax: 640 * MiB, outputBytesMax: 1_000 }
    const running = [jobs.run(forEver, limits), sandbox.run(forEver, limits)]
    while ((await left()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal((await left()).length, 1)
    await sandbox.close()
    assert.deepEqual(await left(), [])
    await jobs.close()
    await Promise.all(running)
  })

  test('calls an engine that leaves something behind not clean', async () => {
    const left: string[] = []
    const sandbox = fakeSandbox({ answer: () => ({ result: '{"got":[],"why":{"files.secret":"refused"}}' }) })
    const engine: AttackableEngine = {
      grade: 'docker',
      ...{ howTo: '', memoryBytesMax: MiB, startMsMax: 0 },
      open: async () => ({
        sandbox: { ...sandbox, close: async () => void left.push('container 1') },
        left: async () => left.slice()
      })
    }
    const settings = { cacheDir: '', owner: '' }
    const attacks = named('files.secret')
    const report = await attackEngine(engine, settings, { witnesses, attacks })
    assert.deepEqual(report.isHere && [report.isClean, report.left], [false, ['container 1']])
    const clean = async () => ({ sandbox, left: async () => [] })
    const again = await attackEngine({ ...engine, open: clean }, settings, { witnesses, attacks })
    assert.deepEqual(again.isHere && [again.isClean, again.left], [true, []])
  })
})
