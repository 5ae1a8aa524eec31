/** The wire format as data: messages with the meaning of each field, exchanges, and a sample of each message. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODES, type MessageType, StimnetError } from '@stimnet/protocol'
import protobuf from 'protobufjs'
import * as mesh from '../../src/index.ts'

const PROTO = join(import.meta.dirname, '../../../../proto')

/** A field as it was declared: number, name, type (a scalar, or the name of a message), rule and meaning. */
export type FieldText = readonly [number: number, name: string, type: string, rule: string, meaning: string]

export interface MessageText {
  readonly meaning: string
  readonly fields: readonly FieldText[]
}

export interface ExchangeText {
  readonly id: string
  readonly question: string
  readonly answer: string
  readonly questionBytesMax: number
  readonly answerBytesMax: number
}

/** The format of one version. */
export interface Wire {
  readonly version: string
  readonly messages: Readonly<Record<string, MessageText>>
  readonly exchanges: readonly ExchangeText[]
  readonly codes: readonly string[]
  /** A full message of each kind, hex. */
  readonly samples: Readonly<Record<string, string>>
}

/** Numbers and names that no field may have any more, of each message. */
export interface Reserved {
  readonly numbers: ReadonlySet<number>
  readonly names: ReadonlySet<string>
}

const parsed = parse()

function parse(): readonly protobuf.Type[] {
  const root = new protobuf.Root()
  for (const name of readdirSync(PROTO).filter((file) => file.endsWith('.proto'))) {
    protobuf.parse(readFileSync(join(PROTO, name), 'utf8'), root, { alternateCommentMode: true })
  }
  const found = root.lookup('stimnet') as protobuf.Namespace
  return found.nestedArray.filter((one): one is protobuf.Type => one instanceof protobuf.Type)
}

/** Today's format. */
export function presentWire(version: string): Wire {
  const texts = Object.fromEntries(parsed.map((type) => [type.name, textOf(type)]))
  const samples = Object.fromEntries(Object.keys(texts).map((name) => [name, hex(encodeSample(texts, name))]))
  return { version, messages: texts, exchanges: exchanges(), codes: Object.keys(CODES).sort(), samples }
}

export function reservedIn(name: string): Reserved {
  const reserved = parsed.find((type) => type.name === name)?.reserved ?? []
  const numbers = reserved.flatMap((one) => (typeof one === 'string' ? [] : rangeOf(one)))
  const names = reserved.filter((one): one is string => typeof one === 'string')
  return { numbers: new Set(numbers), names: new Set(names) }
}

/** Encoders and decoders of a format, made by a general library: another program that speaks it. */
export function codecsOf(texts: Wire['messages']): Readonly<Record<string, MessageType<object>>> {
  const { root } = protobuf.parse(protoOf(texts), new protobuf.Root(), { keepCase: true })
  return Object.fromEntries(Object.keys(texts).map((name) => [name, codecOf(root.lookupType(name))]))
}

function codecOf(type: protobuf.Type): MessageType<object> {
  const codec = {
    name: type.name,
    fields: [],
    encode: (message: object) => Uint8Array.from(type.encode(type.fromObject(message)).finish()),
    decode: (bytes: Uint8Array): object => {
      try {
        return type.toObject(type.decode(bytes), { defaults: true, arrays: true })
      } catch (cause) {
        throw new StimnetError('MALFORMED', `decoding ${type.name}`, { cause })
      }
    }
  }
  return codec as unknown as MessageType<object>
}

function protoOf(texts: Wire['messages']): string {
  const fieldOf = ([number, name, type, rule]: FieldText) => {
    const field = `${type} ${name} = ${number};`
    return rule === 'chosen' ? `oneof one_${number} { ${field} }` : rule === 'repeated' ? `repeated ${field}` : field
  }
  const all = Object.entries(texts).map(([name, { fields }]) => `message ${name} { ${fields.map(fieldOf).join(' ')} }`)
  return ['syntax = "proto3";', ...all].join('\n')
}

/** The value of a full message: each field of each message in it is present. */
export function sampleOf(texts: Wire['messages'], name: string, depth = 0): Record<string, unknown> {
  const { fields } = texts[name] as MessageText
  const values = fields
    .filter(([, , type]) => !(type in texts) || depth < DEPTH_MAX)
    .map(([number, field, type, rule]) => {
      const value = type in texts ? sampleOf(texts, type, depth + 1) : scalarOf(type, number, field)
      return [field, rule === 'repeated' ? [value] : value]
    })
  return Object.fromEntries(values)
}

/** Messages that contain themselves end somewhere. */
const DEPTH_MAX = 3

function scalarOf(type: string, number: number, field: string): unknown {
  if (type === 'string') return `${field} ${number}`
  if (type === 'bytes') return Uint8Array.of(number, 0, 255)
  if (type === 'bool') return true
  return type === 'double' ? number + 0.5 : number
}

function encodeSample(texts: Wire['messages'], name: string): Uint8Array {
  const type = codecsOf(texts)[name] as MessageType<object>
  return type.encode(sampleOf(texts, name) as never)
}

function textOf({ fieldsArray, comment }: protobuf.Type): MessageText {
  const fields = [...fieldsArray].sort((one, other) => one.id - other.id)
  return {
    meaning: comment ?? '',
    fields: fields.map(({ id, name, type, repeated, partOf, comment: meaning }) => {
      return [id, name, type, repeated ? 'repeated' : partOf ? 'chosen' : 'single', meaning ?? '']
    })
  }
}

/** Every exchange that the mesh offers. */
export function offered(): readonly mesh.Exchange<unknown, unknown>[] {
  const named = Object.entries(mesh).filter(([name]) => name.endsWith('Exchange'))
  return named.map(([, exchange]) => exchange as unknown as mesh.Exchange<unknown, unknown>)
}

function exchanges(): ExchangeText[] {
  const texts = offered().map(({ id, question, answer, questionBytesMax, answerBytesMax }) => {
    return { id, question: question.name, answer: answer.name, questionBytesMax, answerBytesMax }
  })
  return texts.sort((one, other) => (one.id < other.id ? -1 : 1))
}

function rangeOf([from = 0, to = 0]: number[]): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
