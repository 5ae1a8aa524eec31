/** An encoder and decoder for the part of Protocol Buffers (proto3) that StimNet's messages use, over plain objects. */
import protobuf from 'protobufjs/minimal.js'
import { StimnetError } from '../errors.ts'

type Reader = protobuf.Reader
type Writer = protobuf.Writer

/** The type of a field. A message type is given as a function, because messages can refer to each other. */
export type FieldKind = 'double' | 'uint32' | 'bool' | 'string' | 'bytes' | (() => MessageShape)

/** `chosen`: a member of a oneof, which can be present with any value, including its default. */
export type FieldRule = 'single' | 'repeated' | 'chosen'

/** One field of a message, as declared in proto/. */
export type Field = readonly [number: number, name: string, kind: FieldKind, rule?: FieldRule]

/** A message to encode. A field that is absent or null gets its default. */
export type Encodable<T> = T extends Uint8Array | string | number | boolean
  ? T
  : T extends readonly (infer E)[]
    ? readonly Encodable<E>[]
    : { readonly [K in keyof T]?: Encodable<NonNullable<T[K]>> | null | undefined }

/** A message as declared in proto/, with fields in the order of their numbers. */
export interface MessageShape {
  readonly name: string
  readonly fields: readonly Field[]
}

/** Encodes and decodes one message. */
export interface MessageType<T> extends MessageShape {
  encode(message: Encodable<T>): Uint8Array
  /**
   * Decodes a message and returns every field: an absent field has its default, and an absent message or member of a oneof is null.
   * Unknown fields are skipped, since they come from a later version. Throws only MALFORMED, also if a field that is not repeated
   * occurs twice, since two readers could disagree about its value.
   */
  decode(bytes: Uint8Array): T
}

/** The messages of a type, so that no field needs to be declared twice. */
export type MessageOf<M extends MessageShape> = M extends MessageType<infer T> ? T : never

interface Scalars {
  double: number
  uint32: number
  bool: boolean
  string: string
  bytes: Uint8Array
}

type One<K> = K extends keyof Scalars ? Scalars[K] : K extends () => MessageType<infer T> ? T : never

type ValueOf<F extends Field> = F[3] extends 'repeated'
  ? One<F[2]>[]
  : F[3] extends 'chosen'
    ? One<F[2]> | null
    : F[2] extends keyof Scalars
      ? One<F[2]>
      : One<F[2]> | null

type Fields<F extends readonly Field[]> = { [E in F[number] as E[1]]: ValueOf<E> }

export function messageType<const F extends readonly Field[]>(name: string, fields: F): MessageType<Fields<F>> {
  const type: MessageShape = { name, fields }
  return {
    ...type,
    encode: (message) => {
      const writer = protobuf.Writer.create()
      write(type, message as Values, writer)
      return writer.finish()
    },
    decode: (bytes) => {
      try {
        const reader = protobuf.Reader.create(bytes)
        return read(type, reader, { end: reader.len, depth: 0 }) as Fields<F>
      } catch (cause) {
        throw new StimnetError('MALFORMED', `decoding ${name}`, { cause })
      }
    }
  }
}

type Values = Readonly<Record<string, unknown>>

/** Maximum nesting depth of messages. A filter, the deepest message of the protocol, has about twenty levels. */
const DEPTH_MAX = 32

const WIRE_TYPES = { double: 1, uint32: 0, bool: 0, string: 2, bytes: 2 } as const
const LENGTH = 2

function wireTypeOf(kind: FieldKind): number {
  return typeof kind === 'function' ? LENGTH : WIRE_TYPES[kind]
}

function write(type: MessageShape, message: Values, writer: Writer): void {
  for (const field of type.fields) {
    const [number, name, kind, rule] = field
    const value = message[name]
    if (value === null || value === undefined) continue
    if (rule !== 'repeated') {
      if (rule === 'chosen' || !isDefault(value)) writeOne(field, value, writer)
    } else if (kind === 'double') {
      const items = value as readonly number[]
      if (items.length === 0) continue
      writer.uint32((number << 3) | LENGTH).uint32(8 * items.length)
      for (const item of items) writer.double(item)
    } else {
      for (const item of value as readonly unknown[]) writeOne(field, item, writer)
    }
  }
}

function writeOne([number, , kind]: Field, value: unknown, writer: Writer): void {
  writer.uint32((number << 3) | wireTypeOf(kind))
  if (kind === 'double') writer.double(value as number)
  else if (kind === 'uint32') writer.uint32(value as number)
  else if (kind === 'bool') writer.bool(value as boolean)
  else if (kind === 'string') writer.string(value as string)
  else if (kind === 'bytes') writer.bytes(value as Uint8Array)
  else {
    writer.fork()
    write(kind(), value as Values, writer)
    writer.ldelim()
  }
}

/** Whether a value is the default of its type. Minus zero is not, because it would be decoded as zero. */
function isDefault(value: unknown): boolean {
  return Object.is(value, 0) || value === '' || value === false || (value instanceof Uint8Array && value.length === 0)
}

interface Extent {
  readonly end: number
  readonly depth: number
}

function read(type: MessageShape, reader: Reader, { end, depth }: Extent): object {
  if (depth > DEPTH_MAX) throw new RangeError(`${type.name} is nested too deep`)
  const values: Record<string, unknown> = {}
  for (const [, name, kind, rule] of type.fields) values[name] = absent(kind, rule)
  const seen = new Set<number>()
  while (reader.pos < end) {
    const tag = reader.tag()
    const field = type.fields.find(([number]) => number === tag >>> 3)
    if (field === undefined) {
      reader.skipType(tag & 7)
      continue
    }
    const [number, name, kind, rule] = field
    if (rule === 'repeated') {
      readInto(values[name] as unknown[], field, tag & 7, reader, depth)
      continue
    }
    if (seen.has(number)) throw new RangeError(`${type.name}.${name} stands twice`)
    seen.add(number)
    values[name] = readOne(kind, tag & 7, reader, depth)
  }
  if (reader.pos !== end) throw new RangeError(`${type.name} reaches past its end`)
  return values
}

function absent(kind: FieldKind, rule: FieldRule | undefined): unknown {
  if (rule === 'repeated') return []
  if (rule === 'chosen' || typeof kind === 'function') return null
  if (kind === 'string') return ''
  if (kind === 'bytes') return new Uint8Array()
  return kind === 'bool' ? false : 0
}

/** Reads repeated values. Numbers may come one by one or packed. */
function readInto(items: unknown[], [, , kind]: Field, wireType: number, reader: Reader, depth: number): void {
  if (kind !== 'double' || wireType !== LENGTH) {
    items.push(readOne(kind, wireType, reader, depth))
    return
  }
  const end = endOf(reader)
  while (reader.pos < end) items.push(reader.double())
  if (reader.pos !== end) throw new RangeError('numbers that are cut off')
}

function readOne(kind: FieldKind, wireType: number, reader: Reader, depth: number): unknown {
  if (wireType !== wireTypeOf(kind)) throw new RangeError('a field of another type')
  if (kind === 'double') return reader.double()
  if (kind === 'uint32') return reader.uint32()
  if (kind === 'bool') return reader.bool()
  if (kind === 'string') return reader.stringVerify()
  if (kind === 'bytes') return reader.bytes()
  return read(kind(), reader, { end: endOf(reader), depth: depth + 1 })
}

function endOf(reader: Reader): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('a field past the end of its message')
  return end
}
