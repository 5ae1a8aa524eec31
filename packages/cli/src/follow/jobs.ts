/** `stimnet jobs` and `stimnet job`: the requests of this account and their results. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, localTime, tableOf, wholeNumber } from '@stimnet/machine'
import type { Client } from '@stimnet/sdk'
import { answerText, exitOf } from '../answer/answer.ts'
import { IDS_MAX, type KnownId, wholeId } from './whole-id.ts'

/** `stimnet jobs`. It lists only the account's own requests. */
export const jobsCommand = command({
  name: 'jobs',
  usage: '[--limit N] [--url URL] [--json]',
  summary: 'Lists your jobs and broadcasts, newest first.',
  details: `
Pass the id in the first column to stimnet job, or its first eight characters or more.

  stimnet jobs --limit 5`,
  options: { ...CLIENT_OPTIONS, limit: { type: 'string', value: 'N', help: 'How many at most (default 20)' } },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const limit = wholeNumber('--limit', values.limit) ?? 20
    const jobs = await (await clientFor(values.url)).listJobs({ limit })
    if (values.json) io.out(`${JSON.stringify(jobs, null, 2)}\n`)
    else {
      const rows = jobs.map((job) => [
        job.job_id,
        localTime(job.submitted_at),
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

/** `stimnet job`. Exit code 1: the request ended and no peer completed it. */
export const jobCommand = command({
  name: 'job',
  usage: 'ID [--cancel] [--url URL] [--json]',
  summary: 'Shows one job or broadcast with its parts and answer.',
  details: `
The exit code is 1 if it has ended and no institution completed it. The beginning of the id is enough, from eight characters on.

  stimnet job 3f2a91c4
  stimnet job 3f2a91c4 --cancel
  stimnet job 3f2a91c4 --json > job.json`,
  options: { ...CLIENT_OPTIONS, cancel: { type: 'boolean', help: 'Cancel it' } },
  positionals: [1, 1, 'ID'],
  run: async (values, [written = ''], io) => {
    const client = await clientFor(values.url)
    const id = await wholeId(written, () => jobIds(client))
    if (values.cancel) await client.cancelJob(id)
    const broadcast = await client.broadcast(id)
    io.out(values.json ? `${JSON.stringify(broadcast, null, 2)}\n` : answerText(broadcast))
    return broadcast.completed_at === null ? EXIT.ok : exitOf(broadcast)
  }
})

/** The account's own jobs and broadcasts, newest first. */
export async function jobIds(client: Client): Promise<KnownId[]> {
  const jobs = await client.listJobs({ limit: IDS_MAX })
  return jobs.map(({ job_id: id, title }) => ({ id, title }))
}
