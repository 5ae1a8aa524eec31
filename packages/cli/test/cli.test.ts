import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import {
  cellOf,
  EXIT,
  EXIT_TEXT,
  exitOfCode,
  helpOf,
  localTime,
  oneOf,
  outputTo,
  pairsOf,
  printable,
  ReaderGone,
  loadCommands,
  runCommand,
  tableOf,
  tell,
  wholeNumber
} from '@stimnet/machine'
import { SERVING } from '@stimnet/peer/commands'
import { StimnetError } from '@stimnet/protocol'
import { ApiError } from '@stimnet/sdk'
import { catalogHint } from '../src/ask/catalog-hint.ts'
import { ASKING, DECIDING } from '../src/commands.ts'
import { wholeId } from '../src/follow/whole-id.ts'
import { askPeers, runCommand as run, titleOf } from '../src/ask/run.ts'
import { whereOf } from '../src/ask/where.ts'
import { recordingIo } from '../../../test/recording-io.ts'

const NAMED = { ...ASKING, ...DECIDING, ...SERVING }
const COMMANDS = await loadCommands(NAMED)

describe('tables in a terminal', () => {
  test('numbers stand to the right, words to the left, what was withheld is a dot', () => {
    const table = tableOf(
      ['sex', 'n'],
      [
        ['female', 78],
        ['male', null]
      ]
    )
    assert.equal(table, 'sex      n\n──────  ──\nfemale  78\nmale     ·\n')
  })

  test('numbers have four significant digits, whole ones all of theirs', () => {
    const shown = { '0.3333': 1 / 3, '-13.68': -13.6754, '1235': 1234.56, '123456': 123_456, '2.000e-5': 0.00002 }
    for (const [text, value] of Object.entries(shown)) assert.equal(cellOf(value), text)
    assert.equal(cellOf(1_234_567.8), '1.235e+6')
    assert.equal(cellOf(Number.POSITIVE_INFINITY), 'Infinity')
  })

  test('text from another institution cannot steer the terminal', () => {
    assert.equal(printable('\u001b[2Jgone\u202e'), '\uFFFD[2Jgone\uFFFD')
    assert.ok(!/\p{Cc}/u.test(tableOf(['x'], [['\u001b]0;owned\u0007']]).replaceAll('\n', '')))
  })
})

describe('--where', () => {
  test('reads a comparison as one writes it', () => {
    assert.deepEqual(whereOf(['sex=female']), { column: 'sex', op: '=', values: ['female'] })
    assert.deepEqual(whereOf(['outcomes.visit = baseline,month_6']), {
      column: 'outcomes.visit',
      op: 'in',
      values: ['baseline', 'month_6']
    })
  })

  test('joins several by and, and reads numbers as numbers', () => {
    assert.deepEqual(whereOf(['age>=65', 'sex!="male"']), {
      all: [
        { column: 'age', op: '>=', values: [65] },
        { column: 'sex', op: '!=', values: ['male'] }
      ]
    })
    assert.equal(whereOf([]), undefined)
  })

  test('reads who lacks a value, and who has one', () => {
    const isMissing = { column: 'patients.ledd', op: 'is null', values: [] }
    assert.deepEqual(whereOf(['patients.ledd is null']), isMissing)
    assert.deepEqual(whereOf([' patients.ledd IS  NOT NULL ', 'sex=female']), {
      all: [{ not: isMissing }, { column: 'sex', op: '=', values: ['female'] }]
    })
    assert.deepEqual(whereOf(['note=is null']), { column: 'note', op: '=', values: ['is null'] })
  })

  test('what is no comparison is refused with an example', () => {
    for (const text of [
      'female',
      '=female',
      'age>',
      '1; DROP TABLE x',
      'age is',
      'age is not',
      'is null',
      'age not null'
    ]) {
      assert.throws(() => whereOf([text]), { code: 'FILTER_INVALID' })
    }
  })
})

describe('an id', () => {
  const whole = ['3f2a91c4'.padEnd(32, '0'), '3f2a91c4'.padEnd(32, '1'), 'beef0123'.padEnd(64, '2')]
  const known = async () => whole.map((id, at) => ({ id, title: `number ${at}` }))

  test('may be written whole, or by its beginning where no other begins so', async () => {
    const nobody = () => Promise.reject(new Error('a whole id is not looked up'))
    assert.equal(await wholeId(whole[0] ?? '', nobody), whole[0])
    for (const written of ['beef0123', 'BEEF01232', 'beef0123…', 'beef0123...', `${'beef0123'.padEnd(40, '2')}`])
      assert.equal(await wholeId(written, known), whole[2], written)
    assert.equal(await wholeId('3f2a91c40', known), whole[0])
    for (const unknown of ['cafe0123', 'no-id-at-all']) assert.equal(await wholeId(unknown, known), unknown)
  })

  test('is refused with the candidates where several begin so, and where too little of it is written', async () => {
    const both = `2 ids begin with 3f2a91c4: ${whole[0]} (number 0), ${whole[1]} (number 1). Give more of the one you mean.`
    await assert.rejects(wholeId('3f2a91c4', known), { code: 'PARAMETER_INVALID', reason: both })
    await assert.rejects(wholeId('beef012', known), { code: 'PARAMETER_INVALID', reason: /at least 8 characters/ })
  })
})

test('credentials that do not count, since the gateway signs, are named before the question is sent', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-'))
  const kept = { XDG_CONFIG_HOME: process.env.XDG_CONFIG_HOME }
  t.after(async () => {
    if (kept.XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME
    else Object.assign(process.env, kept)
    await rm(folder, { recursive: true })
  })
  process.env.XDG_CONFIG_HOME = folder
  const sent = { id: 'b1', parts: [], state: 'completed', code: null, reason: null }
  const client = { submitBroadcast: async () => sent, async *watchBroadcast() {}, broadcast: async () => sent }
  const said = async () => {
    const io = recordingIo()
    const program = { kind: 'sql', sql: 'SELECT 1' } as const
    const question = { catalog: 'trial', where: undefined, program, title: 't', text: () => '' }
    await askPeers(client as never, {} as never, io, question)
    return io.said.err
  }
  assert.doesNotMatch(await said(), /WARNING/)
  await mkdir(join(folder, 'stimnet'))
  await writeFile(join(folder, 'stimnet', 'credentials.jwt'), 'eyJh.eyJi.c2ln\n')
  assert.match(
    await said(),
    /^WARNING: the credentials in .*credentials\.jwt are not used: .*so that the gateway signs\. stimnet key/
  )
})

test('a script has no price beforehand, which is no refusal', async () => {
  const cost = {
    data_catalog_name: 'trial',
    peers: [{ institution: 'North', cost: null, information: null }],
    pooled: []
  }
  const client = { privacyCost: async () => cost }
  const io = recordingIo()
  const program = { kind: 'script', language: 'r', code: 'x <- 1' } as const
  const question = { catalog: 'trial', where: undefined, program, title: 't', text: () => '' }
  assert.equal(await askPeers(client as never, { dry: true } as never, io, question), EXIT.ok)
  assert.match(io.said.out, /^A script has no price beforehand: .*\nNothing was asked\./)
})

test('a question is called as its file, without the folder', () => {
  assert.deepEqual([titleOf('/home/me/q/change.sql'), titleOf('change.sql')], ['change.sql', 'change.sql'])
})

test('--param takes JSON where it is JSON, and text elsewhere', () => {
  assert.deepEqual(pairsOf('param', ['a=1', 'b=[1,2]', 'c=hello=you']), { a: 1, b: [1, 2], c: 'hello=you' })
  assert.throws(() => pairsOf('param', ['novalue']), { code: 'PARAMETER_INVALID' })
})

describe('a command line with a slip in it', () => {
  const said = async (...args: string[]) => {
    const io = recordingIo()
    return { code: await runCommand(run, args, io), err: io.said.err }
  }

  test('is told which option was meant', async () => {
    const { code, err } = await said('q.sql', '--catlog', 'trial')
    assert.equal(code, EXIT.usage)
    assert.match(err, /^stimnet run: There is no option --catlog\. Did you mean --catalog\?$/m)
    assert.match((await said('q.sql', '--unicorn')).err, /There is no option --unicorn\.\n/)
    assert.match((await said('q.sql', '--__proto__=1')).err, /There is no option --__proto__\.\n/)
    assert.match((await said('q.sql', '--e\u001b[2J')).err, /There is no option --e\uFFFD\[2J\./)
  })

  test('is told what is missing, by its name', async () => {
    assert.match((await said()).err, /^stimnet run: FILE is missing$/m)
    assert.match((await said('q.sql', '--epsilon')).err, /--epsilon needs a value: --epsilon NUMBER/)
    assert.match((await said('q.sql', '--epsilon', '--json')).err, /--json looks like an option\. .* --epsilon=--json/)
    assert.match((await said('q.sql', '--json=3')).err, /--json takes no value/)
    await assert.rejects(said('q.sql'), { code: 'PARAMETER_INVALID', reason: /^--catalog is missing/ })
    for (const { name, positionals } of COMMANDS) {
      const [least, , ...names] = positionals
      assert.ok(names.length >= least, `${name} names what it needs`)
    }
  })

  test('a catalog that nobody offers is told with the one that may have been meant', async () => {
    const client = { meshCatalogs: async () => [{ name: 'clinical_trial_data' }, { name: 'imaging_data' }] as never }
    assert.equal(
      await catalogHint(client, 'clinical_trail_data'),
      'Did you mean clinical_trial_data? stimnet catalogs lists them.'
    )
    assert.equal(await catalogHint(client, 'weather'), 'stimnet catalogs lists them.')
  })

  test('a value that is none of a few, or no whole number in its bounds, is refused with those', () => {
    const refusal = {
      code: 'PARAMETER_INVALID',
      reason: /^the action must be one of list, accept, not "lst"\. Did you mean list\?$/
    }
    assert.throws(() => oneOf('the action', 'lst', ['list', 'accept']), refusal)
    assert.equal(wholeNumber('--limit', '5'), 5)
    assert.equal(wholeNumber('--limit', undefined), undefined)
    for (const text of ['0', '-1', '1.5', 'x', '', '366', '1e2']) {
      const reason = /^--days must be a whole number from 1 to 365, not "/
      assert.throws(() => wholeNumber('--days', text, { most: 365 }), { code: 'PARAMETER_INVALID', reason }, text)
    }
  })
})

describe('exit codes', () => {
  test('tell scripts whether the command line, the way, the login or the question was at fault', () => {
    const codes = {
      [EXIT.usage]: ['PARAMETER_INVALID', 'FILTER_INVALID', 'CONTRACT_INVALID', 'CONFIG_INVALID', 'PEER_UNKNOWN'],
      [EXIT.unreachable]: ['PEER_UNREACHABLE', 'NO_PROVIDERS', 'DEADLINE'],
      [EXIT.notLetIn]: ['UNAUTHENTICATED', 'CREDENTIALS_INVALID', 'ACCOUNT_LOCKED', 'NOT_PERMITTED'],
      [EXIT.failed]: ['COHORT_NOT_RELEASABLE', 'BUDGET_EXCEEDED', 'JOB_UNKNOWN', 'INTERNAL']
    } as const
    for (const [exit, list] of Object.entries(codes)) {
      for (const code of list) assert.equal(exitOfCode(code), Number(exit), code)
    }
  })

  test('stand in the help of every command, which has an example', () => {
    assert.equal(Object.keys(NAMED).length, [ASKING, DECIDING, SERVING].flatMap(Object.keys).length)
    assert.deepEqual(
      COMMANDS.map(({ name }) => name),
      Object.keys(NAMED)
    )
    for (const definition of COMMANDS) {
      const help = helpOf(definition)
      assert.ok(help.includes(EXIT_TEXT), definition.name)
      assert.match(help, new RegExp(`^ +.*stimnet ${definition.name}`, 'm'))
    }
  })
})

describe('what a command throws', () => {
  const told = (error: unknown) => {
    const io = recordingIo()
    return { code: tell(error, io), err: io.said.err }
  }

  test('is one line that says what to do, and no address of the API', () => {
    const away = told(new StimnetError('PEER_UNREACHABLE', 'asking for /api/v1/broadcasts'))
    assert.deepEqual([away.code, /stimnet start/.test(away.err), /api/.test(away.err)], [3, true, false])
    const late = told(new StimnetError('DEADLINE', 'asking for /api/v1/nodes'))
    assert.equal(late.err, 'stimnet: DEADLINE: The peer did not answer in time.\n')
    const reason = 'No peer called "node-9" is known here, but node-1, node-2.'
    assert.deepEqual(told(new ApiError('PEER_UNKNOWN', { status: 404, reason })), {
      code: EXIT.usage,
      err: `stimnet: PEER_UNKNOWN: ${reason} stimnet peers lists them.\n`
    })
  })

  test('names the fields that do not fit, and local things beside the reason', () => {
    const fields = [{ field: 'purpose.0', message: 'not a term\u001b' }]
    assert.match(
      told(new ApiError('BODY_INVALID', { status: 422, fields })).err,
      /\n {2}purpose\.0: not a term\uFFFD\n$/
    )
    assert.match(
      told(new StimnetError('CONFIG_INVALID', 'stimnet.yaml: mesh.peers')).err,
      /\nstimnet\.yaml: mesh\.peers\n$/
    )
    const unexpected = told(new TypeError('a mistake of ours'))
    assert.deepEqual([unexpected.code, /unexpected: TypeError: a mistake/.test(unexpected.err)], [1, true])
  })

  test('about a file or a socket is what the system said and what to do, without a stack trace', async () => {
    const refused = await readFile(import.meta.dirname).catch((error: unknown) => error)
    assert.deepEqual(told(refused), {
      code: EXIT.failed,
      err: 'stimnet: EISDIR: illegal operation on a directory, read. A folder stands where a file is expected.\n'
    })
    const wrapped = told(new StimnetError('SANDBOX_UNAVAILABLE', 'asking Docker', { cause: refused }))
    assert.match(wrapped.err, /\nasking Docker: EISDIR: illegal operation on a directory, read\. A folder stands/)
  })

  test('is none where the reader of the output went away', { skip: process.platform === 'win32' }, async () => {
    const main = join(import.meta.dirname, '../src/main.ts')
    // The pipe is closed before anything is written into it.
    const child = spawn('sh', ['-c', `exec "$0" "$1" --help | true`, process.execPath, main], {
      stdio: ['ignore', 'ignore', 'pipe']
    })
    assert.equal(await text(child.stderr), '')
    const stream = new Writable({
      write: (_, __, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    })
    const write = outputTo(stream)
    write('to nobody')
    await new Promise((resolve) => setImmediate(resolve))
    assert.throws(() => write('any more'), ReaderGone)
  })
})

describe('a question to a person', () => {
  const answered = async (input: string, signal = 'new AbortController().signal') => {
    const file = import.meta.resolve('@stimnet/machine')
    const code = `const { askLine } = await import('${file}'); console.log(JSON.stringify(await askLine('Go on? ', ${signal})))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'pipe'] })
    const [out, err] = [child.stdout, child.stderr].map((stream) => text(stream))
    if (!signal.includes('timeout')) child.stdin.end(input)
    const told = { out: JSON.parse((await out) ?? ''), err: await err }
    child.stdin.destroy()
    return told
  }

  test('is answered by one line, and stands beside the answers', async () => {
    assert.deepEqual(await answered('yes\nno\n'), { out: 'yes', err: 'Go on? ' })
  })

  test('is answered by nothing where the input ends or the command is stopped', async () => {
    assert.deepEqual(await answered(''), { out: '', err: 'Go on? \n' })
    assert.deepEqual(await answered('', 'AbortSignal.timeout(50)'), { out: '', err: 'Go on? \n' })
  })
})

test('a moment is told by the reader’s clock, with how far that is from UTC', (t) => {
  const { TZ } = process.env
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })
  const shown = {
    UTC: '2026-07-01 22:30:05Z',
    'Europe/Berlin': '2026-07-02 00:30:05+02:00',
    'America/St_Johns': '2026-07-01 20:00:05-02:30'
  }
  for (const [zone, text] of Object.entries(shown)) {
    process.env.TZ = zone
    assert.equal(localTime('2026-07-01T22:30:05.123Z'), text)
  }
  assert.equal(localTime('never'), 'never')
})
