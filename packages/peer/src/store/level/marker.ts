/** The version of the format of a peer's data folder, as stated by its database. */
import { StimnetError } from '@stimnet/protocol'

/** The format that this program writes. A database without a marker has format 1, or is empty. */
export const FORMAT = 2

/** The key of the marker, which sorts before every sublevel. */
export const FORMAT_MARKER = '\u0000format'

/** The content of the marker. */
export interface FolderFormat {
  readonly format: number
  /** The format to which the folder is being upgraded, if the upgrade was not finished. */
  readonly to?: number
}

/** The marker as text. */
export function formatText(format: FolderFormat): string {
  return JSON.stringify(format)
}

/** Reads a marker; undefined for invalid text. */
export function formatIn(text: string): FolderFormat | undefined {
  try {
    const { format, to } = JSON.parse(text)
    const isNumber = (value: unknown) => Number.isSafeInteger(value)
    if (!isNumber(format) || !(to === undefined || isNumber(to))) return undefined
    return to === undefined ? { format } : { format, to }
  } catch {
    return undefined
  }
}

/** The reason why this program must not open a folder of that format; undefined if it may. */
export function refusalOf({ format, to = format }: FolderFormat): string | undefined {
  const newest = Math.max(format, to)
  if (newest <= FORMAT) return undefined
  return (
    `the data folder was written by a newer version of StimNet (format ${newest}; this one knows ${FORMAT}): start that version, or ` +
    'restore a backup from before it'
  )
}

/** Throws STORE_UNAVAILABLE for a format that this program does not know, or that cannot be read. */
export function assertKnown(format: FolderFormat | undefined): asserts format is FolderFormat {
  const reason = format === undefined ? 'the format of the data folder cannot be read' : refusalOf(format)
  if (reason !== undefined) throw StimnetError.told('STORE_UNAVAILABLE', reason)
}
