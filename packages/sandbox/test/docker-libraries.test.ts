import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Sandbox } from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS, MiB, notebookOf } from './jobs.ts'

const here = await dockerHere('python')

describe('a container with pandas', { skip: here.skip }, () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await here.open({ poolSize: 1, warmFrom: 'open' })
  })
  after(() => sandbox?.close())

  test('names its libraries', async () => {
    const libraries = (await sandbox.describe()).libraries('python')
    for (const library of ['numpy', 'pandas', 'scipy', 'sklearn', 'statsmodels', 'nibabel', 'data_loader', 'stimnet'])
      assert.ok(libraries.has(library), library)
    for (const own of ['serve', 'frames', 'run']) assert.ok(!libraries.has(own), own)
  })

  test('loads tables as DataFrames, and leaves stimnet.tables as it is everywhere, whether it waited or not', async () => {
    const code = `
from data_loader import load_data
import stimnet
subjects = load_data()["subjects"]
result = {"ages": subjects["age"].dropna().tolist(), "types": [str(t) for t in subjects.dtypes], "mean": subjects["age"].mean(),
  "by sex": subjects.groupby("sex")["age"].count(), "n": subjects["weight"].notna().sum(), "first": stimnet.tables["subjects"][0]["age"]}`
    const wanted = {
      ages: [61, 70],
      types: ['object', 'float64', 'object', 'object', 'float64'],
      mean: 65.5,
      'by sex': { F: 2, M: 0 },
      n: 2,
      first: 61
    }
    for (const memoryBytesMax of [LIMITS_OF_TESTS.memoryBytesMax, 512 * MiB]) {
      const outcome = await sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, memoryBytesMax })
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), wanted)
      assert.equal(outcome.usage.warm, memoryBytesMax === LIMITS_OF_TESTS.memoryBytesMax)
    }
  })

  test('runs what imaging and survival studies import, as a notebook too', async () => {
    const cells = [
      'import numpy as np, nibabel, statsmodels.api as sm\nfrom sklearn.linear_model import LinearRegression\nfrom scipy import stats',
      'x = np.arange(20.0)\ny = 2 * x + 1',
      'fit = sm.OLS(y, sm.add_constant(x)).fit()\nslope = LinearRegression().fit(x.reshape(-1, 1), y).coef_[0]',
      'image = nibabel.Nifti1Image(np.ones((2, 2, 2)), np.eye(4))',
      'result = {"slopes": [round(float(v), 6) for v in (fit.params[1], slope, stats.linregress(x, y).slope)], "voxels": int(image.get_fdata().sum())}'
    ]
    const outcome = await sandbox.run(jobOf('', notebookOf(...cells)), LIMITS_OF_TESTS)
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { slopes: [2, 2, 2], voxels: 8 })
  })
})
