/** Ids of jobs and requests as people write them: whole, or their beginning. */
import { printable, refuse } from '@stimnet/machine'

/** Characters of an id that must be given at least. With fewer, another id may soon begin in the same way. */
const BEGINNING_MIN = 8
/** Lengths of whole ids: of a broadcast or a standing approval, and of a job at the institution that runs it. */
const WHOLE = [32, 64]
/** Candidates that are named. */
const NAMED_MAX = 5

/** Most entries of a list in which an id is looked for. */
export const IDS_MAX = 1_000

/** An id, and what it is called. */
export interface KnownId {
  readonly id: string
  readonly title: string
}

/**
 * The id that begins as written; a whole id, or one that no known id begins with, as it is. Throws PARAMETER_INVALID for fewer than
 * eight characters, and naming the candidates where several ids begin so.
 */
export async function wholeId(written: string, known: () => Promise<readonly KnownId[]>): Promise<string> {
  // As this command line abbreviates ids itself.
  const beginning = written.replace(/(…|\.\.\.)$/, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(beginning) || WHOLE.includes(beginning.length)) return written
  if (beginning.length < BEGINNING_MIN) refuse(`${written}: give at least ${BEGINNING_MIN} characters of an id`)
  const found = (await known()).filter(({ id }) => id.startsWith(beginning))
  const [first] = found
  if (first === undefined) return written
  if (found.length === 1) return first.id
  const named = found.slice(0, NAMED_MAX).map(({ id, title }) => (title ? `${id} (${printable(title)})` : id))
  const more = found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : ''
  return refuse(
    `${found.length} ids begin with ${beginning}: ${named.join(', ')}${more}. Give more of the one you mean.`
  )
}
