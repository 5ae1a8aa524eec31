/** A ledger while a release is judged: admitted numbers become part of the ledger, and refused numbers leave it unchanged. */
import { SubjectSet } from '@stimnet/protocol'
import { type Blocks, blocksOf } from './blocks.ts'
import { checksumOfSet } from './checksum.ts'
import { type AuditPattern, someAreCertain, someAreNone } from './certainty.ts'
import { restOf, withAlike } from './levels.ts'
import { membersOf } from './members.ts'
import type { Patterns } from './patterns.ts'
import { type Alike, alikeBy, restOnFewModulo } from './residues.ts'
import { addedTo, type Placed, Span } from './span.ts'
import { someWeighMuch } from './weighted.ts'
import { accountOfUnknown, type LedgerParts, type LevelCount, SpanLedger } from './span-ledger.ts'
import { type AlikeByRow, restOnFewByCell } from './ways.ts'

/**
 * The information that a number discloses about a variable: its total bits, and the maximum number of bits that may be
 * disclosed about each item.
 */
export interface About {
  readonly variable: string
  readonly bits: number
  readonly bitsMax: number
}

/** One number: a quantity, summed over a set of items. */
export interface Told {
  readonly quantity: string
  readonly set: SubjectSet
  readonly about?: readonly About[]
  /** The shown value, if the number is rounded. Sums of such numbers are then shown as sums of the rounded values. */
  readonly shown?: number
  /** The rung of digits of the released number: 0 for full digits, higher rungs for fewer digits; see `Span.isFree`. */
  readonly rung?: number
  /** Whether the number is rounded by itself; see `Span.isFree`. */
  readonly isRounded?: boolean
  /** Whether others do not know who is in the set. From then on, the quantity has two spans; see `LedgerDraft.tell`. */
  readonly isOfUnknown?: boolean
  /** For a count of such a set: the variables that make the set unknown. The counts of each variable are judged separately. */
  readonly unknown?: readonly string[]
  /** For a count of such a set: two sets that others know, the people who could be in it and the people who are in it in any case. */
  readonly within?: readonly SubjectSet[]
  /** The people who are charged for the information in place of the people of the set. */
  readonly payers?: Payers
  /** The items of the set whose values are not at one end of the variable's range, for each end; see `#tellEnd`. */
  readonly off?: readonly (SubjectSet | undefined)[]
}

/**
 * Everybody who could be among the people of a number, as far as others can tell. All of them are charged for the number's
 * information, because otherwise later refusals would show who is among its people.
 */
export interface Payers {
  readonly people: SubjectSet
  /** The number of people whom the number is about. Each person is charged as if being one of them. */
  readonly about: number
  /**
   * The share of a number that each person has already been charged for other numbers, if a person can be counted in only
   * one of these numbers.
   */
  readonly paid: number
}

/** The rounding of a number. */
type Digits = Pick<Told, 'rung' | 'isRounded'>

/** A level of a variable, as the question names it. */
export interface LevelName {
  readonly variable: string
  readonly level: string
  /** Number of levels of the variable. */
  readonly levels: number
}

/** The sums of one quantity that others do not know, with and without weights. */
export interface WeightedSums {
  /** The quantities of sums without weights. */
  readonly plain: readonly string[]
  /** Whether each row has a value of the quantity, and not each person. */
  readonly isOfRows: boolean
  /** A variable of two values, whose counts of levels are sums of this quantity as well. */
  readonly levels?: string | undefined
  /** The sums with weights among the given quantities. */
  weighted(quantities: readonly string[]): readonly WeightedSum[]
}

/** A sum with the weight of every person, or of every row; NaN for none. Without weights if they are not known here. */
interface WeightedSum {
  readonly quantity: string
  readonly weights: { readonly by: 'subject' | 'row'; readonly values: Float64Array } | undefined
}

/** A count of the people of a set who have a level. */
export interface CountOfLevel {
  readonly of: SubjectSet
  readonly having: SubjectSet
  /**
   * The people whom the count would include if everybody had one cell of the variable, by the number of the cell at the site; undefined for
   * a cell for which nobody would be counted. Absent if these people are not known.
   */
  readonly byCell?: readonly (SubjectSet | undefined)[] | undefined
}

/** The reason why numbers cannot be disclosed. */
export type Objection =
  /** Fewer than k people would be singled out. */
  | { readonly why: 'leverage'; readonly quantity: string; readonly set: SubjectSet; readonly apart: Apart }
  /** More information about somebody's value would be disclosed than is allowed. */
  | { readonly why: 'information'; readonly variable: string }
  /** Somebody's level would be certain. */
  | { readonly why: 'certain'; readonly variable: string }
  /** Somebody would have too much weight in a combination of sums of products. */
  | { readonly why: 'weight'; readonly variable: string }
  /** The arithmetic of doubles cannot decide the question. */
  | { readonly why: 'unsure' }

/** The people who would be singled out. */
export interface Apart {
  /** People who have an item in the set. */
  readonly inside: readonly number[]
  /** People who have no item in the set. */
  readonly outside: readonly number[]
}

/** A state to which a draft can be rolled back. */
export type Mark = Pick<LedgerParts, 'spans' | 'spent' | 'arrived' | 'levels'> & {
  readonly isChanged: boolean
  readonly again: readonly Again[]
}

/** A combination of earlier numbers that was charged in this release because some digits of these numbers were not released. */
interface Again {
  readonly quantity: string
  readonly isIn: Uint8Array
  readonly rung: number
}

/** A changeable copy of a ledger while a release is judged. Use it for one release only. */
export class LedgerDraft {
  readonly #from: SpanLedger
  readonly #patterns: Patterns
  readonly #blocks: Blocks
  /** Never changed in place, so that a mark can keep it: see `#setSpan`. */
  #spans: ReadonlyMap<string, Span>
  #ownSpans: Map<string, Span> | undefined
  /** Never changed in place. */
  #spent: ReadonlyMap<string, Float64Array>
  #everywhere: readonly Uint8Array[]
  #arrived: Uint8Array | undefined
  #levels: ReadonlyMap<string, readonly LevelCount[]>
  #isChanged = false
  #again: readonly Again[] = []
  /** The patterns inside each set, kept because many numbers share a set. */
  readonly #known = new WeakMap<SubjectSet, Uint8Array>()

  constructor(from: SpanLedger) {
    const { patterns, spans, everywhere, spent, owners, arrived, levels } = from.parts
    this.#from = from
    this.#patterns = patterns.copy()
    this.#spans = spans
    this.#spent = spent
    this.#everywhere = everywhere
    this.#arrived = arrived
    this.#levels = levels
    this.#blocks = blocksOf(this.#patterns, owners)
  }

  /** The current state, to which the draft can be rolled back. */
  get mark(): Mark {
    const [spans, spent, levels] = [this.#spans, this.#spent, this.#levels]
    this.#ownSpans = undefined
    return { spans, spent, levels, arrived: this.#arrived, isChanged: this.#isChanged, again: this.#again }
  }

  /** Forgets the numbers that were admitted since the mark. Patterns stay split, which discloses nothing. */
  rollBack({ spans, spent, levels, arrived, isChanged, again }: Mark): void {
    this.#again = again
    this.#levels = levels
    this.#arrived = arrived
    this.#spans = spans
    this.#ownSpans = undefined
    this.#spent = spent
    this.#isChanged = isChanged
  }

  /**
   * Admits all of the numbers, or admits none and returns the first objection. `k` is the minimum number of people on whom a
   * combination of disclosed sums may rest.
   *
   * Whether a number is admitted must not show whether one known person is in a set that others do not know.
   * - Counts are therefore judged not by leverage but by the minimum number of people on whom a combination can rest: each
   *   counted person counts as one, and there is no value to find out. Counts of sets that others know are judged among
   *   themselves, because their numbers are known. Counts of other sets are judged among themselves together with the known sets
   *   that contain them.
   * - Sums without the people at an end of the variable's range are judged like counts, because others do not know who these
   *   people are.
   * - Other quantities: sums over sets that others know are judged among themselves by a leverage of one in k. Together with sums
   *   over sets that others do not know, they are judged by the minimum number of people on whom a combination can rest and, if
   *   others do not know the values, by a leverage of two in k.
   */
  tell(numbers: readonly Told[], k: number): Objection | undefined {
    const { mark } = this
    for (const number of numbers) {
      const objection = this.#tellOne(number, k)
      if (objection === undefined) continue
      this.rollBack(mark)
      return objection
    }
    return undefined
  }

  /**
   * Records that anything may be disclosed about the set. This includes the part of every other disclosed set that lies in
   * this set. All these sets become part of every quantity, now and in the future.
   */
  tellAnything(set: SubjectSet, k: number): Objection | undefined {
    const { mark } = this
    if (!this.#isIn(set).includes(1)) return undefined
    for (const quantity of new Set([...this.#spans.keys(), ANYTHING])) {
      const before = this.#spanOf(quantity)
      const told = before.shown.map((_, at) => both(this.#toldSet(before, at), this.#isIn(set)))
      for (const isIn of [this.#isIn(set), ...told]) {
        const objection = this.#tellIn({ quantity, set, isIn: this.#without(quantity, isIn) }, k)
        if (objection === undefined) continue
        this.rollBack(mark)
        return objection
      }
    }
    const isIn = this.#isIn(set)
    for (const one of [isIn, ...this.#programs.map((flags) => both(flags, isIn))]) this.#addEverywhere(one)
    return undefined
  }

  /**
   * Records how many people of a set have a level of a variable. Returns false, and records nothing, if somebody's level
   * would be certain from this count and all earlier counts, or if a combination of counts modulo a whole number would rest
   * on fewer than `k` people. `level` is the name used in the question; one level can have several names.
   */
  tellLevel({ variable, level, levels }: LevelName, { of, having, byCell }: CountOfLevel, k: number): boolean {
    for (const set of byCell ?? []) if (set !== undefined) this.#isIn(set)
    const count = { of: this.#isIn(of), having: this.#isIn(having) }
    count.of = this.#patterns.extend(count.of)
    const name = `${variable} ${level}`
    const before = this.#countsOf((other) => other === name)
    count.having = this.#patterns.extend(count.having)
    if (before.some((one) => isSame(one.of, count.of) && isSame(one.having, count.having)))
      return this.#tellByCell(variable, byCell, k)
    const isSum = (other: string) => other.startsWith(sumName(variable, ''))
    const others = this.#countsOf((other) => other !== name && !isSum(other) && other.startsWith(`${variable} `))
    const all = [...before, ...others]
    const sums = this.#countsOf(isSum)
    // A combination that rests on few people can be used for an attack, whatever level and whatever conditions the counts are about.
    if (this.#restOnFew([...all, ...sums, count], { k, levels })) return false
    const areCertain = (counts: readonly LevelCount[]) => someAreCertain(this.#auditPatterns(counts))
    if (areCertain(withAlike([count], all))) return false
    const rest = restOf(count, all, levels)
    if (rest !== undefined && areCertain(withAlike([rest], [count, ...all]))) return false
    if (!this.#tellByCell(variable, byCell, k)) return false
    this.#levels = new Map(this.#levels).set(name, [...before, count, ...(rest === undefined ? [] : [rest])])
    this.#isChanged = true
    return true
  }

  /**
   * Records the people whom a count includes for each cell of a variable. Returns false, and records nothing, if a combination of such
   * counts, modulo a whole number, would rest on fewer than `k` people.
   */
  #tellByCell(variable: string, byCell: CountOfLevel['byCell'], k: number): boolean {
    if (byCell === undefined) return true
    const name = `${BY_CELL} ${variable} `
    const found = new Map<string, Map<number, Uint8Array>>()
    for (const [other, [one]] of this.#levels) {
      if (!other.startsWith(name) || one === undefined) continue
      const at = other.lastIndexOf(' ')
      const own = found.get(other.slice(0, at)) ?? new Map<number, Uint8Array>()
      found.set(other.slice(0, at), own.set(Number(other.slice(at)), this.#patterns.extend(one.of)))
    }
    const sets = byCell.map((set) => set && this.#isIn(set))
    const added = new Map(sets.flatMap((set, cell) => (set?.includes(1) ? [[cell, set] as const] : [])))
    const isAlike = (one: ReadonlyMap<number, Uint8Array>) =>
      one.size === added.size && [...one].every(([cell, of]) => isSame(of, added.get(cell) ?? new Uint8Array(0)))
    if ([...found.values()].some(isAlike)) return true
    const rules = { cells: byCell.length, alike: this.#alike, k }
    if (restOnFewByCell(added, [...found.values()], rules)) return false
    const levels = new Map(this.#levels)
    for (const [cell, of] of added)
      levels.set(`${name}${found.size} ${cell}`, [{ of, having: new Uint8Array(of.length) }])
    this.#levels = levels
    this.#isChanged = true
    return true
  }

  /**
   * Records a sum of whole numbers over a set. Modulo a whole number, a sum discloses as much as a count. Returns false, and records
   * nothing, if a combination with the other sums and the counts of the variable, modulo a whole number, would rest on fewer than `k`
   * people.
   */
  tellWholeSum(variable: string, set: SubjectSet, k: number): boolean {
    const of = this.#patterns.extend(this.#isIn(set))
    const all = this.#countsOf((other) => other.startsWith(`${variable} `))
    const name = sumName(variable, checksumOfSet(set).toString())
    const before = this.#countsOf((other) => other === name)
    if (!of.includes(1) || before.some((one) => isSame(one.of, of))) return true
    const sum = { of, having: new Uint8Array(of.length) }
    if (this.#restOnFew([...all, sum], { k })) return false
    this.#levels = new Map(this.#levels).set(name, [...before, sum])
    this.#isChanged = true
    return true
  }

  /**
   * Whether a combination of counts and sums, modulo a whole number, rests on fewer than `k` people. For a variable of two levels, a count
   * can be of one level among some people and of the other level among the rest. The rest then count with the opposite sign.
   */
  #restOnFew(counts: readonly LevelCount[], { k, levels }: { readonly k: number; readonly levels?: number }): boolean {
    return restOnFewModulo(this.#alikeBy(counts), k) || (levels === 2 && restOnFewModulo(this.#alikeBySign(counts), k))
  }

  /** The people who are alike in the counted sets. */
  #alikeBy(counts: readonly LevelCount[]): readonly Alike[] {
    return this.#alike((pattern) => counts.map(({ of }) => of[pattern] ?? 0))
  }

  /** The same with 1 and −1 for two levels. A row and its negative generate the same. */
  #alikeBySign(counts: readonly LevelCount[]): readonly Alike[] {
    return this.#alike((pattern) => {
      const signed = counts.map(({ of, having }) => (of[pattern] === 1 ? 1 - 2 * (having[pattern] ?? 0) : 0))
      const first = signed.find((entry) => entry !== 0) ?? 1
      return signed.map((entry) => entry * first)
    })
  }

  readonly #alike: AlikeByRow = (rowOf) => alikeBy(this.#patterns, this.#from.parts.owners, rowOf)

  #countsOf(isWanted: (name: string) => boolean): LevelCount[] {
    const found = [...this.#levels].filter(([name]) => isWanted(name)).flatMap(([, counts]) => counts)
    return found.map(({ of, having }) => ({ of: this.#patterns.extend(of), having: this.#patterns.extend(having) }))
  }

  /** The patterns of people by the counted sets that contain them, with the number of people who have the level. */
  #auditPatterns(counts: readonly LevelCount[]): readonly AuditPattern[] {
    const found = new Map<string, { row: number[]; people: number; having: number }>()
    for (let pattern = 0; pattern < this.#patterns.count; pattern++) {
      const row = counts.map(({ of }) => of[pattern] ?? 0)
      if (!row.includes(1)) continue
      const key = row.join('')
      const own = found.get(key) ?? { row, people: 0, having: 0 }
      const size = this.#patterns.sizes[pattern] ?? 0
      own.people += size
      if (counts.some(({ of, having }) => of[pattern] === 1 && having[pattern] === 1)) own.having += size
      found.set(key, own)
    }
    return [...found.values()]
  }

  /**
   * Whether the weights of sums of products add more than 1/k to the leverage of a person; see weighted.ts. `more`: further sums with weights
   * of the same quantity. Also true if the weights of a sum are not known, since it cannot be judged then.
   */
  weighsFew(sums: WeightedSums, k: number, more: readonly Float64Array[] = []): boolean {
    const found = this.weightsOf(sums)
    if (found === undefined) return true
    if (found.length + more.length === 0) return false
    const counted = sums.levels === undefined ? [] : this.#countsOf((name) => name.startsWith(`${sums.levels} `))
    const plain = [...sums.plain.flatMap((quantity) => this.#setsOf(quantity)), ...counted.map(({ of }) => of)]
    const ownerOf = (item: number) => this.#blocks.ownerOf(item)
    return someWeighMuch(this.#patterns, { plain, weighted: [...found, ...more], ownerOf }, k)
  }

  /** The weight of each item in each disclosed sum with weights; undefined if the weights of a sum are not known. */
  weightsOf({ weighted }: WeightedSums): Float64Array[] | undefined {
    const isOfRows = this.#from.parts.owners !== undefined
    const found: Float64Array[] = []
    for (const { quantity, weights } of weighted([...this.#spans.keys()])) {
      const sets = this.#setsOf(quantity)
      if (weights === undefined && sets.length > 0) return undefined
      const isByOwner = isOfRows && weights?.by === 'subject'
      const weightOf = (item: number) => weights?.values[isByOwner ? this.#blocks.ownerOf(item) : item] ?? Number.NaN
      for (const isIn of sets) {
        const inSum = (label: number, item: number) => (isIn[label] === 1 ? weightOf(item) : 0)
        found.push(Float64Array.from(this.#patterns.labels, inSum).map((weight) => (Number.isNaN(weight) ? 0 : weight)))
      }
    }
    return found
  }

  /** The disclosed sets of a quantity, by pattern. */
  #setsOf(quantity: string): Uint8Array[] {
    const span = this.#spans.get(quantity)
    return span === undefined ? [] : span.shown.map((_, at) => this.#patterns.extend(this.#toldSet(span, at)))
  }

  /** The items of the set that arrived with a newer epoch and have been in no release yet. */
  arrivals(set: SubjectSet): SubjectSet {
    const found = SubjectSet.none(this.#patterns.universe)
    if (this.#arrived === undefined) return found
    const arrived = this.#patterns.extend(this.#arrived)
    for (const item of membersOf(set, this.#patterns.universe)) {
      if (arrived[this.#patterns.labels[item] ?? 0] === 1) found.add(item)
    }
    return found
  }

  /** Charges the bits to each item of the set. Returns false, and charges nothing, if this exceeds the limit of an item. */
  charge(set: SubjectSet, about: About): boolean {
    return this.#spendShares(Array.from(this.#isIn(set)), about)
  }

  /**
   * Charges a number to everybody who could be among its people. Each person is charged the share that would result if all
   * of them were counted, multiplied by the ratio of their number to the number of people counted. So a difference between
   * such numbers that is about few people is charged in full to these people.
   */
  #payAlike({ people, about, paid }: Payers, bits: About, numbers: string): boolean {
    const isIn = this.#isIn(people)
    const name = OF_POSSIBLE + numbers
    const span = this.#spanOf(name)
    const placed = span.place(this.#patterns, isIn)
    if (placed.kind === 'unsure') return false
    const ownOf = this.#patterns.extend(span.ownOf)
    const each = Array.from(isIn, (flag, pattern) => {
      const added = placed.kind === 'new' ? addedTo(placed, ownOf[pattern] ?? 0, flag === 1) : 0
      return Math.max(0, Math.max((added * people.size) / about, flag / about) - flag * paid)
    })
    if (placed.kind === 'new') this.#setSpan(name, span.with(this.#patterns, isIn, placed))
    return this.#spendShares(each, bits)
  }

  /** The bits disclosed about a variable in one of its accounts, for the item with the most disclosed bits. */
  mostSpent(variable: string, isOfUnknown = false): number {
    const spent = this.#spent.get(isOfUnknown ? accountOfUnknown(variable) : variable)
    return spent?.reduce((most, bits) => Math.max(most, bits), 0) ?? 0
  }

  /** Whether a sum over the set follows from earlier disclosures of the quantity. */
  isWithin(quantity: string, set: SubjectSet): boolean {
    return this.#place(quantity, set)?.placed.kind === 'within'
  }

  /** The value of the set that follows from the shown values of other sets; undefined if it does not follow from them. */
  shownOf(quantity: string, set: SubjectSet): number | undefined {
    const place = this.#place(quantity, set)
    return place?.placed.kind === 'within' ? place.span.shownOf(place.placed.weights) : undefined
  }

  /**
   * The sum of the absolute weights with which `shownOf` combines the shown values; undefined under the same conditions as
   * `shownOf`.
   */
  shownWeight(quantity: string, set: SubjectSet): number | undefined {
    const place = this.#place(quantity, set)
    if (place?.placed.kind !== 'within' || place.span.shownOf(place.placed.weights) === undefined) return undefined
    return place.placed.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  }

  /**
   * Whether a sum over the set, with the digits of a rung, would disclose something that does not follow from earlier
   * numbers.
   */
  isNew(quantity: string, set: SubjectSet, { rung = 0, isRounded = false }: Digits = {}): boolean {
    const place = this.#place(quantity, set)
    if (place?.placed.kind !== 'within') return place?.placed.kind === 'new'
    const isFree = place.span.isFree(place.placed.weights, { rung, isRounded })
    return !isFree && !this.#wasCharged({ quantity, isIn: place.isIn, rung })
  }

  /**
   * Members of a set without whom the people in `apart`, who are not in the set, would no longer be singled out. These are
   * the members most strongly bound to these people by earlier sums, because they were in the same sets. Empty if there are
   * many more such members than `count`.
   */
  matesOf(quantity: string, set: SubjectSet, { apart, count }: { apart: readonly number[]; count: number }): number[] {
    const span = this.#spanOfKnown(quantity)
    const own = this.#ownIn(span)
    const items = membersOf(set, this.#patterns.universe)
    const bound = this.#boundTo(span, new Set(this.#itemsOf(apart).map(own)))
    const mates = new Set(
      Array.from(items)
        .filter((item) => bound.has(own(item)))
        .map((item) => this.#blocks.ownerOf(item))
    )
    return mates.size <= MATES_TIMES * count ? [...mates] : []
  }

  /**
   * Up to `count` people of the set's largest pattern, beginning at index `from`. Nobody knows who these people are, because
   * the numbers of items are a secret permutation.
   */
  someOf(quantity: string, set: SubjectSet, { count, from }: { count: number; from: number }): number[] {
    const own = this.#ownIn(this.#spanOfKnown(quantity))
    const items = membersOf(set, this.#patterns.universe)
    const sizes = new Map<number, number>()
    for (const item of items) sizes.set(own(item), (sizes.get(own(item)) ?? 0) + 1)
    const [largest] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0] as [number, number])
    const found = new Set<number>()
    for (let i = 0; i < items.length && found.size < count; i++) {
      const item = items[(from + i) % items.length] ?? 0
      if (own(item) === largest) found.add(this.#blocks.ownerOf(item))
    }
    return [...found]
  }

  /**
   * The span of the sums over people whom others know. It is used for leaving people out, because the number of people left
   * out must not show who is in another sum.
   */
  #spanOfKnown(quantity: string): Span {
    return this.#spans.get(OF_KNOWN + quantity) ?? this.#spanOf(quantity)
  }

  /** A function from an item to its own pattern in a span. */
  #ownIn(span: Span): (item: number) => number {
    const ownOf = this.#patterns.extend(span.ownOf)
    return (item) => ownOf[this.#patterns.labels[item] ?? 0] ?? 0
  }

  /**
   * The own patterns that earlier sums bind to the given patterns: at least half as strongly as the given patterns are bound
   * to themselves.
   */
  #boundTo(span: Span, owns: ReadonlySet<number>): ReadonlySet<number> {
    const bound = new Set<number>()
    for (const own of owns) {
      const least = (span.leverage[own] ?? 0) / 2
      if (least === 0) continue
      for (const other of span.rows.keys()) if (Math.abs(span.kernel(own, other)) >= least) bound.add(other)
    }
    return bound
  }

  #itemsOf(people: readonly number[]): number[] {
    const wanted = new Set(people)
    return Array.from(this.#patterns.labels.keys()).filter((item) => wanted.has(this.#blocks.ownerOf(item)))
  }

  /** The resulting ledger; the same object as before if nothing new was disclosed. */
  result(): SpanLedger {
    if (!this.#isChanged) return this.#from
    return SpanLedger.of({
      ...this.#from.parts,
      patterns: this.#patterns,
      spans: this.#spans,
      spent: this.#spent,
      everywhere: this.#everywhere,
      arrived: this.#arrived,
      levels: this.#levels
    })
  }

  /**
   * Admits a sum, and also the part of the sum that lies in the cohort of each program, because a program may have disclosed
   * that part.
   */
  #tellOne({ set, off = [], ...told }: Told, k: number): Objection | undefined {
    // A new set splits patterns, so this set is added before the arrays by pattern of the other sets are made.
    if (told.payers !== undefined) this.#isIn(told.payers.people)
    const objection = this.#tellWithPrograms({ ...told, set, isIn: this.#isIn(set) }, k)
    if (objection !== undefined) return objection
    for (const [end, others] of off.entries()) {
      if (others === undefined) continue
      const atEnd = this.#tellEnd({ end, quantity: told.quantity, set, others }, k)
      if (atEnd !== undefined) return atEnd
    }
    return undefined
  }

  #tellWithPrograms(told: Told & { readonly isIn: Uint8Array }, k: number): Objection | undefined {
    const objection = this.#tellIn(told, k)
    if (objection !== undefined) return objection
    const { quantity, set, isIn, isOfUnknown = false, unknown = [] } = told
    for (const program of this.#programs) {
      const common = this.#tellIn({ quantity, set, isOfUnknown, unknown, isIn: both(program, isIn) }, k)
      if (common !== undefined) return common
    }
    return undefined
  }

  /**
   * Judges a sum as a sum over the people who are not at an end of the variable's range. People at the least value add
   * nothing to the sum, so it is a sum over the other people alone. The sum must not rest on few of these people, nor make
   * it certain that somebody is at the least value. The same holds for the greatest value, with the difference from the
   * largest possible sum. Somebody who also learns how many people are above the least value can subtract them; the rest is
   * a sum over the people above the second value, for which the same holds. As long as no sum has shown whether a person is
   * at the end, the person counts as not being there.
   */
  #tellEnd({ end, quantity, set, others }: SumAtEnd, k: number): Objection | undefined {
    const name = `${OFF_END} ${end} ${quantity}`
    const off = this.#isIn(others)
    const isIn = this.#isIn(set)
    const isOff = both(off, isIn)
    const [known] = this.#countsOf((other) => other === name)
    if (known === undefined && isSame(isOff, isIn)) return undefined
    const of = isIn.map((flag, i) => flag | (known?.of[i] ?? 0))
    const having = isOff.map((flag, i) => flag | (known?.having[i] ?? 0))
    this.#levels = new Map(this.#levels).set(name, [{ of, having }])
    const isNewAtEnd = isIn.map((flag, i) => flag & ~(isOff[i] ?? 0) & ~(known?.of[i] ?? 0))
    const objection = isNewAtEnd.includes(1)
      ? this.#spanWithout(name, { quantity, set }, k)
      : this.#tellWithPrograms({ quantity: name, set: others, isIn: isOff }, k)
    if (objection !== undefined) return objection
    return someAreNone(this.#endPatterns(quantity, { of, having })) ? { why: 'certain', variable: quantity } : undefined
  }

  /**
   * Makes the span of sums without the people at an end again from the span of all sums, because more of these people are
   * known now.
   */
  #spanWithout(name: string, { quantity, set }: Pick<Told, 'quantity' | 'set'>, k: number): Objection | undefined {
    const all = this.#spanOf(quantity)
    const before = this.#spans.get(name) ?? all
    let span = Span.empty(this.#patterns)
    for (const at of all.shown.keys()) {
      const isOff = this.#without(name, this.#toldSet(all, at))
      const placed = span.place(this.#patterns, isOff)
      if (placed.kind === 'unsure') return { why: 'unsure' }
      if (placed.kind === 'new') span = span.with(this.#patterns, isOff, placed)
    }
    const apart = this.#blocks.apart(span, { before, ...this.#limits(name, k, true) })
    if (apart.length > 0) return { why: 'leverage', quantity: name, set, apart: this.#apartOf(apart, set) }
    this.#setSpan(name, span)
    return undefined
  }

  /**
   * A set without the people who are known to be at the end after which the quantity is named. For other quantities, the
   * whole set.
   */
  #without(quantity: string, isIn: Uint8Array): Uint8Array {
    if (!quantity.startsWith(OFF_END)) return isIn
    const [known] = this.#countsOf((other) => other === quantity)
    return isIn.map((flag, i) => flag & ~((known?.of[i] ?? 0) & ~(known?.having[i] ?? 0)))
  }

  /**
   * The patterns of people by the disclosed sums that contain them, with the number of people who are not at the end or were
   * in no such sum.
   */
  #endPatterns(quantity: string, { of, having }: LevelCount): readonly AuditPattern[] {
    const { ownOf, rows } = this.#spanOf(quantity)
    const found = new Map<number, { row: readonly number[]; people: number; having: number }>()
    for (const [pattern, own] of this.#patterns.extend(ownOf).entries()) {
      const one = found.get(own) ?? { row: Array.from(rows[own] ?? []), people: 0, having: 0 }
      const size = this.#patterns.sizes[pattern] ?? 0
      one.people += size
      if (of[pattern] !== 1 || having[pattern] === 1) one.having += size
      found.set(own, one)
    }
    return [...found.values()]
  }

  #tellIn(told: Told & { readonly isIn: Uint8Array }, k: number): Objection | undefined {
    const {
      quantity,
      set,
      isIn,
      about = [],
      shown,
      rung = 0,
      isRounded = false,
      isOfUnknown = false,
      payers,
      within,
      unknown
    } = told
    // The set is empty, so the sum is zero whatever the values are.
    if (!isIn.includes(1)) return undefined
    const span = this.#spanOf(quantity)
    const placed = span.place(this.#patterns, isIn)
    if (placed.kind === 'unsure') return { why: 'unsure' }
    if (quantity === ONE) {
      const counted = { set, isIn, isOfUnknown, ...(within === undefined ? {} : { within }) }
      for (const name of this.#spansOfCount(isOfUnknown, unknown)) {
        const objection = this.#tellCount(name, counted, k)
        if (objection !== undefined) return objection
      }
    }
    const account = isOfUnknown && quantity !== ONE ? accountOfUnknown : (variable: string) => variable
    if (placed.kind === 'within') {
      if (span.isFree(placed.weights, { rung, isRounded })) return undefined
      return this.#tellAgain({ quantity, isIn, rung }, about, { payers, account })
    }
    if (isOfUnknown && quantity !== ONE) this.#split(quantity)
    const isAmongKnown = quantity !== ONE && !isOfUnknown && this.#spans.has(OF_KNOWN + quantity)
    if (isAmongKnown) {
      const charged = payers === undefined ? about : []
      const objection = this.#tellIn({ quantity: OF_KNOWN + quantity, set, isIn, about: charged }, k)
      if (objection !== undefined) return objection.why === 'leverage' ? { ...objection, quantity } : objection
    }
    const next = span.with(this.#patterns, isIn, placed, { shown, rung })
    const limits = this.#limits(quantity, k, about.length > 0)
    const apart = quantity === ONE ? [] : this.#blocks.apart(next, { before: span, ...limits })
    if (apart.length > 0) return { why: 'leverage', quantity, set, apart: this.#apartOf(apart, set) }
    for (const one of isAmongKnown && payers === undefined ? [] : about) {
      const own = { ...one, variable: account(one.variable) }
      const isPaid =
        payers === undefined
          ? this.#spend(own, { isIn, span, placed })
          : this.#payAlike(payers, own, `${quantity} ${own.variable}`)
      if (!isPaid) return { why: 'information', variable: one.variable }
    }
    this.#setSpan(quantity, next)
    if (this.#arrived !== undefined) {
      this.#arrived = this.#patterns.extend(this.#arrived).map((flag, i) => (isIn[i] === 1 ? 0 : flag))
    }
    this.#isChanged = true
    return undefined
  }

  /** Keeps the sums over sets that others know in a separate span from now on, in addition to the span of all sums. */
  #split(quantity: string): void {
    const name = OF_KNOWN + quantity
    if (!this.#spans.has(name)) this.#setSpan(name, this.#spanOf(quantity))
  }

  /**
   * The spans in which a count is judged: the span of known sets or, for each variable that makes the set unknown, a span of its own. In a
   * common span, a count of the people with one property would count as following from sets of people with another property.
   */
  #spansOfCount(isOfUnknown: boolean, unknown: readonly string[] = []): readonly string[] {
    this.#partCounts()
    if (!isOfUnknown) return [OF_KNOWN + ONE]
    const names = unknown.map((variable) => `${OF_UNKNOWN}${ONE} ${variable}`)
    // A count from before the variables had spans of their own can be about any of these variables.
    for (const name of names) if (!this.#spans.has(name)) this.#setSpan(name, this.#spanOf(OF_UNKNOWN + ONE))
    return names.length === 0 ? [OF_UNKNOWN + ONE] : names
  }

  /** Judges a count among the counts of a span. The span of all counts shows which counts follow from others. */
  #tellCount(name: string, { set, isIn, isOfUnknown, within = [] }: Counted, k: number): Objection | undefined {
    for (const one of isOfUnknown ? within : []) this.#isIn(one)
    const known = isOfUnknown ? within.map((one) => this.#isIn(one)) : []
    const told = this.#patterns.extend(isIn)
    let span = this.#spanOf(name)
    for (const one of [...known.filter((flags) => flags.includes(1)), told]) {
      const placed = span.place(this.#patterns, one)
      if (placed.kind === 'unsure') return { why: 'unsure' }
      if (placed.kind === 'within') continue
      const next = span.with(this.#patterns, one, placed)
      const apart = one === told ? this.#blocks.apart(next, { before: span, ...this.#limits(name, k, true) }) : []
      if (apart.length > 0) return { why: 'leverage', quantity: ONE, set, apart: this.#apartOf(apart, set) }
      span = next
      this.#isChanged = true
    }
    this.#setSpan(name, span)
    return undefined
  }

  /** Counts of a ledger that was written before the counts were divided can be of either kind. */
  #partCounts(): void {
    const names = [OF_KNOWN + ONE, OF_UNKNOWN + ONE]
    if (names.some((name) => this.#spans.has(name))) return
    const before = this.#spanOf(ONE)
    for (const name of names) this.#setSpan(name, before)
  }

  /** The limits of the span of a quantity; see `tell`. `isSecret`: others do not know the values of the quantity. */
  #limits(
    quantity: string,
    k: number,
    isSecret: boolean
  ): { readonly leverageMax: number; readonly peopleMin?: number } {
    if (isOfCounts(quantity) || quantity.startsWith(OFF_END)) return { leverageMax: 1, peopleMin: k }
    if (!this.#spans.has(OF_KNOWN + quantity)) return { leverageMax: leverageMax(k) }
    return { leverageMax: isSecret ? 2 * leverageMax(k) : 1, peopleMin: k }
  }

  /**
   * Charges a number that follows from earlier numbers and is rounded by itself. It discloses some of the digits of the
   * earlier numbers that were not released: at most its own bits, which are charged equally to all of its items, as for a
   * number that does not follow from others.
   */
  #tellAgain(
    again: Again,
    about: readonly About[],
    { payers, account }: { readonly payers: Payers | undefined; readonly account: (variable: string) => string }
  ): Objection | undefined {
    if (this.#wasCharged(again)) return undefined
    const items = again.isIn.reduce((sum, flag, pattern) => sum + flag * (this.#patterns.sizes[pattern] ?? 0), 0)
    const each = payers ?? { people: undefined, about: Math.max(1, items) }
    const isIn = each.people === undefined ? again.isIn : this.#isIn(each.people)
    for (const one of about) {
      const share = { ...one, variable: account(one.variable), bits: one.bits / each.about }
      if (!this.#spendShares(Array.from(isIn), share)) return { why: 'information', variable: one.variable }
    }
    this.#again = [...this.#again, again]
    return undefined
  }

  #wasCharged({ quantity, isIn, rung }: Again): boolean {
    return this.#again.some(
      (one) => one.quantity === quantity && one.rung === rung && isSame(this.#patterns.extend(one.isIn), isIn)
    )
  }

  /** The disclosed set at an index of a span, by pattern. */
  #toldSet({ ownOf, rows }: Span, at: number): Uint8Array {
    return Uint8Array.from(this.#patterns.extend(ownOf), (own) => rows[own]?.[at] ?? 0)
  }

  #spend(about: About, { placed, span, isIn }: Place): boolean {
    if (placed.kind !== 'new') return true
    const ownOf = this.#patterns.extend(span.ownOf)
    return this.#spendShares(
      Array.from(isIn, (flag, pattern) => addedTo(placed, ownOf[pattern] ?? 0, flag === 1)),
      about
    )
  }

  /** Charges each pattern its share of the bits. Returns false, and charges nothing, if this exceeds the limit of a pattern. */
  #spendShares(shares: readonly number[], { variable, bits, bitsMax }: About): boolean {
    const spent = this.#patterns.extend(this.#spent.get(variable) ?? new Float64Array(this.#patterns.count)).slice()
    for (const [pattern, share] of shares.entries()) {
      if (share === 0) continue
      spent[pattern] = (spent[pattern] ?? 0) + bits * share
      if ((spent[pattern] ?? 0) > bitsMax * SLACK) return false
    }
    this.#spent = new Map(this.#spent).set(variable, spent)
    this.#isChanged = true
    return true
  }

  /** The relation of a set to the span of a quantity; undefined for an empty set. */
  #place(quantity: string, set: SubjectSet): Place | undefined {
    const isIn = this.#isIn(set)
    if (!isIn.includes(1)) return undefined
    const span = this.#spanOf(quantity)
    return { isIn, span, placed: span.place(this.#patterns, isIn) }
  }

  #isIn(set: SubjectSet): Uint8Array {
    const isIn = this.#patterns.extend(this.#known.get(set) ?? this.#patterns.split(set))
    this.#known.set(set, isIn)
    return isIn
  }

  /** The span of a quantity. A new span begins with the sets about which anything may have been disclosed. */
  #spanOf(quantity: string): Span {
    const known = this.#spans.get(quantity)
    if (known !== undefined) return known
    let span = Span.empty(this.#patterns)
    for (const flags of this.#everywhere) {
      const isIn = this.#patterns.extend(flags)
      const placed = span.place(this.#patterns, isIn)
      if (placed.kind === 'new') span = span.with(this.#patterns, isIn, placed)
    }
    this.#setSpan(quantity, span)
    return span
  }

  /** The cohorts of programs and their intersections, by pattern. */
  get #programs(): readonly Uint8Array[] {
    return this.#everywhere.slice(this.#from.parts.firstParts).map((flags) => this.#patterns.extend(flags))
  }

  /** Sets a span in a copy of the spans, of which one is made after each mark. */
  #setSpan(name: string, span: Span): void {
    this.#ownSpans ??= new Map(this.#spans)
    this.#ownSpans.set(name, span)
    this.#spans = this.#ownSpans
  }

  #addEverywhere(isIn: Uint8Array): void {
    const before = this.#everywhere.map((flags) => this.#patterns.extend(flags))
    if (!isIn.includes(1) || before.some((flags) => isSame(flags, isIn))) return
    this.#isChanged = true
    this.#everywhere = [...before, isIn]
  }

  #apartOf(people: readonly number[], set: SubjectSet): Apart {
    const members = new Set(Array.from(membersOf(set, this.#patterns.universe), (item) => this.#blocks.ownerOf(item)))
    const inside = people.filter((person) => members.has(person))
    return { inside, outside: people.filter((person) => !members.has(person)) }
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((flag, i) => flag === other[i])
}

/** The intersection of two sets, by pattern. Throws if a pattern was split between the making of the two sets. */
function both(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length !== other.length) throw new Error('sets by different patterns')
  return one.map((flag, i) => flag & (other[i] ?? 0))
}

/** Prefix of the names under which the people of a count are recorded for each cell of a variable. No variable has this name. */
const BY_CELL = 'by cell of'

/** The name under which a sum is kept among the counts of a variable. Levels have names that begin otherwise. */
function sumName(variable: string, set: string): string {
  return `${variable} sum ${set}`
}

/** Whether a span is of counts. */
function isOfCounts(quantity: string): boolean {
  return [ONE, OF_KNOWN + ONE].includes(quantity) || quantity.startsWith(OF_UNKNOWN + ONE)
}

type Counted = Pick<Told, 'set' | 'within'> & { readonly isIn: Uint8Array; readonly isOfUnknown: boolean }

/** A sum, and the people in its set who are not at one end of the range. */
interface SumAtEnd extends Pick<Told, 'quantity' | 'set'> {
  readonly end: number
  readonly others: SubjectSet
}

interface Place {
  readonly isIn: Uint8Array
  readonly span: Span
  readonly placed: Placed
}

/** Maximum ratio of the people bound to somebody to the people needed. If more people are bound, nobody is left out. */
const MATES_TIMES = 3

/** A quantity that stands for everything that a program may disclose. */
export const ANYTHING = '*'

/** The quantity of counts of people or rows: each item counts as one. */
export const ONE = '1'

/** Prefix of the names of quantities that are sums without the people at an end. */
export const OFF_END = 'off end'

/** Prefix of the names of spans of a quantity's sums over sets that others know. */
export const OF_KNOWN = 'of known '

/** Prefix of the name of the span of counts of sets that others do not know. */
export const OF_UNKNOWN = 'of unknown '

/** Prefix of the names of spans of the sets of everybody who could be among the people of a quantity's numbers. */
export const OF_POSSIBLE = 'of possible '

/** A tolerance for the rounding errors of sums of doubles. */
const SLACK = 1 + 1e-9

/** The limit of leverage; see span.ts. Up to this limit, a combination rests on more than k − 1 people, and so on at least k. */
function leverageMax(k: number): number {
  return 1 / k + 1 / (2 * k * k)
}

/**
 * A ledger of subjects before the first question. The number of people in each base cell of a lattice counts as disclosed.
 * So questions that are made of whole cells never differ by fewer people than a cell holds.
 */
export function startLedger(universe: number, baseCells: readonly SubjectSet[]): SpanLedger {
  const draft = new LedgerDraft(SpanLedger.start(universe))
  for (const set of baseCells) draft.tell([{ quantity: ONE, set }], 1)
  return draft.result()
}
