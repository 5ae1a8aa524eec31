/**
 * Bounds on the contents of the messages that the library decodes, checked before it does: it makes an object of every
 * address of every peer that a message names, several times.
 */
import { ADDRESSES_MAX } from '../members.ts'
import { ADDRESS_BYTES_MAX } from './known-peers.ts'

/** Judges a message. Returns the reason why it violates the bounds. */
export type Judge = (message: Uint8Array) => string | undefined

/** Maximum number of peers near a key in an answer: a bucket of twenty, the peer that is looked for, and the answering one. */
const CLOSER_MAX = 22
/** Maximum number of providers in an answer. The library itself ends a search at twenty. */
export const PROVIDERS_MAX = 100
/** Maximum number of addresses of one peer: more than peers that keep to `fewAddresses` tell. */
const ADDRESSES_TOLD_MAX = 2 * ADDRESSES_MAX
/** Maximum number of addresses of an identifying peer, told plainly and in its signed record. */
const IDENTIFY_ADDRESSES_MAX = 2 * ADDRESSES_TOLD_MAX
const IDENTIFY_PROTOCOLS_MAX = 64
/** Maximum size of a key. That of a peer has 38 bytes. */
const KEY_BYTES_MAX = 64
/** A SHA-256 multihash: its code, its length and the hash. */
const [SHA_256, SHA_256_BYTES] = [0x12, 32]

const [VARINT, FIXED_64, BYTES, FIXED_32] = [0, 1, 2, 5]
const [ADD_PROVIDER, GET_PROVIDERS, FIND_NODE, PING] = [2, 3, 4, 5]
/** The kinds of messages in use. Values are not: without them, nobody can store any. */
const KINDS: readonly number[] = [ADD_PROVIDER, GET_PROVIDERS, FIND_NODE, PING]

interface Field {
  readonly number: number
  /** The number of a field that is one, otherwise 0. */
  readonly value: number
  readonly bytes: Uint8Array
}

/** The kinds of the fields of a message, by their numbers. */
type Shape = Readonly<Record<number, number>>

const MESSAGE: Shape = { 1: VARINT, 2: BYTES, 3: BYTES, 8: BYTES, 9: BYTES, 10: VARINT }
const PEER: Shape = { 1: BYTES, 2: BYTES, 3: VARINT }
const IDENTIFY: Shape = { 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: BYTES, 6: BYTES, 8: BYTES }
const ENVELOPE: Shape = { 1: BYTES, 2: BYTES, 3: BYTES, 5: BYTES }
const RECORD: Shape = { 1: BYTES, 2: VARINT, 3: BYTES }

const NOTHING = new Uint8Array()

/**
 * The fields of a message in Protocol Buffers. Throws for bytes that are none, and for known fields of another kind: the
 * library decodes a field by its number alone, and would read such a message in another way.
 */
function* fieldsOf(message: Uint8Array, shape: Shape): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at]
      if (byte === undefined) break
      at += 1
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a number that does not end')
  }
  const take = (count: number): Uint8Array => {
    if (count > message.length - at) throw new RangeError('a field that is longer than its message')
    at += count
    return message.subarray(at - count, at)
  }
  while (at < message.length) {
    const tag = varint()
    const [number, kind] = [Math.floor(tag / 8), tag % 8]
    if (tag >= 2 ** 31 || (shape[number] ?? kind) !== kind) throw new RangeError('a field of another kind')
    if (kind === VARINT) yield { number, value: varint(), bytes: NOTHING }
    else if (kind === BYTES) yield { number, value: 0, bytes: take(varint()) }
    else if (kind === FIXED_64 || kind === FIXED_32) yield { number, value: 0, bytes: take(kind === FIXED_64 ? 8 : 4) }
    else throw new RangeError('a field of an unknown kind')
  }
}

/** The judge, for which bytes that are no message are a violation too. */
function strict(judge: Judge): Judge {
  return (message) => {
    try {
      return judge(message)
    } catch {
      return 'a message that is none'
    }
  }
}

function faultInPeer(peer: Uint8Array): string | undefined {
  let addresses = 0
  for (const { number, bytes } of fieldsOf(peer, PEER)) {
    if (number === 1 && bytes.length > KEY_BYTES_MAX) return 'too long a PeerId'
    if (number !== 2) continue
    addresses += 1
    if (addresses > ADDRESSES_TOLD_MAX) return 'too many addresses of a peer'
    if (bytes.length > ADDRESS_BYTES_MAX) return 'too long an address'
  }
  return undefined
}

function isHash(key: Uint8Array): boolean {
  return key.length === 2 + SHA_256_BYTES && key[0] === SHA_256 && key[1] === SHA_256_BYTES
}

/** Judges a message of the DHT by the numbers of peers that it may name. */
function judgeDht(closerMax: number, providersMax: number): Judge {
  return strict((message) => {
    // A field that is left out is 0.
    let [kind, closer, providers, fields] = [0, 0, 0, 0]
    let key: Uint8Array = NOTHING
    for (const { number, value, bytes } of fieldsOf(message, MESSAGE)) {
      fields += 1
      if (number === 1) kind = value
      if (number === 2) key = bytes
      if (number === 8) closer += 1
      if (number === 9) providers += 1
      if (fields > closerMax + providersMax + 8) return 'too many fields'
      if (closer > closerMax || providers > providersMax) return 'too many peers'
      if (number === 3 && bytes.length > 0) return 'a value'
      const fault = number === 8 || number === 9 ? faultInPeer(bytes) : undefined
      if (fault !== undefined) return fault
    }
    if (!KINDS.includes(kind)) return 'a value'
    if (key.length > KEY_BYTES_MAX) return 'too long a key'
    const isAboutProviders = kind === ADD_PROVIDER || kind === GET_PROVIDERS
    return isAboutProviders && key.length > 0 && !isHash(key) ? 'a key that is no hash' : undefined
  })
}

/** Judges a question to the DHT, which names at most the asking peer. */
export const judgeQuestion: Judge = judgeDht(0, 1)
/** Judges an answer of the DHT. */
export const judgeAnswer: Judge = judgeDht(CLOSER_MAX, PROVIDERS_MAX)

/** Judges the message in which a peer identifies itself. */
export const judgeIdentify: Judge = strict((message) => {
  let [addresses, protocols] = [0, 0]
  const isOver = () => addresses > IDENTIFY_ADDRESSES_MAX || protocols > IDENTIFY_PROTOCOLS_MAX
  for (const { number, bytes } of fieldsOf(message, IDENTIFY)) {
    if (number === 2) addresses += 1
    if (number === 3) protocols += 1
    if (number === 8) addresses += addressesInEnvelope(bytes)
    if (isOver()) return 'too many addresses or protocols'
  }
  return undefined
})

function addressesInEnvelope(envelope: Uint8Array): number {
  let addresses = 0
  // The envelope has the record in its field 3, and the record has its addresses in its field 3.
  for (const payload of fieldsOf(envelope, ENVELOPE)) {
    if (payload.number !== 3) continue
    for (const { number } of fieldsOf(payload.bytes, RECORD)) if (number === 3) addresses += 1
  }
  return addresses
}
