/** The walkthrough docs/first-site.md: each command is run, and each output is compared. */
import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CommandRun, scratchFolder, spawnSite, stimnetIn } from '../mesh.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = await readFile(join(ROOT, 'docs/first-site.md'), 'utf8')

/** The blocks of the page in a language, in order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '')
}

interface Written {
  readonly args: readonly string[]
  readonly input: string
  /** File that standard output goes to. */
  readonly to: string | undefined
}

/** A command line of the page: `echo "INPUT" | ../bin/stimnet ARGUMENTS > FILE`. */
function written(line: string): Written {
  const [, input, words = '', to] = /^(?:echo "(.*?)" \| )?\.\.\/bin\/stimnet (.*?)(?: > (\S+))?$/.exec(line) ?? []
  const args = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return { args, input: input === undefined ? '' : `${input}\n`, to }
}

/** The true number of people and mean weight by sex, read from the export without any of our code. */
async function truth(): Promise<readonly (readonly [sex: string, people: number, weight: number])[]> {
  const text = new TextDecoder('windows-1252').decode(await readFile(join(ROOT, 'examples/exports/patienten.csv')))
  const rows = text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(/"[^"]*"/, '').split(';'))
  return (['female', 'male'] as const).map((sex) => {
    const words = { female: ['W', 'weiblich', '2'], male: ['M', 'männlich', '1'] }[sex]
    const own = rows.filter(([, , , word = '']) => words.includes(word))
    const weights = own.flatMap(([, , , , weight = '']) =>
      /^\d/.test(weight) ? [Number(weight.replace(',', '.'))] : []
    )
    return [sex, own.length, weights.reduce((sum, weight) => sum + weight, 0) / weights.length] as const
  })
}

test('the walkthrough from two messy exports to a first answer says what happens, and the answer is right', async (t) => {
  const folder = await scratchFolder(t)
  await cp(join(ROOT, 'examples/exports'), join(folder, 'exports'), { recursive: true })
  const stimnet = stimnetIn(folder)
  const lines = blocks('sh').flatMap((block) => block.trimEnd().split('\n'))
  const [made, propose, check, checkAgain, dummy, init, account, start, login, ask, ...more] = lines
  assert.match(made ?? '', /^mkdir site && cp -r examples\/exports site && cd site$/)
  assert.deepEqual(more, [], 'every command of the page is run here')
  const [decided = ''] = blocks('yaml')
  const [proposed = '', decisions = '', fault = '', nothing = '', answer = ''] = blocks('text')

  const run = async (line: string | undefined, at: readonly string[] = []): Promise<CommandRun> => {
    const { args, input, to } = written(line ?? '')
    const ran = await stimnet([...args, ...at], input)
    if (to !== undefined) await writeFile(join(folder, to), ran.out)
    return ran
  }

  const first = await run(propose)
  assert.equal(first.code, 0, first.err)
  assert.equal(first.out, proposed)
  for (const line of decisions.trimEnd().split('\n')) assert.ok(first.err.split('\n').includes(line), line)

  const failed = await run(check)
  assert.equal(failed.code, 1)
  assert.ok(failed.out.includes(fault.trimEnd()), failed.out)

  await writeFile(join(folder, 'catalog.yaml'), decided)
  const [passed, madeUp, initialised] = await Promise.all([run(checkAgain), run(dummy), run(init)])
  assert.deepEqual([passed.code, passed.out, passed.err], [0, '', nothing])

  assert.equal(madeUp.code, 0, madeUp.err)
  assert.equal((await readFile(join(folder, 'dummy', 'patients.csv'), 'utf8')).split('\n').length, 502)

  assert.equal(initialised.code, 0, initialised.err)
  assert.equal((await run(account)).code, 0)
  assert.deepEqual(written(start ?? '').args, ['start', '--config', 'peer/stimnet.yaml'])
  const configFile = join(folder, 'peer/stimnet.yaml')
  // On free ports and without a sandbox; otherwise as `init` wrote it.
  const config = (await readFile(configFile, 'utf8')).replace('tcp/4001', 'tcp/0').replace('port: 8000', 'port: 0')
  await writeFile(configFile, `${config}sandbox: { engine: none }\n`)
  const site = { nodeId: 'north', institution: 'University Hospital North', seed: 0, shift: 0 }
  const { gatewayUrl } = await spawnSite(t, { folder, configFile, site })

  await writeFile(join(folder, 'question.sql'), blocks('sql').join('\n'))
  assert.equal((await run(login, ['--url', gatewayUrl])).code, 0)
  const [answered, asked] = await Promise.all([
    run(ask, ['--url', gatewayUrl]),
    stimnet(['catalog', 'dummy', 'parkinson_registry', '--url', gatewayUrl, '--out', 'asked'])
  ])
  assert.equal(answered.code, 0, answered.err)
  assert.ok(answered.out.includes(answer.trimEnd()), answered.out)

  assert.equal(asked.code, 0, asked.err)
  const headers = ['dummy', 'asked'].map((name) => readFile(join(folder, name, 'visits.csv'), 'utf8'))
  const [ofFile, ofGateway] = (await Promise.all(headers)).map((text) => text.split('\n')[0])
  assert.equal(ofGateway, ofFile, 'the gateway’s description gives the same tables')

  for (const [sex, people, weight] of await truth()) {
    const [, count, mean] = new RegExp(`^${sex} +(\\d+) +([\\d.]+) ±`, 'm').exec(answer) ?? []
    assert.equal(Number(count), people)
    assert.ok(Math.abs(Number(mean) - weight) < 0.3, `${sex}: ${mean} for ${weight}`)
  }
})
