import { plainReconstructions } from './table.ts'
import { EFFORTS, reconstruct } from './run.ts'
const t = performance.now()
const only = process.argv.slice(3)
const r = await reconstruct(
  { size: Number(process.argv[2]), seed: 1, effort: EFFORTS.small, ...(only.length ? { only } : {}) },
  (x) =>
    console.log(x.attack.id, x.target, Math.round(performance.now() - t), x.asked, x.answered, x.certain, x.exact, [
      ...x.codes
    ])
)
console.log(plainReconstructions(r))
