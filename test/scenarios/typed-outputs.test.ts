import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { OutputDeclarationInput } from '@stimnet/protocol'
import { fakeSandbox, type SandboxJob } from '@stimnet/sandbox'
import { type Broadcast, type Client, type Job, verifyAndPool } from '@stimnet/sdk'
import { answerOf, type Federation, PASSWORD, startFederation, stimnetIn } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const OUTPUTS: OutputDeclarationInput[] = [
  { name: 'women', kind: 'count' },
  { name: 'by sex', kind: 'table', categories: ['female', 'male'] },
  { name: 'people', kind: 'count' },
  { name: 'mean_age', kind: 'mean', lower: '18', upper: '100', unit: 'a', of: 'people' },
  { name: 'sd_age', kind: 'sd', lower: '0', upper: '50', unit: 'a' }
]

interface Row {
  readonly sex: string
  readonly age: number
}

function subjectsOf({ tables }: SandboxJob): Row[] {
  const csv = new TextDecoder().decode(tables.find(({ name }) => name === 'subjects')?.csv)
  const [header = '', ...lines] = csv.trim().split('\n')
  const names = header.split(',')
  return lines.map((line) => {
    const fields = line.split(',')
    const at = (name: string) => fields[names.indexOf(name)] ?? ''
    return { sex: at('sex'), age: Number(at('age')) }
  })
}

/** The outputs of an honest script. */
function honest(job: SandboxJob): Record<string, object> {
  const rows = subjectsOf(job)
  const women = rows.filter(({ sex }) => sex === 'female').length
  const mean = rows.reduce((sum, { age }) => sum + age, 0) / rows.length
  return {
    women: { kind: 'count', value: women },
    'by sex': { kind: 'table', counts: { female: women, male: rows.length - women } },
    people: { kind: 'count', value: rows.length },
    mean_age: { kind: 'mean', value: mean },
    sd_age: { kind: 'sd', value: 9.876543 }
  }
}

describe('a script with a declared contract, at three institutions', () => {
  let federation: Federation
  let researcher: Client
  let written: (job: SandboxJob) => unknown = honest
  const end = atEnd()

  before(async () => {
    const sandbox = fakeSandbox({ answer: (job) => ({ result: JSON.stringify({ stimnet_outputs: written(job) }) }) })
    federation = await startFederation(end, 3, { peer: { sandbox } })
    researcher = await federation.client(0)
  })

  async function ask(more: object = {}): Promise<Broadcast> {
    return answerOf(researcher, {
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'python', script_content: 'result = 1' },
      ...{ outputs: OUTPUTS, targets: '*', ...more }
    })
  }

  test('pools what adds, weights what has a size, and shows the rest side by side', async () => {
    written = honest
    const answer = await ask()
    assert.equal(answer.state, 'completed', answer.reason ?? '')
    const verified = await verifyAndPool(answer, { peers: federation.peers.map(({ peerId }) => peerId) })
    assert.ok(verified.complete)
    assert.deepEqual(verified.pooled, answer.pooled)
    const parts = answer.parts.flatMap(({ output }) => (output?.kind === 'typed' ? [output] : []))
    assert.equal(parts.length, 3)
    const women = parts.map(({ outputs: [count] }) => (count && 'value' in count ? Number(count.value) : 0))
    const [count, table, , mean, sd] = answer.pooled?.outputs ?? []
    assert.ok(count && 'value' in count.output && count.output.value === women.reduce((a, b) => a + b, 0))
    assert.ok(table && 'counts' in table.output && table.output.counts[0] === count.output.value)
    assert.deepEqual([count.output.n, mean?.method, sd?.method], [450, 'weighted by its count', 'none'])
    assert.deepEqual([mean?.output.of, answer.asked?.outputs?.[3]?.of], [450, 'people'])
    assert.deepEqual(sd?.output && 'value' in sd.output ? sd.output.value : 0, null)
    assert.match(answer.pooled?.notes.join() ?? '', /sd_age: shown site by site/)
  })

  test('says on its card that nobody read the code, how much it can tell, and what each output is', async () => {
    written = honest
    const [part] = (await ask()).parts
    assert.ok(part?.output?.kind === 'typed')
    const { level, claim, bits, subjects } = part.output.disclosure
    assert.deepEqual([level, subjects], ['unreviewed', 150])
    assert.match(claim, /typed contract.*Nobody has read this code\. No disclosure claim/)
    assert.ok(bits !== null && bits > 20 && bits < 100)
    const [count, , , mean] = part.output.outputs
    assert.equal(count?.class, 'https://www.w3id.org/statbarnsdc#Frequencies')
    assert.deepEqual([mean?.unit, mean?.n], ['a', 150])
  })

  test('gives each output under its name over REST', async () => {
    written = honest
    const { job_id } = await researcher.submitJob({
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'python', script_content: 'result = 1' },
      ...{ outputs: OUTPUTS, target_node_id: 'node-1' }
    })
    const { result_data } = await researcher.waitForJob(job_id)
    const { women, mean_age } = result_data as Record<string, { kind: string; value: number }>
    assert.deepEqual([women?.kind, mean_age?.kind], ['count', 'mean'])
    assert.ok(Number(women?.value) > 5)
    assert.ok(result_data?.disclosure)
  })

  test('withholds small counts in their place, and what would give them away', async () => {
    written = (job) => ({
      ...honest(job),
      women: { kind: 'count', value: 3 },
      'by sex': { kind: 'table', counts: { female: 3, male: 147 } }
    })
    for (const { output } of (await ask()).parts) {
      assert.ok(output?.kind === 'typed')
      const [count, table] = output.outputs
      assert.ok(count && 'value' in count && table && 'counts' in table)
      assert.deepEqual([count.value, table.counts, output.withheld], [null, [null, null], { values: 3 }])
    }
  })

  test('is told nothing but that, where what it wrote is not what was declared', async () => {
    const row = Buffer.from('S0001,female,71').toString('base64')
    const hostile: ((job: SandboxJob) => unknown)[] = [
      (job) => ({ ...honest(job), extra: { kind: 'count', value: 60 } }),
      (job) => ({ ...honest(job), women: { kind: 'count', value: 151 } }),
      (job) => ({ ...honest(job), women: { kind: 'count', value: row } }),
      (job) => ({ ...honest(job), mean_age: { kind: 'mean', value: 61.2, residuals: [1.5] } }),
      (job) => ({ ...honest(job), 'by sex': { kind: 'table', counts: { female: 50, male: 50, [row]: 50 } } }),
      (job) => ({ ...honest(job), 'by sex': { kind: 'histogram', counts: [50, 50] } }),
      (job) => Object.fromEntries(Object.entries(honest(job)).reverse()),
      () => row
    ]
    for (const attack of hostile) {
      written = attack
      const { parts } = await ask({ targets: ['node-1'] })
      const [part] = parts
      assert.deepEqual([part?.state, part?.code, part?.output], ['blocked', 'OUTPUT_NOT_RELEASABLE', null])
      assert.doesNotMatch(JSON.stringify({ ...part, receipt: '' }), new RegExp(row))
    }
  })

  test('is refused before it runs where the contract cannot be kept, or no script would keep it', async () => {
    const wrong = [{ name: 'mean_age', kind: 'mean' }]
    await assert.rejects(ask({ outputs: wrong }), { code: 'BODY_INVALID' })
    const sql = { script_type: 'sql', script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' }
    const [part] = (await ask({ ...sql, targets: ['node-1'] })).parts
    assert.equal(part?.code, 'CONTRACT_INVALID')
  })
})

describe('release(name, kind, …) in a real sandbox', () => {
  let researcher: Client
  let federation: Federation
  const end = atEnd()

  before(async () => {
    const sandbox = { engine: 'wasm', pool_size: 1, wall_time_ms: 60_000 }
    federation = await startFederation(end, 1, { config: { sandbox } })
    researcher = await federation.client(0)
  })

  const run = async (code: string, outputs?: readonly OutputDeclarationInput[]): Promise<Job> => {
    const { job_id } = await researcher.submitJob({
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'python', script_content: code },
      ...{ target_node_id: 'node-1', ...(outputs ? { outputs } : {}) }
    })
    return researcher.waitForJob(job_id)
  }

  const SCRIPT = `import stimnet
rows = stimnet.tables["subjects"]
women = sum(row["sex"] == "female" for row in rows)
stimnet.release("women", "count", value=women)
stimnet.release("by sex", "table", counts={"female": women, "male": len(rows) - women})
stimnet.release("people", "count", value=len(rows))
stimnet.release("mean_age", "mean", value=sum(row["age"] for row in rows) / len(rows))
stimnet.release("sd_age", "sd", value=9.876543)
`

  test('writes what the contract declares', async () => {
    const { status, result_data, error_message } = await run(SCRIPT, OUTPUTS)
    assert.equal(status, 'completed', error_message ?? '')
    const { women, sd_age } = result_data as Record<string, { value: number }>
    assert.deepEqual([women?.value, sd_age?.value], [55, 9.877])
  })

  test('without a contract is judged like any other value', async () => {
    const { status, result_data } = await run(SCRIPT.replace(/.*"people".*\n/, ''))
    assert.equal(status, 'completed')
    const { women, mean_age } = result_data as Record<string, { kind: string; value: number }>
    assert.deepEqual([women, mean_age?.kind], [{ kind: 'count', value: 55 }, 'mean'])
  })

  test('a contract in a file goes along with stimnet run', async () => {
    const folder = federation.sites[0]?.folder ?? ''
    await writeFile(join(folder, 'contract.json'), JSON.stringify(OUTPUTS))
    await writeFile(join(folder, 'script.py'), SCRIPT)
    const stimnet = stimnetIn(folder)
    const at = ['--url', federation.peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    const run = ['run', 'script.py', '--catalog', 'clinical_trial_data', '--outputs', 'contract.json', ...at]
    const { out, err, code } = await stimnet(run)
    assert.equal(code, 0, err)
    assert.match(out, /women +count +55/)
    assert.match(out, /mean_age +mean +[\d.]+ +a/)
    assert.match(out, /by sex +female +55/)
    await writeFile(join(folder, 'wrong.json'), '[{"name": "mean_age", "kind": "mean"}]')
    const wrong = await stimnet(['run', 'script.py', '--catalog', 'x', '--outputs', 'wrong.json', ...at])
    assert.match(wrong.err, /wrong.json: 0.lower A mean declares lower and upper/)
  })
})
