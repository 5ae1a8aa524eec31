import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Client, Job } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

describe('a catalog that takes no scripts of some kinds', () => {
  let researcher: Client
  const end = atEnd()

  before(async () => {
    const catalogs = demoCatalogs('data').map((catalog) => ({ ...catalog, refuse_programs_that: ['network', 'eval'] }))
    const sandbox = { engine: 'wasm', pool_size: 0 }
    const federation = await startFederation(end, 1, { config: { sandbox, catalogs } })
    researcher = await federation.client(0)
  })

  async function run(code: string, language = 'python'): Promise<Job> {
    const submission = {
      ...{ target_node_id: 'node-1', data_catalog_name: 'clinical_trial_data' },
      ...{ script_type: language, script_content: code }
    }
    return researcher.waitForJob((await researcher.submitJob(submission as never)).job_id)
  }

  test('says to the researcher which kinds it found, and in which lines', async () => {
    const job = await run('import statistics\nimport socket as s\nresult = eval("1000")\n')
    assert.equal(job.code, 'PROGRAM_NOT_PERMITTED')
    assert.match(job.error_message ?? '', /network, eval.*network in line 2; eval in line 3/)
  })

  test('takes no script that hides a line behind what a reader takes for a comment', async () => {
    const job = await run('# Counts.\rimport socket\nresult = {"n": 1000}\n')
    assert.equal(job.code, 'SCRIPT_INVALID')
    assert.match(job.error_message ?? '', /U\+000D in line 1/)
    const turned = await run('result = {"n": 1000} # \u202e\n')
    assert.match(turned.error_message ?? '', /U\+202E in line 1/)
  })

  test('takes no notebook whose reader may see other cells than run', async () => {
    const cell = (source: string) => ({ cell_type: 'code', source })
    const cells = [cell('result = {"n": 1000}')]
    const hidden = await run(JSON.stringify({ cells: [...cells, cell('x = 1 #\r\rimport socket')] }), 'jupyter')
    assert.match(hidden.error_message ?? '', /U\+000D in cell 2, line 1/)
    const twofold = JSON.stringify({ cells, worksheets: [{ cells: [cell('import socket')] }] })
    const job = await run(twofold, 'jupyter')
    assert.equal(job.code, 'SCRIPT_INVALID')
    assert.match(job.error_message ?? '', /both cells and worksheets/)
    assert.equal((await run(JSON.stringify({ cells }), 'jupyter')).status, 'completed')
  })

  test('runs a script that shows nothing of the kind, whatever else it shows', async () => {
    const job = await run('import os, random\nresult = {"n": 1000}\n')
    assert.equal(job.status, 'completed', JSON.stringify(job))
  })
})
