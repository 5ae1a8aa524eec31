import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gradeRank, meetsGrade, openSandbox, SANDBOX_GRADES, type SandboxSettings } from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'

const here = await dockerHere('minimal')

test('of two grades the one with more between the program and the machine is the stronger', () => {
  assert.deepEqual(
    SANDBOX_GRADES.toSorted((a, b) => gradeRank(a) - gradeRank(b)),
    [...SANDBOX_GRADES]
  )
  assert.ok(meetsGrade('docker+gvisor', { gradeMin: 'docker' }))
  assert.ok(meetsGrade('wasm', { gradeMin: 'wasm' }))
  assert.ok(!meetsGrade('wasm+bwrap', { gradeMin: 'docker' }))
  assert.ok(!meetsGrade('none', { gradeMin: 'wasm' }))
})

describe('a node that chooses its sandbox', () => {
  let cacheDir: string
  before(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'stimnet-select-'))
  })
  after(() => rm(cacheDir, { recursive: true, force: true }))

  const settings = (more: Partial<SandboxSettings>): SandboxSettings => ({
    engine: 'auto',
    poolSize: 0,
    docker: { owner: here.owner },
    wasm: { cacheDir },
    ...more
  })
  const nowhere = { owner: here.owner, socketPath: '/nonexistent/docker.sock' }

  test('without Docker takes the embedded one, runs, and says why', async () => {
    const { sandbox, reason } = await openSandbox(settings({ docker: nowhere }))
    const { engine, grade } = await sandbox.describe()
    const outcome = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    await sandbox.close()
    assert.equal(engine, 'wasm')
    assert.match(reason, /^no Docker \(.*nonexistent.*\): WASM/)
    assert.match(reason, grade === 'wasm' ? /without bubblewrap/ : /inside bubblewrap/)
    assert.ok(outcome.ok)
  })

  test('takes no weaker one where Docker or its runtime was asked for by name', async () => {
    const refused = { code: 'SANDBOX_UNAVAILABLE' }
    await assert.rejects(openSandbox(settings({ engine: 'docker', docker: nowhere })), refused)
    await assert.rejects(openSandbox(settings({ docker: { ...nowhere, runtime: 'runsc' } })), refused)
  })

  test('takes Docker where it answers and has an image', { skip: here.skip }, async () => {
    const docker = { owner: here.owner, images: { python: here.image } }
    const { sandbox, reason } = await openSandbox(settings({ docker }))
    const { engine } = await sandbox.describe()
    await sandbox.close()
    assert.deepEqual([engine, reason], ['docker', 'Docker answers and has an image'])
  })

  test('takes the embedded one where Docker answers and has not the image', { skip: here.skip }, async () => {
    const docker = { owner: here.owner, images: { python: 'stimnet-no-such-image' } }
    const { sandbox, reason } = await openSandbox(settings({ docker }))
    await sandbox.close()
    assert.equal(sandbox.engine, 'wasm')
    assert.match(reason, /no image stimnet-no-such-image: npm run images/)
  })

  test('takes the embedded one where that is asked for, whatever else is here', async () => {
    const { sandbox, reason } = await openSandbox(settings({ engine: 'wasm' }))
    await sandbox.close()
    assert.deepEqual([sandbox.engine, reason], ['wasm', 'as configured'])
  })
})
