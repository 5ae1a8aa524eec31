/**
 * The default contract of a script without declared outputs: few, rounded and metered values, and no strings except known
 * words.
 */
import { canonicalJson } from '@stimnet/protocol'
import { CONTRACT_WORDS } from './contract-check.ts'
import { toDigits } from '../judge/precision.ts'
import { readScriptJson, type ScriptValue } from './script-tokens.ts'

/** The limits of a script’s result. */
export interface ScriptContract {
  /** The words that the result may contain as keys or values; only whole words match. */
  readonly literals: ReadonlySet<string>
  /** An integer v with 0 < |v| < k is withheld, because it may be a count of people. */
  readonly k: number
  /** Maximum number of bits that the result may carry. */
  readonly bitsMax: number
  /** Number of distinct subjects of the cohort, as counted by the node. */
  readonly subjects: number
}

/** The part of a script’s result that may be released, or the reason why none may. */
export type JudgedScript =
  | { readonly ok: true; readonly values: unknown; readonly withheld: number; readonly bits: number }
  | { readonly ok: false; readonly why: string }

const DEPTH_MAX = 4
const LEAVES_MAX = 64

/**
 * Significant digits of released numbers. Papers print four digits; the other digits of a mantissa could carry a patient's
 * data.
 */
const DIGITS = 4

/** Numbers are released if their absolute value is from 10^-30 to 10^30; smaller numbers become 0. */
const DECADES_EACH_WAY = 30

/** Bits for the outcome of the run, which is disclosed as well: one of at most eight outcomes. */
const OUTCOME_BITS = 3

/**
 * Judges a script's result by the default contract. The information in the result is bounded by the length of a code for all
 * outputs: two bits for the kind of each value; for a number its sign, digits and decade; for a count up to n, a word, true,
 * false, null or "withheld" a choice among these; for an object or array its length; for a key a choice among the words. If
 * the bound exceeds `bitsMax`, nothing is released.
 */
export function judgeScript(result: string, contract: ScriptContract): JudgedScript {
  const reading = readScriptJson(result, { depthMax: DEPTH_MAX + 1, leavesMax: LEAVES_MAX })
  if (!reading.ok) return reading
  const released = releasedIn(reading.value)
  const value = released ?? reading.value
  if (depthOf(value) > DEPTH_MAX) return { ok: false, why: 'too deep' }
  const literals = released ? new Set([...contract.literals, ...CONTRACT_WORDS]) : contract.literals
  const meter = new Meter({ ...contract, literals })
  const values = meter.read(value)
  if (meter.refusal !== undefined) return { ok: false, why: meter.refusal }
  const bits = Math.ceil(meter.bits)
  if (bits > contract.bitsMax) return { ok: false, why: 'more bits than one script may disclose' }
  const kept = values === WITHHELD ? null : values
  // The result is parsed again from canonical JSON, so that the order and the form of the script's own text are lost.
  return { ok: true, values: JSON.parse(canonicalJson(kept)), withheld: meter.withheld, bits }
}

/**
 * The values that `release(name, kind, …)` wrote, if the request declared no contract. They count as ordinary values under
 * their names.
 */
function releasedIn(value: ScriptValue): ScriptValue | undefined {
  const [only, second] = value.kind === 'object' ? value.members : []
  return only?.[0] === 'stimnet_outputs' && second === undefined ? only[1] : undefined
}

function depthOf(value: ScriptValue): number {
  const inner =
    value.kind === 'object' ? value.members.map(([, one]) => one) : value.kind === 'array' ? value.items : []
  if (value.kind !== 'object' && value.kind !== 'array') return 0
  return 1 + inner.reduce((most, one) => Math.max(most, depthOf(one)), 0)
}

const WITHHELD = Symbol('withheld')
const KIND_BITS = 2
const LENGTH_BITS = Math.log2(LEAVES_MAX + 1)
const NUMBER_BITS = Math.log2(2 * 9 * 10 ** (DIGITS - 1) * (2 * DECADES_EACH_WAY) + 1)

class Meter {
  bits = OUTCOME_BITS
  withheld = 0
  refusal: string | undefined
  readonly #contract: ScriptContract
  readonly #cheapBits: number

  constructor(contract: ScriptContract) {
    this.#contract = contract
    // The choices are the counts 0…n, the words, and true, false, null and "withheld".
    this.#cheapBits = Math.log2(contract.subjects + 1 + contract.literals.size + 4)
  }

  read(value: ScriptValue): unknown {
    this.bits += KIND_BITS
    switch (value.kind) {
      case 'object':
        return this.#object(value.members)
      case 'array':
        this.bits += LENGTH_BITS
        // A withheld item keeps its position, so that the other items keep their meaning.
        return value.items.map((item) => this.read(item)).map((item) => (item === WITHHELD ? null : item))
      case 'string':
        this.bits += this.#cheapBits
        return this.#word(value.value)
      case 'word':
        this.bits += this.#cheapBits
        return value.value
      case 'number':
        return this.#number(value.value)
    }
  }

  #object(members: readonly (readonly [string, ScriptValue])[]): unknown {
    this.bits += LENGTH_BITS + members.length * Math.log2(Math.max(1, this.#contract.literals.size))
    const kept = members.map(([key, value]) => [this.#word(key), this.read(value)] as const)
    return Object.fromEntries(kept.filter(([, value]) => value !== WITHHELD))
  }

  #word(word: string): string {
    if (!this.#contract.literals.has(word)) this.refusal = 'a text that neither script nor request contains'
    return word
  }

  #number(written: number): unknown {
    const value = Math.abs(written) < 10 ** -DECADES_EACH_WAY ? 0 : toDigits(written, DIGITS)
    if (Math.abs(value) >= 10 ** DECADES_EACH_WAY) this.refusal = 'a number beyond the range'
    const whole = Number.isInteger(value)
    const cheap = whole && value >= 0 && value <= this.#contract.subjects
    this.bits += cheap ? this.#cheapBits : NUMBER_BITS
    if (!whole || value === 0 || Math.abs(value) >= this.#contract.k) return value
    this.withheld += 1
    return WITHHELD
  }
}
