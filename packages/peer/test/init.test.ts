/**
 * Tests of `stimnet init`: its questions, the files that it writes, and that it writes nothing before all questions are
 * answered.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import { parse } from 'yaml'
import { recordingIo } from '../../../test/recording-io.ts'
import { initCommand } from '../src/cli/init/init.ts'
import { loadConfig } from '../src/config/config.ts'
import { catalogNameFor, nodeIdFor } from '../src/config/short-names.ts'
import { Accounts } from '../src/store/accounts/accounts.ts'
import { peerIdIn } from '../src/store/identity.ts'
import { scratchFolder } from '../../../test/scratch.ts'

/** Runs the command with a person who gives these answers; undefined is Ctrl-C. */
async function initAt(args: readonly string[], answers?: readonly (string | undefined)[]) {
  const io = recordingIo()
  const questions: string[] = []
  const stop = new AbortController()
  const ask = async (question: string) => {
    const answer = answers?.[questions.push(question) - 1]
    if (answer === undefined) stop.abort(new Error('stopped'))
    return answer ?? ''
  }
  const more = answers === undefined ? {} : { ask }
  const code = await runCommand(initCommand, args, { ...io, ...more, signal: stop.signal })
  return { code, questions, ...io.said }
}

/** Sixty people, with words that some programs read as booleans. */
async function writeData(folder: string): Promise<void> {
  await mkdir(folder)
  const rows = Array.from({ length: 60 }, (_, i) => `P${100 + i},${40 + (i % 30)},${i % 2 === 0 ? 'yes' : 'no'}`)
  await writeFile(join(folder, 'people.csv'), `subject_id,age,treated\n${rows.join('\n')}\n`)
}

test('in a terminal it asks, proposes a catalog, makes an account, and says what to send to the others', async (t) => {
  const home = await scratchFolder(t)
  await writeData(join(home, 'export'))
  const folder = join(home, 'peer')
  const file = join(folder, 'stimnet.yaml')
  const answers = [
    folder,
    'Hospital "North"',
    'Hospital North',
    'https://north.example',
    'north.example',
    '4100',
    '4100'
  ]
  const { code, questions, out, err } = await initAt(
    [],
    [...answers, '8100', join(home, 'export'), 'no name', 'ageing', 'ada']
  )
  assert.equal(code, 0, err)
  // A name with quotation marks, an address with a scheme, a port that is already used and a name with a space are asked for
  // once more.
  assert.equal(questions.length, 12)
  assert.match(err, /A name has no quotation marks, since it would seem to end at them: leave them out/)
  assert.match(questions[9] ?? '', /^Name of the catalog, .* \[people\]: $/)
  assert.ok(questions.every((question) => /\[.+\]: $/.test(question)))
  const { config } = await loadConfig(file, {})
  const { listen, announce, peers } = config.mesh
  assert.deepEqual(
    [config.node_id, config.institution, listen, announce, peers, config.gateway.port],
    ['hospital-north', 'Hospital North', ['/ip4/0.0.0.0/tcp/4100'], ['/dns4/north.example/tcp/4100'], [], 8100]
  )
  const [catalog] = config.catalogs
  const proposed = [catalog?.name, catalog?.access_level, catalog?.tables[0]?.file]
  assert.deepEqual(proposed, ['ageing', 'private', '../export/people.csv'])
  const levels = (version: '1.1' | '1.2', text: string) =>
    parse(text, { version }).catalogs[0].tables[0].variables.find(({ name }: { name: string }) => name === 'treated')
      .levels
  const text = await readFile(file, 'utf8')
  assert.deepEqual(
    [levels('1.1', text), levels('1.2', text)],
    [
      ['no', 'yes'],
      ['no', 'yes']
    ]
  )
  // Each decision names the line of the configuration that it is about.
  const lines = text.split('\n')
  const [, subjectKey] = /^line (\d+), subject_key:/m.exec(err) ?? []
  assert.match(lines[Number(subjectKey) - 1] ?? '', /subject_key: subject_id/)
  const peerId = await peerIdIn(join(folder, 'stimnet-data'))
  assert.ok(out.includes(`address      /dns4/north.example/tcp/4100/p2p/${peerId}`))
  const [, password = ''] = /Account ada \(researcher, operator\), password (\S{20})$/m.exec(out) ?? []
  const accounts = await Accounts.open(join(folder, 'stimnet-data/accounts.json'))
  assert.equal((await accounts.authenticate('ada', password))?.name, 'ada')
  assert.match(out, /stimnet catalog check --config .*\n {2}stimnet doctor --config .*\n {2}stimnet start --config/)
  assert.match(out, /^Node hospital-north: others ask only this peer with stimnet run --peers hospital-north/m)
})

test('Enter takes each default, what the command line gives is not asked, and nothing is offered then', async (t) => {
  const folder = join(await scratchFolder(t), 'peer')
  const { code, questions, out } = await initAt([folder, '--institution', 'North', '--port', '8000'], ['', '', '', ''])
  assert.equal(code, 0)
  assert.equal(questions.length, 4)
  const { config } = await loadConfig(join(folder, 'stimnet.yaml'), {})
  assert.deepEqual(
    [config.mesh.listen, config.mesh.announce, config.gateway.port, config.catalogs],
    [['/ip4/127.0.0.1/tcp/8000'], [], 8001, []]
  )
  assert.ok(!existsSync(join(folder, 'stimnet-data/accounts.json')))
  assert.match(out, /none yet: this peer listens on this machine alone[\s\S]*stimnet account add NAME/)
})

test('with --yes or without a terminal nothing is asked, and a person who stops or cannot answer leaves nothing behind', async (t) => {
  const home = await scratchFolder(t)
  const named = ['--institution', 'North']
  assert.deepEqual((await initAt([join(home, 'a'), ...named, '--yes'], [])).questions, [])
  assert.equal((await initAt([join(home, 'b'), ...named])).code, 0)
  const unnamed = initAt([join(home, 'c'), '--yes'], [])
  await assert.rejects(unnamed, { code: 'PARAMETER_INVALID', message: /--institution is missing/ })
  const quoted = initAt([join(home, 'c'), '--institution', 'Klinikum "Süd"', '--yes'])
  await assert.rejects(quoted, { code: 'PARAMETER_INVALID', message: /--institution: A name has no quotation marks/ })
  await assert.rejects(initAt([join(home, 'c'), ...named], ['', '', undefined]), { code: 'CANCELLED' })
  await assert.rejects(initAt([join(home, 'c'), ...named], ['', '0', 'x', '65536']), { code: 'PARAMETER_INVALID' })
  await assert.rejects(initAt([join(home, 'c'), ...named, '--port', '8000', '--yes']), { code: 'PARAMETER_INVALID' })
  assert.ok(!existsSync(join(home, 'c')))
})

test('words of a described catalog that YAML 1.1 takes for booleans are written in quotes', async (t) => {
  const home = await scratchFolder(t)
  await writeData(join(home, 'export'))
  const variables = '[{ name: treated, type: category, levels: [yes, no] }]'
  const tables = `[{ name: people, file: export/people.csv, one_row_per_subject: true, variables: ${variables} }]`
  const catalog = join(home, 'catalog.yaml')
  await writeFile(catalog, `name: trial\nsubject_key: subject_id\nlattice: none\ntables: ${tables}\n`)
  await initAt([join(home, 'peer'), '--institution', 'North', '--catalog', catalog])
  const written = await readFile(join(home, 'peer/stimnet.yaml'), 'utf8')
  const [table] = parse(written, { version: '1.1' }).catalogs[0].tables
  assert.deepEqual(table.variables[0].levels, ['yes', 'no'])
})

test('the short name of a peer follows from its institution, that of a catalog from its file, folder or institution', () => {
  const names = [
    'Klinikum Nord',
    'Universitätsklinikum Süd, Abt. 2',
    '東京病院',
    `Institut ${'für Neurologie '.repeat(9)}`
  ]
  assert.deepEqual(names.map(nodeIdFor), [
    'klinikum-nord',
    'universitaetsklinikum-sued-abt-2',
    'node-1',
    'institut-fuer-neurologie-fuer-neurologie'
  ])
  const nord = (...files: string[]) => catalogNameFor(files, 'Klinikum Nord')
  assert.equal(nord('/d/2024-Parkinson.csv'), 'parkinson')
  assert.equal(nord('/d/dbs/mrt.csv', '/d/dbs/patients.csv'), 'dbs')
  assert.equal(nord('C:\\d\\dbs\\mrt.csv', 'C:\\d\\dbs\\p.csv'), 'dbs')
  assert.equal(nord('/d/export/mrt.csv', '/d/export/patients.csv'), 'klinikum_nord')
  assert.equal(nord('/d/dbs/mrt.csv', '/d/other/patients.csv'), 'klinikum_nord')
  assert.equal(catalogNameFor(['/1.csv'], '東京病院'), 'catalog')
})

test('a data folder that is there already is said, and taken only where a person says so', async (t) => {
  const home = await scratchFolder(t)
  const [named, yes] = [['--institution', 'North', '--port', '4101', '--gateway-port', '8101'], ['--yes']]
  const answers = ['', 'no\u001b[2J.csv', '', 'mallory']
  const at = (name: string) => [join(home, name), ...named]
  const made = await initAt(at('a'), answers)
  assert.equal(made.code, 0, made.err)
  // The reason why an answer is invalid contains the answer's text, which must not control the terminal.
  assert.match(made.err, /no\uFFFD\[2J\.csv: there is no such file/)
  const data = join(home, 'a/stimnet-data')
  const peerId = await peerIdIn(data)
  const file = join(home, 'a/stimnet.yaml')
  const again = initAt([...at('a'), ...yes])
  await assert.rejects(again, { code: 'CONFIG_INVALID', message: /exists already/ })
  await rm(file)
  const words = new RegExp(
    `stimnet-data is there already.*the key of ${peerId}; 1 account with passwords: mallory \\(res`
  )
  await assert.rejects(initAt([...at('a'), ...yes]), { code: 'PARAMETER_INVALID', message: words })
  await assert.rejects(initAt([...at('a'), ...yes]), { message: /--keep-data/ })
  for (const answer of ['', 'yes', undefined])
    await assert.rejects(initAt(at('a'), ['', '', '', answer]), { code: 'PARAMETER_INVALID', message: /Nothing was/ })
  assert.ok(!existsSync(file))
  const kept = await initAt(at('a'), ['', '', '', 'keep'])
  assert.equal(kept.code, 0)
  assert.match(kept.err, words)
  assert.ok(kept.out.includes(`PeerId ${peerId}`))
  await rm(file)
  const byOption = await initAt([...at('a'), ...yes, '--keep-data'])
  assert.deepEqual([byOption.code, words.test(byOption.err)], [0, true])
  await mkdir(join(home, 'b/stimnet-data'), { recursive: true })
  assert.equal((await initAt([...at('b'), ...yes])).code, 0, 'an empty folder is nobody’s')
  await mkdir(join(home, 'c'))
  await symlink(data, join(home, 'c/stimnet-data'))
  await assert.rejects(initAt([...at('c'), ...yes, '--keep-data']), { message: /a file or a link/ })
})

test('a data folder of another user is never taken', { skip: process.getuid?.() !== 0 }, async (t) => {
  const home = await scratchFolder(t)
  const data = join(home, 'stimnet-data')
  await mkdir(data)
  await writeFile(join(data, 'identity.key'), 'x')
  for (const path of [join(data, 'identity.key'), data]) {
    await chown(path, 65_534, 65_534)
    const taking = initAt([home, '--institution', 'North', '--yes', '--keep-data'])
    await assert.rejects(taking, { code: 'PARAMETER_INVALID', message: /belongs to another user \(uid 65534\)/ })
  }
})
