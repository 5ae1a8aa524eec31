/** `stimnet jobs` and `stimnet job`: what this account asked for, and what came of it. */
import { answerText, exitOf } from './answer.ts'
import { command, EXIT } from './arguments.ts'
import { CLIENT_OPTIONS, clientFor } from './session.ts'
import { tableOf } from './table.ts'

/** Only this account’s own. */
export const jobsCommand = command({
  name: 'jobs',
  usage: '[--limit N] [--url URL] [--json]',
  summary: 'Lists what you asked for, newest first.',
  options: { ...CLIENT_OPTIONS, limit: { type: 'string', value: 'N', help: 'At most so many (default 20)' } },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const jobs = await (await clientFor(values.url)).listJobs({ limit: Number(values.limit ?? 20) })
    if (values.json) io.out(`${JSON.stringify(jobs, null, 2)}\n`)
    else {
      const rows = jobs.map((job) => [
        job.job_id,
        job.submitted_at.slice(0, 19).replace('T', ' '),
        job.data_catalog_name,
        job.script_type,
        job.state,
        job.title
      ])
      io.out(tableOf(['job', 'submitted', 'catalog', 'program', 'state', 'title'], rows))
    }
    return EXIT.ok
  }
})

/** Exit code 1: it ended without any peer completing it. */
export const jobCommand = command({
  name: 'job',
  usage: 'ID [--cancel] [--url URL] [--json]',
  summary: 'Shows one job or broadcast with its parts and answer.',
  options: { ...CLIENT_OPTIONS, cancel: { type: 'boolean', help: 'Cancel it' } },
  positionals: [1, 1],
  run: async (values, [id = ''], io) => {
    const client = await clientFor(values.url)
    if (values.cancel) await client.cancelJob(id)
    const broadcast = await client.broadcast(id)
    io.out(values.json ? `${JSON.stringify(broadcast, null, 2)}\n` : answerText(broadcast))
    return broadcast.completed_at === null ? EXIT.ok : exitOf(broadcast)
  }
})
