/** The process of one row: it measures the row, cleans up, and sends the lines to its parent. */

import type { Line } from './row.ts'
import { ROWS } from './rows.ts'

/** The message to the parent. */
export type RowAnswer =
  | { readonly ok: true; readonly lines: readonly Line[] }
  | { readonly ok: false; readonly why: string }

async function answer(name: string | undefined): Promise<RowAnswer> {
  const row = ROWS.find((candidate) => candidate.name === name)
  if (!row) return { ok: false, why: `there is no row ${name}` }
  const taking: (() => unknown)[] = []
  const context = {
    progress: (text: string) => void process.stderr.write(`  ${row.name}: ${text}\n`),
    after: (take: () => unknown) => void taking.unshift(take)
  }
  try {
    return { ok: true, lines: await row.measure(context) }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  } finally {
    for (const take of taking) await take()
  }
}

const answered = await answer(process.argv[2])
process.send?.(answered, () => process.disconnect?.())
