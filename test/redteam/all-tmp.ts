import { mutate } from './mutate.ts'
import { MUTATIONS, LONG_MUTATIONS } from './mutations.ts'
const ids = process.argv.slice(2)
const list = ids.length ? [...MUTATIONS, ...LONG_MUTATIONS].filter((m) => ids.includes(m.id)) : [...MUTATIONS]
const worker = async () => { for (let m = list.shift(); m; m = list.shift()) { const t = Date.now(); const f = await mutate(m); console.log(f.caught ? 'ok  ' : 'FAIL', m.id, Date.now() - t, f.caught ? f.by : f.why) } }
await Promise.all([worker(), worker()])
