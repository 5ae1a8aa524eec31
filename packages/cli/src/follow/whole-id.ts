/** Ids of jobs and requests as typed by people: complete, or only their beginning. */
import { printable, refuse } from '@stimnet/machine'

/** Minimum number of characters of an abbreviated id. A shorter beginning may soon match several ids. */
const BEGINNING_MIN = 8
/** Lengths of complete ids: of a broadcast or a standing approval, and of a job at the institution that runs it. */
const WHOLE = [32, 64]
/** Maximum number of candidates in a message. */
const NAMED_MAX = 5

/** Maximum number of entries in which an id is looked up. */
export const IDS_MAX = 1_000

/** An id with the title of its request. */
export interface KnownId {
  readonly id: string
  readonly title: string
}

/**
 * Completes an abbreviated id. A complete id, and one that matches no known id, is returned unchanged. Throws PARAMETER_INVALID for fewer
 * than eight characters, and with the candidates if several ids match.
 */
export async function wholeId(written: string, known: () => Promise<readonly KnownId[]>): Promise<string> {
  // Removes the ellipsis with which this command line itself abbreviates ids.
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
