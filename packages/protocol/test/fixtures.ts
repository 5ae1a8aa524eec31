/** Shared fixtures of the protocol's tests: keys, a clock that stands still, and a typical filter. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  COMPARISON_OPS,
  type Code,
  type Encodable,
  type Filter,
  type MessageType,
  SimulatedClock,
  type StimnetError,
  signerFromSeed
} from '../src/index.ts'

export const START_MS = 1_750_000_000_000
export const clockAt = (ms: number) => new SimulatedClock(ms)
export const seedOf = (byte: number) => new Uint8Array(32).fill(byte)

/** The requester's key (Ada) and another key (Bob). */
export const ada = await signerFromSeed(seedOf(1))
export const bob = await signerFromSeed(seedOf(2))

/** A message as its receiver gets it, with all fields. */
export const received = <T>(type: MessageType<T>, message: Encodable<NoInfer<T>>): T =>
  type.decode(type.encode(message))

export const bytesOf = (text: string) => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** A check for `assert.throws` and `assert.rejects`: the error must be a StimnetError with one of the codes. */
export function coded(...codes: Code[]) {
  return (error: unknown): true => {
    const { name, code } = error as StimnetError
    assert.equal(name, 'StimnetError', `not a StimnetError: ${String(error)}`)
    assert.ok(codes.includes(code), `${code} is none of ${codes.join(', ')}`)
    return true
  }
}

const PLAIN = { noNullPrototype: true }
const column = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}(\.[A-Za-z][A-Za-z0-9_]{0,20})?$/)
// -0 and 0 mean the same in a comparison, so only 0 is generated.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), finite, fc.boolean())
const comparison = fc.constantFrom(...COMPARISON_OPS).chain((op) => {
  const count = op === 'is null' ? [0, 0] : op === 'in' ? [1, 4] : [1, 1]
  return fc.record(
    {
      column,
      op: fc.constant(op),
      values: fc.array(value, { minLength: count[0] ?? 0, maxLength: count[1] ?? 1 })
    },
    PLAIN
  )
})

function filterAt(depth: number): fc.Arbitrary<Filter> {
  if (depth === 4) return comparison
  const inner = filterAt(depth + 1)
  const some = fc.array(inner, { minLength: 1, maxLength: 2 })
  return fc.oneof(
    { weight: 2, arbitrary: comparison },
    fc.record({ all: some }, PLAIN),
    fc.record({ any: some }, PLAIN),
    fc.record({ not: inner }, PLAIN)
  )
}

/** Generates any well-formed filter, with at most 4 levels and 32 values. */
export const anyFilter: fc.Arbitrary<Filter> = filterAt(1)
