/**
 * Reads the databases named on the command line and prints one line for each. It is a separate process, because LevelDB ends
 * the process that reads some of them.
 */
import { isDeepStrictEqual } from 'node:util'
import { Database } from '../src/store/database.ts'

export const JOBS = 300
export const keyOf = (n: number) => `${n}`.padStart(4, '0')
export const jobOf = (n: number) => ({ id: `job-${n}`, state: 'completed', result: `${n}`.repeat(40) })

/** `whole`: everything is unchanged; `refused`: damage was noticed; anything else is a failure of the check. */
async function readAll(directory: string): Promise<string> {
  let database: Database
  try {
    database = await Database.open({ directory }, () => 0)
  } catch (error) {
    const { code } = error as { code: string }
    return ['STORE_UNAVAILABLE', 'AUDIT_BROKEN'].includes(code) ? 'refused' : `opening failed: ${code}`
  }
  try {
    const jobs = database.json<object>('jobs')
    let served = 0
    for (let n = 0; n < JOBS; n++) {
      const value = await jobs.get(keyOf(n)).catch(() => undefined)
      if (value !== undefined && !isDeepStrictEqual(value, jobOf(n))) return `served ${keyOf(n)} changed`
      served += value === undefined ? 0 : 1
    }
    await database.close()
    if ((await Database.walk(directory)).damaged.length > 0) return 'refused'
    return served === JOBS ? 'whole' : `verified as whole without ${JOBS - served}`
  } finally {
    await database.close()
  }
}

if (import.meta.main) for (const directory of process.argv.slice(2)) console.log(await readAll(directory))
