/** Tests that run each example like a researcher: through a peer's gateway, on the example data, under the default contract. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { codeOf } from '@stimnet/protocol'
import { addR } from '@stimnet/sandbox'
import type { Client, Job } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { type Federation, startFederation } from '../mesh.ts'
import { scratchFolder } from '../scratch.ts'
import { atEnd } from '../scratch.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')

interface Example {
  readonly file: string
  readonly language: 'python' | 'r' | 'jupyter' | 'sql' | 'statistic'
  readonly catalog: 'clinical_trial_data' | 'imaging_data' | 'demo_dataset' | 'safety_data'
  /** A library that the program needs and the embedded sandbox does not have. */
  readonly needs?: 'pandas'
  check?(result: Record<string, unknown>): void
}

/** Asserts that a released, rounded number fits an independent calculation. */
function near(value: unknown, expected: number, slack = 0.01): void {
  assert.ok(
    typeof value === 'number' && Math.abs(value - expected) <= slack * Math.abs(expected),
    `${value}, ${expected}`
  )
}

const LISTED: readonly Example[] = [
  {
    file: 'age-sex-summary.py',
    language: 'python',
    catalog: 'clinical_trial_data',
    check: (result) => {
      near(result['share female'], 0.52)
    }
  },
  {
    file: 'outcome-correlations.py',
    language: 'python',
    catalog: 'clinical_trial_data',
    check: (result) => {
      for (const name of ['age', 'first score', 'quality of life']) {
        assert.ok(Math.abs(result[name] as number) <= 1, `${name}: ${result[name]}`)
      }
    }
  },
  {
    file: 'treatment-comparison.py',
    language: 'python',
    catalog: 'demo_dataset',
    check: (result) => {
      const { statistic, df, p } = result.difference as Record<string, number>
      assert.ok((statistic ?? 0) > 2 && (df ?? 0) > 40 && (p ?? 1) < 0.05, JSON.stringify(result.difference))
    }
  },
  {
    file: 'imaging-quality.py',
    language: 'python',
    catalog: 'imaging_data',
    check: (result) => {
      assert.deepEqual((result.scans as { categories: string[] }).categories, ['T1', 'DTI', 'fMRI'])
      for (const kind of ['T1', 'DTI', 'fMRI']) {
        const { value } = result[`${kind} quality`] as { value: number }
        assert.ok(value > 1 && value <= 5, `${value}`)
      }
    }
  },
  {
    file: 'score-by-visit.ipynb',
    language: 'jupyter',
    catalog: 'clinical_trial_data',
    check: (result) => {
      const { baseline, month_12 } = result['mean score'] as Record<string, number>
      assert.ok((baseline ?? 0) > (month_12 ?? 99))
    }
  },
  {
    file: 'response-model.R',
    language: 'r',
    catalog: 'clinical_trial_data',
    check: (result) => {
      const { terms } = result.response as { terms: { term: string; estimate: number; se: number }[] }
      assert.deepEqual(
        terms.map(({ term }) => term),
        ['intercept', 'age', 'male', 'mixed', 'tremor-dominant']
      )
      for (const { se } of terms) assert.ok(se > 0)
    }
  },
  {
    file: 'visits-with-pandas.py',
    language: 'python',
    catalog: 'clinical_trial_data',
    needs: 'pandas',
    check: (result) => assert.ok((result.correlation as number) < 0)
  },
  { file: 'change-by-sex.sql', language: 'sql', catalog: 'clinical_trial_data' },
  { file: 'quality-by-scan.json', language: 'statistic', catalog: 'imaging_data' },
  { file: 'quality-model.json', language: 'statistic', catalog: 'imaging_data' },
  { file: 'table-one.json', language: 'statistic', catalog: 'safety_data' },
  { file: 'adverse-events.json', language: 'statistic', catalog: 'safety_data' },
  { file: 'adverse-event-hazards.json', language: 'statistic', catalog: 'safety_data' }
]

test('each example is listed here, and so is run', async () => {
  const files = (await readdir(EXAMPLES, { withFileTypes: true })).filter((entry) => entry.isFile())
  const programs = files.map(({ name }) => name).filter((name) => !name.endsWith('.outputs.json'))
  assert.deepEqual(programs.sort(), LISTED.map(({ file }) => file).sort())
})

/** Tests with one peer and one kind of sandbox. Scripts on synthetic catalogs run without approval. */
function examplesOn(name: string, examples: readonly Example[], sandboxOf: () => Promise<object | string>): void {
  describe(name, () => {
    let researcher: Client | undefined
    let missing: string | undefined
    const end = atEnd()
    before(async () => {
      const sandbox = await sandboxOf()
      if (typeof sandbox === 'string') {
        missing = sandbox
        return
      }
      const catalogs = demoCatalogs(join(EXAMPLES, 'data'))
      const config = { sandbox: { wall_time_ms: 120_000, ...sandbox }, catalogs }
      try {
        const federation: Federation = await startFederation(end, 1, { config })
        researcher = await federation.client(0)
      } catch (error) {
        if (codeOf(error) !== 'SANDBOX_UNAVAILABLE') throw error
        missing = (error as Error).message
      }
    })

    for (const { file, language, catalog, check } of examples) {
      test(`examples/${file} gives a result that may leave`, async (t) => {
        if (!researcher) return t.skip(missing ?? 'no peer')
        const job = await run(researcher, { file, language, catalog })
        assert.equal(job.status, 'completed', JSON.stringify(job))
        check?.(job.result_data as Record<string, unknown>)
      })
    }
  })
}

async function run(researcher: Client, example: Example): Promise<Job> {
  return submit(researcher, { ...example, text: await readFile(join(EXAMPLES, example.file), 'utf8') })
}

/** Submits an example, with the outputs that a file beside it declares. */
async function submit(researcher: Client, { file, language, catalog, text }: Example & { text: string }): Promise<Job> {
  const declared = file.replace(/\.\w+$/, '.outputs.json')
  const isThere = (await readdir(EXAMPLES)).includes(declared)
  const { job_id } = await researcher.submitJob({
    target_node_id: 'node-1',
    data_catalog_name: catalog,
    script_type: language,
    script_content: text,
    ...(isThere ? { outputs: JSON.parse(await readFile(join(EXAMPLES, declared), 'utf8')) } : {})
  })
  return researcher.waitForJob(job_id)
}

const inR = LISTED.filter(({ language }) => language === 'r')
const withPandas = LISTED.filter(({ needs }) => needs === 'pandas')
const others = LISTED.filter((one) => !inR.includes(one) && !withPandas.includes(one))

examplesOn('the examples in the embedded sandbox', others, async () => ({ engine: 'wasm', pool_size: 1 }))

test('a script whose library is missing is refused before any data are touched, with a word on which sandbox has it', async (t) => {
  const sandbox = { engine: 'wasm', pool_size: 0 }
  const federation = await startFederation(t, 1, {
    config: { sandbox, catalogs: demoCatalogs(join(EXAMPLES, 'data')) }
  })
  const text = 'import pandas, no_such_library\nresult = 1'
  const job = await submit(await federation.client(0), { file: '', language: 'python', catalog: 'demo_dataset', text })
  assert.equal(job.code, 'LIBRARY_NOT_AVAILABLE')
  assert.match(
    job.error_message ?? '',
    /pandas \(StimNet's Docker image has it; the embedded sandbox can, by `stimnet sandbox fetch pandas`\)/
  )
  assert.match(job.error_message ?? '', /no_such_library \(no sandbox of StimNet has it\)/)
})

const cacheDir = await scratchFolder({ after })
examplesOn('the examples in R, added to the embedded sandbox', inR, async () => {
  try {
    await addR({ cacheDir, signal: AbortSignal.timeout(120_000) })
    return { engine: 'wasm', pool_size: 0, cache_dir: cacheDir }
  } catch (error) {
    return `npm cannot fetch webR here: ${(error as Error).message}`
  }
})

examplesOn('the examples that need pandas, in Docker', withPandas, async () => ({ engine: 'docker', pool_size: 0 }))
