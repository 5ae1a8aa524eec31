/** The stored form of a ledger, and its transfer to the items of a newer epoch. */
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { checksumOf } from './checksum.ts'
import { Patterns } from './patterns.ts'
import { Span } from './span.ts'
import { assertOwners, SpanLedger } from './span-ledger.ts'

/**
 * Items of earlier epochs that a ledger still contains. No new set can contain these items, but they still count for their
 * patterns.
 */
export interface Gone {
  readonly items: number
  /** For rows: the subject of each row, in ascending order. Absent for subjects. */
  readonly owners?: Uint32Array
}

/** The items of a stored ledger. */
export interface Items {
  /** Number of items of the epoch. */
  readonly universe: number
  /** For rows: the subject of each row, in ascending order. */
  readonly owners?: Uint32Array | undefined
  /** The items that are gone, if the ledger was carried from an earlier epoch. */
  readonly gone?: Gone | undefined
}

/** The mapping of the items of a ledger to those of another epoch. */
export interface Passage extends Items {
  readonly gone: Gone
  /**
   * For each older item, its index among the newer items. In both orders the gone items come last. No two items share an
   * index.
   */
  readonly to: Uint32Array
}

/**
 * The stored form: 'SNS' and a version, the length of the heading, a checksum of all bytes that follow, the heading in JSON,
 * and the arrays.
 */
const MAGIC = 0x32534e53
/** Version 1 was written before numbers could be released in fewer digits: all of its sets have full digits. */
const MAGIC_FULL_DIGITS = 0x31534e53
const FIRST = 12
/**
 * Length of the heading in words, by first word of the first edition: 'SNA1' for subjects and 'SNR1' for rows, and 'SNA2'
 * and 'SNR2' after an epoch was carried.
 */
const PARTS_WORDS: ReadonlyMap<number, number> = new Map([
  [0x31414e53, 4],
  [0x31524e53, 4],
  [0x32414e53, 6],
  [0x32524e53, 6]
])

const headingSchema = z.object({
  universe: z.int().min(0),
  items: z.int().min(0),
  patterns: z.int().min(0),
  owners: z.int().min(0),
  everywhere: z.int().min(0),
  parts: z.int().min(0),
  arrived: z.boolean(),
  spans: z.array(
    z.object({
      quantity: z.string(),
      owns: z.int().min(1),
      shown: z.array(z.number().nullable()),
      rungs: z.array(z.int().min(0)).optional()
    })
  ),
  variables: z.array(z.string()),
  levels: z.array(z.object({ level: z.string(), counts: z.int().min(1) }))
})

/** Writes a ledger. Numbers are stored little-endian on the supported machines; see `bytesOf`. */
export function ledgerToBytes(ledger: SpanLedger): Uint8Array {
  const { patterns, spans, everywhere, firstParts, spent, owners, arrived, levels } = ledger.parts
  const heading: z.input<typeof headingSchema> = {
    universe: patterns.universe,
    items: patterns.labels.length,
    patterns: patterns.count,
    owners: owners === undefined ? 0 : checksumOf(owners),
    everywhere: everywhere.length,
    parts: firstParts,
    arrived: arrived !== undefined,
    spans: [...spans].map(([quantity, { rows, shown, rungs }]) => ({
      quantity,
      owns: rows.length,
      shown: shown.map((value) => value ?? null),
      ...(rungs.some((rung) => rung > 0) ? { rungs: [...rungs] } : {})
    })),
    variables: [...spent.keys()],
    levels: [...levels].map(([level, counts]) => ({ level, counts: counts.length }))
  }
  const words: Uint8Array[] = [bytesOf(patterns.labels)]
  for (const flags of everywhere) words.push(padded(patterns.extend(flags)))
  if (arrived !== undefined) words.push(padded(patterns.extend(arrived)))
  for (const { ownOf, rows } of spans.values()) {
    words.push(bytesOf(patterns.extend(ownOf)))
    for (const row of rows) words.push(padded(row))
  }
  for (const bits of spent.values()) words.push(bytesOf(patterns.extend(bits)))
  for (const { of, having } of [...levels.values()].flat()) {
    words.push(padded(patterns.extend(of)), padded(patterns.extend(having)))
  }
  const text = padded(new TextEncoder().encode(JSON.stringify(heading)))
  const rest = joined([text, ...words])
  return joined([bytesOf(Uint32Array.of(MAGIC, text.length, checksumOf(rest))), rest])
}

/** Whether stored bytes are of an epoch that was carried. To read them, the gone items must be known. */
export function needsGone(bytes: Uint8Array): boolean {
  const magic = wordAt(bytes, 0)
  if (PARTS_WORDS.has(magic)) return PARTS_WORDS.get(magic) === 6
  if (!isSpans(magic)) return false
  const { items, universe } = readHeading(bytes).heading
  return items > universe
}

/**
 * Reads the bytes of `ledgerToBytes`, or of a ledger of the first edition. Throws NODE_ERROR for bytes that were cut short
 * or changed, have a form that this version does not know, or are about other items: nothing is released with a ledger that
 * cannot be read.
 */
export function ledgerFromBytes(bytes: Uint8Array, { universe, owners, gone }: Items): SpanLedger {
  const all = joinedOwners(owners, gone?.owners)
  if (owners !== undefined) assertOwners(owners, universe)
  const items = universe + (gone?.items ?? 0)
  if (PARTS_WORDS.has(wordAt(bytes, 0))) return fromParts(bytes, { universe, items, owners: all })
  if (!isSpans(wordAt(bytes, 0))) return broken('its format is unknown to this version')
  const { heading, end } = readHeading(bytes)
  if (heading.universe !== universe || heading.items !== items) return broken('it is of another epoch')
  if (heading.owners !== (all === undefined ? 0 : checksumOf(all))) return broken('its rows are of other subjects')
  const reader = new Reader(bytes, end)
  const patterns = patternsOf(universe, reader.words(items))
  if (patterns.count !== heading.patterns || heading.parts > heading.everywhere) return broken('wrong patterns')
  const everywhere = Array.from({ length: heading.everywhere }, () => reader.flags(heading.patterns))
  const arrived = heading.arrived ? reader.flags(heading.patterns) : undefined
  const spans = new Map<string, Span>()
  for (const { quantity, owns, shown, rungs = shown.map(() => 0) } of heading.spans) {
    const ownOf = reader.words(heading.patterns)
    const rows = Array.from({ length: owns }, () => reader.flags(shown.length))
    const span = Span.of(patterns, { ownOf, rows, rungs, shown: shown.map((value) => value ?? undefined) })
    if (span === undefined) return broken(`the releases of ${quantity} contradict each other`)
    spans.set(quantity, span)
  }
  const spent = new Map(heading.variables.map((variable) => [variable, reader.numbers(heading.patterns)]))
  const levels = new Map(
    heading.levels.map(({ level, counts }) => [
      level,
      Array.from({ length: counts }, () => {
        const of = reader.flags(heading.patterns)
        return { of, having: reader.flags(heading.patterns) }
      })
    ])
  )
  if (!reader.isAtEnd) return broken('wrong length')
  return SpanLedger.of({ patterns, spans, everywhere, firstParts: heading.parts, spent, arrived, levels, owners: all })
}

/**
 * The ledger over the items of a newer epoch. Items that stayed keep their patterns. Items that are gone also keep their
 * patterns, but no new set can contain them. Items that arrived were in no release, so they are left out of answers until
 * there are k of them. Throws RangeError for a passage of other items.
 */
export function carryLedger(ledger: SpanLedger, { universe, owners, gone, to }: Passage): SpanLedger {
  const { patterns, spans, everywhere, firstParts, spent, arrived, levels } = ledger.parts
  const items = universe + gone.items
  // A ledger that began in a carried epoch does not contain items that were already gone, so only the first indices are
  // read.
  if (to.length < patterns.labels.length) throw new RangeError('a passage of other items')
  const isOfRows = ledger.parts.owners !== undefined
  if ((owners !== undefined) !== isOfRows) throw new RangeError('a passage of another kind of items')
  if (owners !== undefined) assertOwners(owners, universe)
  const arrivals = patterns.count
  const labels = new Uint32Array(items).fill(arrivals)
  const taken = new Uint8Array(items)
  for (const [item, label] of patterns.labels.entries()) {
    const place = to[item] ?? items
    if (place >= items || taken[place] === 1) throw new RangeError('two items in one place')
    taken[place] = 1
    labels[place] = label
  }
  const hasArrivals = labels.includes(arrivals)
  const next = Patterns.of(universe, labels)
  const more = hasArrivals ? 1 : 0
  return SpanLedger.of({
    patterns: next,
    everywhere: everywhere.map((flags) => longer(patterns.extend(flags), more, 0)),
    firstParts,
    arrived: hasArrivals
      ? longer(patterns.extend(arrived ?? new Uint8Array(patterns.count)), more, 1)
      : arrived && patterns.extend(arrived),
    spans: new Map(
      [...spans].map(([quantity, span]) => {
        const untold = span.rows.findIndex((row) => row.every((flag) => flag === 0))
        const rows = untold >= 0 ? span.rows : [...span.rows, new Uint8Array(span.rank)]
        const ownOf = longer(patterns.extend(span.ownOf), more, untold >= 0 ? untold : span.rows.length)
        const { shown, rungs } = span
        const kept = untold < 0 && more === 0 ? span.rows : rows
        const carried = Span.of(next, { ownOf, rows: kept, shown, rungs })
        if (carried === undefined)
          throw new StimnetError('NODE_ERROR', `carrying the releases of ${quantity} into another epoch`)
        return [quantity, carried] as const
      })
    ),
    spent: new Map([...spent].map(([variable, bits]) => [variable, longer(patterns.extend(bits), more, 0)])),
    levels: new Map(
      [...levels].map(([level, counts]) => [
        level,
        counts.map(({ of, having }) => ({
          of: longer(patterns.extend(of), more, 0),
          having: longer(patterns.extend(having), more, 0)
        }))
      ])
    ),
    owners: joinedOwners(owners, gone.owners)
  })
}

/** Reads a ledger of the first edition: labels by part, numbered by first appearance. The heading holds the number of parts. */
function fromParts(
  bytes: Uint8Array,
  { universe, items, owners }: { universe: number; items: number; owners: Uint32Array | undefined }
): SpanLedger {
  const words = PARTS_WORDS.get(wordAt(bytes, 0)) ?? 4
  if (bytes.length !== (words + items) * 4 || wordAt(bytes, 1) !== universe) return broken('wrong length')
  if (wordAt(bytes, 3) !== (owners === undefined ? 0 : checksumOf(owners)))
    return broken('its rows are of other subjects')
  const labels = new Reader(bytes, words * 4).words(items)
  let parts = 0
  for (const label of labels) {
    if (label > parts) return broken('labels out of order')
    if (label === parts) parts++
  }
  if (parts !== wordAt(bytes, 2)) return broken('wrong parts')
  return SpanLedger.ofParts(universe, labels, owners)
}

function readHeading(bytes: Uint8Array): { heading: z.output<typeof headingSchema>; end: number } {
  const end = FIRST + wordAt(bytes, 1)
  if (end > bytes.length) return broken('it was cut short')
  if (checksumOf(bytes.subarray(FIRST)) !== wordAt(bytes, 2)) return broken('it was changed')
  try {
    const text = new TextDecoder().decode(bytes.subarray(FIRST, end)).replace(/\0+$/, '')
    return { heading: headingSchema.parse(JSON.parse(text)), end }
  } catch {
    return broken('its heading cannot be read')
  }
}

function isSpans(magic: number): boolean {
  return magic === MAGIC || magic === MAGIC_FULL_DIGITS
}

function patternsOf(universe: number, labels: Uint32Array): Patterns {
  try {
    return Patterns.of(universe, labels)
  } catch {
    return broken('wrong patterns')
  }
}

function broken(why: string): never {
  throw new StimnetError(
    'NODE_ERROR',
    `reading a stored ledger: ${why}; restore it from a backup; nothing is released until then`
  )
}

function wordAt(bytes: Uint8Array, at: number): number {
  if (bytes.length < 4 * at + 4) return broken('it was cut short')
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4 * at, true)
}

/** Reads the arrays after the heading. Each array takes whole words. */
class Reader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  words(count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#copy(count * 4))
  }

  numbers(count: number): Float64Array<ArrayBuffer> {
    const numbers = new Float64Array(this.#copy(count * 8))
    return numbers.every((bits) => bits >= 0 && Number.isFinite(bits)) ? numbers : broken('bits that are no number')
  }

  flags(count: number): Uint8Array {
    const flags = new Uint8Array(this.#copy(wholeWords(count))).subarray(0, count)
    return flags.every((flag) => flag <= 1) ? flags : broken('a set that is none')
  }

  /** A copy with the alignment that typed arrays need: bytes from a store may lie anywhere in a larger buffer. */
  #copy(length: number): ArrayBuffer {
    if (this.#at + length > this.#bytes.length) return broken('it was cut short')
    const copy = new Uint8Array(length)
    copy.set(this.#bytes.subarray(this.#at, this.#at + length))
    this.#at += length
    return copy.buffer
  }
}

function wholeWords(length: number): number {
  return Math.ceil(length / 4) * 4
}

/** The bytes, followed by zeros up to whole words. */
function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes
  const all = new Uint8Array(wholeWords(bytes.length))
  all.set(bytes)
  return all
}

/** The bytes of an array in the byte order of this machine: stores are not moved between machines of different byte orders. */
function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function longer<T extends Uint8Array | Uint32Array | Float64Array>(array: T, more: number, value: number): T {
  const all = new (array.constructor as new (length: number) => T)(array.length + more)
  all.set(array)
  all.fill(value, array.length)
  return all
}

function joinedOwners(owners: Uint32Array | undefined, gone: Uint32Array | undefined): Uint32Array | undefined {
  if (owners === undefined || gone === undefined) return owners
  const all = new Uint32Array(owners.length + gone.length)
  all.set(owners)
  all.set(gone, owners.length)
  return all
}
