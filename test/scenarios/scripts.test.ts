import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Client, Job } from '@stimnet/sdk'
import { type Federation, startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')

/** One federation for all tests, so that its sandbox is built only once. */
describe('a script', () => {
  let federation: Federation
  let researcher: Client
  const end = atEnd()

  before(async () => {
    const sandbox = { engine: 'wasm', pool_size: 1, wall_time_ms: 20_000 }
    federation = await startFederation(end, 1, { config: { sandbox } })
    researcher = await federation.client(0)
  })

  async function run(code: string, more: object = {}): Promise<Job> {
    const submission = {
      target_node_id: 'node-1',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'python',
      script_content: code,
      ...more
    }
    return researcher.waitForJob((await researcher.submitJob(submission as never)).job_id)
  }

  test('sees the tables of its cohort, its parameters and its configuration, and gives a checked result', async () => {
    const job = await run(
      `import json, os
from data_loader import load_data
tables = load_data()
config = json.load(open(os.environ["JOB_CONFIG"]))
with open(os.environ["OUTPUT_FILE"], "w") as f:
    json.dump({
        "people": len(tables["subjects"]),
        "women": sum(row["sex"] == "female" for row in tables["subjects"]),
        "threshold": config["parameters"]["threshold"],
        "least": int(os.environ["MIN_COHORT_SIZE"]),
    }, f)
`,
      { parameters: { threshold: 0.5 }, filters: { sex: 'female' } }
    )
    assert.equal(job.status, 'completed', JSON.stringify(job))
    const { people, women, threshold, least } = job.result_data as Record<string, number>
    assert.deepEqual([people, women, threshold, least], [55, 55, 0.5, 5])
  })

  test('of made-up people is told its error, so that whoever writes it learns what is wrong', async () => {
    const told = await run('raise ValueError("no such column")')
    assert.deepEqual([told.status, told.code], ['failed', 'PROGRAM_FAILED'])
    assert.match(told.error_message ?? '', /The data are synthetic.*ValueError: no such column/s)
  })

  test('with a library that is not there is refused by name, before any data are touched', async () => {
    const job = await run('import numpy as np\nresult = {"x": 1}')
    assert.equal(job.code, 'LIBRARY_NOT_AVAILABLE')
    assert.match(job.error_message ?? '', /numpy/)
  })

  test('that cannot be parsed is refused with its line', async () => {
    const job = await run('x = 1\nif:\n')
    assert.equal(job.code, 'SCRIPT_INVALID')
    assert.match(job.error_message ?? '', /line 2/)
  })

  test('that loops ends at its wall time, by its class alone', async () => {
    const slow = await startFederation(end, 1, {
      config: { sandbox: { engine: 'wasm', pool_size: 0, wall_time_ms: 3_000 } }
    })
    const client = await slow.client(0)
    const { job_id } = await client.submitJob({
      target_node_id: 'node-1',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'python',
      script_content: 'while True:\n    pass'
    })
    assert.equal((await client.waitForJob(job_id)).code, 'TIME_LIMIT')
  })

  test('cannot carry rows out as words', async () => {
    const job = await run(`from data_loader import load_data
result = {row["subject_id"]: row["age"] for row in load_data()["subjects"]}`)
    assert.deepEqual([job.status, job.code], ['blocked', 'OUTPUT_NOT_RELEASABLE'])
  })

  test('is told of a filter that is no variable; in a broadcast that is an error', async () => {
    const job = await run('result = {"n": 1000}', { filters: { cohort_year: 2020 } })
    assert.equal(job.status, 'completed')
    assert.match(job.warnings.join(), /cohort_year/)
  })

  test('can be cancelled while it runs', async () => {
    const { job_id } = await researcher.submitJob({
      target_node_id: 'node-1',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'python',
      script_content: 'import time\ntime.sleep(15)\nresult = {"n": 1000}'
    })
    for await (const job of researcher.watchJob(job_id)) {
      if (job.state === 'running') break
    }
    await researcher.cancelJob(job_id)
    assert.equal((await researcher.job(job_id)).status, 'cancelled')
  })

  for (const file of ['age-sex-summary.py', 'change-by-sex.sql', 'quality-by-scan.json']) {
    test(`examples/${file} runs as it stands`, async () => {
      assert.ok((await readdir(EXAMPLES)).includes(file))
      const script_content = await readFile(join(EXAMPLES, file), 'utf8')
      const script_type = file.endsWith('.py') ? 'python' : file.endsWith('.sql') ? 'sql' : 'statistic'
      const data_catalog_name = file.startsWith('quality') ? 'imaging_data' : 'clinical_trial_data'
      const job = await run(script_content, { script_type, data_catalog_name })
      assert.equal(job.status, 'completed', JSON.stringify(job))
    })
  }
})
