/** Debug. */
import { mkdtemp } from 'node:fs/promises'
import { startStudyPeer, askOnce } from './study-peer.ts'
import { verdictOf } from './usefulness/judge.ts'
import { STUDIES } from './usefulness/measure.ts'
import { randomQuestions } from './usefulness/random-questions.ts'
const [at = '0', preset = 'default', seed = '1', show = 'part,refused'] = process.argv.slice(2)
const one = STUDIES[Number(at)]!
const study = one.make({ size: one.size, seed: Number(seed) })
const house = await startStudyPeer({ folder: await mkdtemp('/tmp/dbg/s-'), offered: [{ name: 's', study }], preset })
const jobs = house.peer.database.json<any>('audit')
let i = 0
for (const q of [...study.hour, ...randomQuestions(study, { count: 60, seed: Number(seed) })]) {
  i++
  const asked = await askOnce(house.client, {
    data_catalog_name: 's',
    script_type: q.type,
    script_content: q.content,
    filters: q.filters ?? {}
  } as any)
  const v = verdictOf(asked, q.rows)
  if (!show.includes(v.kind)) {
    console.log(i, v.kind, q.says)
    continue
  }
  console.log(i, v.kind.toUpperCase(), q.says, '|', q.content.replace(/\s+/g, ' '), JSON.stringify(q.filters ?? {}))
  if (asked.job) {
    const d = asked.job.result_data as any
    console.log(
      '   ',
      asked.code,
      JSON.stringify(d?.rows?.map((r: any) => Object.values(r)) ?? null)?.slice(0, 300),
      JSON.stringify(d?.withheld),
      JSON.stringify(d?.left_out),
      JSON.stringify(d?.disclosure?.information)
    )
  }
  const root = house.peer.database.root as any
  const last = await root.sublevel('audit', { valueEncoding: 'view' }).values({ reverse: true, limit: 1 }).all()
  const t = new TextDecoder().decode(last[0])
  const w = /nothing of the table can stand[^"\n]*/.exec(t)
  if (w) console.log('    why', w[0])
}
await house.stop()
