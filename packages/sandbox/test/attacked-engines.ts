/** Tests that run the whole attack suite on this machine's engines. Each kind of engine has its own test file, since a run takes long. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  ATTACKABLE_ENGINES,
  ATTACKS,
  attackEngine,
  type EngineGrade,
  type EngineReport,
  Witnesses
} from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'

export function attackedEngines(isOurs: (grade: EngineGrade) => boolean): void {
  describe('the engines of this machine hold what their grades promise', () => {
    let cacheDir: string
    let witnesses: Witnesses
    let images: { python?: string; r?: string } = {}
    let hasWall = false
    before(async () => {
      cacheDir = await mkdtemp(join(tmpdir(), 'stimnet-attacked-'))
      witnesses = await Witnesses.open(process.env)
      const [python, r] = [await dockerHere('minimal'), await dockerHere('r')]
      images = { ...(python.image ? { python: python.image } : {}), ...(r.image ? { r: r.image } : {}) }
    })
    after(async () => {
      await witnesses?.close()
      if (cacheDir) await rm(cacheDir, { recursive: true, force: true })
    })

    // The strongest engine first. The embedded engine without bubblewrap is attacked in full only if there is no bubblewrap.
    for (const engine of ATTACKABLE_ENGINES.toReversed().filter(({ grade }) => isOurs(grade))) {
      test(engine.grade, async (context) => {
        const attacks = engine.grade === 'wasm' && hasWall ? ATTACKS.filter((one) => one.kind === 'probe') : ATTACKS
        const settings = { cacheDir, owner: `attacked-${randomUUID()}`, images }
        const report = await attackEngine(engine, settings, { witnesses, attacks })
        if (!report.isHere) return context.skip(report.why)
        if (engine.grade === 'wasm+bwrap') hasWall = true
        assert.deepEqual(troubleIn(report), [])
        assert.ok(report.isClean)
        assert.ok(report.results.length > 60)
      })
    }
  })
}

function troubleIn(report: Extract<EngineReport, { isHere: true }>): string[] {
  const failing = report.results.filter((result) => !result.isAdmitted)
  return [...failing.map(({ attack, verdict }) => `${attack.id}: ${verdict.outcome}, ${verdict.by}`), ...report.left]
}
