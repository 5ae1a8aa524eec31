/**
 * Checkpoints: the state of a peer's audit log, signed by the peer and cosigned by witnesses. They use the C2SP formats
 * signed-note, tlog-checkpoint and tlog-cosignature, so that tools for other transparency logs can read them.
 */
import { base64pad } from 'multiformats/bases/base64'
import { verifyBytes } from './envelope.ts'
import { StimnetError } from '../errors.ts'
import { parseKeyId, publicKeyOf } from '../ids.ts'
import type { Signer } from './signer.ts'
import { isSame } from './merkle.ts'

/** The state of a log: the number of its records and the root of the Merkle tree over them. */
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** A checkpoint whose signatures were verified. */
export interface Checkpoint extends TreeHead {
  /** The PeerId of the log's peer. */
  readonly peer: string
  /** Peers that attested this state and its consistency with the state that they had attested before. */
  readonly witnesses: readonly { readonly peer: string; readonly atMs: number }[]
}

/** Maximum length of a note, and maximum number of its signatures. A note has a few lines, and a federation has few witnesses. */
const NOTE_CHARACTERS_MAX = 16_384
const SIGNATURES_MAX = 64

const TYPE_SIGNATURE = 0x01
const TYPE_COSIGNATURE = 0x04
const ID_BYTES = 4
const TIME_BYTES = 8
/** Last second that a JavaScript date can represent, because tools show the time of a cosignature as a date. */
const TIME_SECONDS_MAX = 8_640_000_000_000

/** The name of a peer's log and of its key, which is the first line of each checkpoint. */
function logOrigin(peer: string): string {
  return `stimnet/${peer}`
}

/** The note with only the signature of the log's own peer. Throws the errors of `openCheckpoint`. */
export async function bareCheckpoint(note: string, { peer }: { peer: string }): Promise<string> {
  await openCheckpoint(note, { peer })
  const { body, lines } = splitNote(note)
  const own: string[] = []
  for (const line of lines) {
    const read = await verifyLine(line, body)
    if (read.peer === peer && read.atMs === undefined) own.push(line)
  }
  return `${body}\n${own[0] ?? ''}\n`
}

/** The note without the cosignatures of peers for which `counts` is false, such as former members of the federation. */
export function keepCosignatures(note: string, counts: (peer: string) => boolean): string {
  const { body, lines } = splitNote(note)
  const [own = '', ...others] = lines
  const kept = others.filter((line) => counts(nameIn(line).slice(logOrigin('').length)))
  return `${body}\n${[own, ...kept].join('\n')}\n`
}

/** A checkpoint signed by the peer whose log it is. Witnesses add their lines with `addCosignature`. */
export async function signCheckpoint(head: TreeHead, signer: Signer): Promise<string> {
  const body = bodyOf(signer.id, head)
  const signature = await signer.signBytes(new TextEncoder().encode(body))
  return `${body}\n${lineOf(signer.id, await keyHash(signer.id, TYPE_SIGNATURE), signature)}`
}

/** A witness's signature line for a checkpoint that it has verified. The time is rounded down to whole seconds. */
export async function cosign(note: string, options: { signer: Signer; atMs: number }): Promise<string> {
  const seconds = Math.floor(options.atMs / 1000)
  const signature = await options.signer.signBytes(cosignedBytes(splitNote(note).body, seconds))
  const time = new Uint8Array(TIME_BYTES)
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds))
  const { id } = options.signer
  return lineOf(id, await keyHash(id, TYPE_COSIGNATURE), joined(time, signature))
}

/**
 * The note with a witness's line. A new line of the same witness replaces the old one. Throws MALFORMED if `line` has several lines,
 * since a witness must not add lines of others.
 */
export function addCosignature(note: string, line: string): string {
  const { body, lines } = splitNote(note)
  if (line.trimEnd().includes('\n')) malformed()
  const [own = '', ...others] = lines
  const kept = others.filter((other) => nameIn(other) !== nameIn(line))
  return `${body}\n${[own, ...kept, line.trimEnd()].join('\n')}\n`
}

/**
 * Reads a checkpoint of `peer` and verifies every signature on it. Throws MALFORMED for an invalid checkpoint, KEY_UNSUPPORTED if a
 * signer's name is not a key id, and SIGNATURE_INVALID if the peer's own signature is missing or any signature is wrong.
 */
export async function openCheckpoint(note: string, { peer }: { peer: string }): Promise<Checkpoint> {
  const { body, lines } = splitNote(note)
  const [origin, size, root, ...rest] = body.split('\n')
  if (origin !== logOrigin(peer) || rest.length !== 1 || !/^(0|[1-9]\d{0,15})$/.test(size ?? '')) malformed()
  const rootBytes = bytesOf(root ?? '')
  if (rootBytes.length !== 32 || !Number.isSafeInteger(Number(size))) malformed()
  let isSigned = false
  const witnesses = new Map<string, number>()
  for (const line of lines) {
    const read = await verifyLine(line, body)
    if (read.peer === peer && read.atMs === undefined) isSigned = true
    // A peer cannot be a witness of its own log.
    else if (read.peer !== peer && read.atMs !== undefined) witnesses.set(read.peer, read.atMs)
  }
  if (!isSigned) throw new StimnetError('SIGNATURE_INVALID', 'a checkpoint without its own signature')
  return {
    peer,
    size: Number(size),
    root: rootBytes,
    witnesses: [...witnesses].map(([witness, atMs]) => ({ peer: witness, atMs }))
  }
}

async function verifyLine(line: string, body: string): Promise<{ peer: string; atMs?: number }> {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ')
  if (dash !== '—' || rest.length > 0 || !name.startsWith(logOrigin(''))) malformed()
  const peer = parseKeyId(name.slice(logOrigin('').length))
  const blob = bytesOf(encoded)
  const id = blob.slice(0, ID_BYTES)
  const rest64 = blob.slice(ID_BYTES)
  if (rest64.length === 64 && isSame(id, await keyHash(peer, TYPE_SIGNATURE))) {
    await assertSigned(peer, new TextEncoder().encode(body), rest64)
    return { peer }
  }
  if (rest64.length === TIME_BYTES + 64 && isSame(id, await keyHash(peer, TYPE_COSIGNATURE))) {
    const seconds = Number(new DataView(rest64.buffer, rest64.byteOffset).getBigUint64(0))
    if (seconds > TIME_SECONDS_MAX) malformed()
    await assertSigned(peer, cosignedBytes(body, seconds), rest64.slice(TIME_BYTES))
    return { peer, atMs: seconds * 1000 }
  }
  throw new StimnetError('SIGNATURE_INVALID', 'a signature of another key or kind')
}

async function assertSigned(peer: string, bytes: Uint8Array, signature: Uint8Array): Promise<void> {
  if (!(await verifyBytes({ signedBy: peer, bytes, signature }))) {
    throw new StimnetError('SIGNATURE_INVALID', 'a checkpoint whose signature does not fit')
  }
}

function bodyOf(peer: string, { size, root }: TreeHead): string {
  return `${logOrigin(peer)}\n${size}\n${base64pad.baseEncode(root)}\n`
}

function cosignedBytes(body: string, seconds: number): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${seconds}\n${body}`)
}

function lineOf(peer: string, id: Uint8Array, payload: Uint8Array): string {
  return `— ${logOrigin(peer)} ${base64pad.baseEncode(joined(id, payload))}\n`
}

function nameIn(line: string): string {
  return line.split(' ')[1] ?? ''
}

/** The first four bytes of a hash over name, kind and key. They only tell keys apart; they prove nothing. */
async function keyHash(peer: string, type: number): Promise<Uint8Array> {
  const name = new TextEncoder().encode(`${logOrigin(peer)}\n`)
  const bytes = joined(joined(name, Uint8Array.of(type)), publicKeyOf(peer))
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, ID_BYTES)
}

function splitNote(note: string): { body: string; lines: string[] } {
  const at = note.indexOf('\n\n')
  if (note.length > NOTE_CHARACTERS_MAX || at < 0 || !note.endsWith('\n')) malformed()
  const lines = note.slice(at + 2, -1).split('\n')
  if (lines.length > SIGNATURES_MAX) malformed()
  return { body: note.slice(0, at + 1), lines }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = Uint8Array.from(base64pad.baseDecode(text))
    // Only the canonical base64 is accepted, as for all signed data.
    if (base64pad.baseEncode(bytes) === text) return bytes
  } catch {
    // Reported below as MALFORMED.
  }
  return malformed()
}

function malformed(): never {
  throw new StimnetError('MALFORMED', 'reading a checkpoint')
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
