import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  catalogExchange,
  digestsExchange,
  type Exchange,
  federationExchange,
  helloExchange,
  jobExchange
} from '../../src/index.ts'
import { isCode, type MessageType, messages, StimnetError } from '@stimnet/protocol'
import { soon, type TestPeer, until, withNetwork } from '../network.ts'
import {
  codecsOf,
  type FieldText,
  hex,
  type MessageText,
  offered,
  presentWire,
  reservedIn,
  sampleOf,
  type Wire
} from './shapes.ts'

const RELEASED = readdirSync(import.meta.dirname)
  .filter((name) => /^wire-.*\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Wire)

const HOW = 'See proto/README.md: what means something else gets a new field, or a new exchange id beside the old one.'
const present = presentWire('present')
/** What this program reads and writes. */
const today = messages as unknown as Readonly<Record<string, MessageType<object>>>

/** What peers of both versions have of a message, to any depth: of a value, only the fields of these. */
function shared(value: unknown, name: string, then: Wire['messages'], now: Wire['messages']): unknown {
  const fields = (then[name] as MessageText).fields.filter(([number]) => fieldOf(now, name, number) !== undefined)
  const of = (type: string, one: unknown): unknown => {
    if (one instanceof Uint8Array) return hex(one)
    return one !== null && type in then ? shared(one, type, then, now) : one
  }
  const entries = fields.map(([, field, type, rule]) => {
    const one = (value as Record<string, unknown>)[field] ?? (rule === 'repeated' ? [] : null)
    return [field, Array.isArray(one) ? one.map((item) => of(type, item)) : of(type, one)]
  })
  return Object.fromEntries(entries)
}

function fieldOf(texts: Wire['messages'], name: string, number: number): FieldText | undefined {
  return texts[name]?.fields.find(([one]) => one === number)
}

const bytesOf = (text = '') => Uint8Array.from(Buffer.from(text, 'hex'))

describe('a released wire format', () => {
  it('is kept, that of the first version among them', () => {
    assert.ok(RELEASED.some(({ version }) => version === '0.1.0'))
  })

  for (const wire of RELEASED) {
    const then = codecsOf(wire.messages)
    const names = Object.keys(wire.messages)
    const sent = names.filter((name) => name in today)

    it(`of ${wire.version} has every field as it was: number, name, type and meaning`, () => {
      for (const name of names) {
        const { meaning, fields } = wire.messages[name] as MessageText
        assert.equal(present.messages[name]?.meaning, meaning, `${name} has another meaning. ${HOW}`)
        const { numbers, names: left } = reservedIn(name)
        for (const field of fields) {
          const [number, named] = field
          if (numbers.has(number) && left.has(named.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`))) continue
          const now = fieldOf(present.messages, name, number)
          assert.deepEqual(now, field, `${name}.${named} (${number}) is not what it was in ${wire.version}. ${HOW}`)
        }
      }
    })

    it(`of ${wire.version} is read today: each field of a full message arrives`, () => {
      for (const name of sent) {
        const bytes = bytesOf(wire.samples[name])
        const read = (today[name] as MessageType<object>).decode(bytes)
        const expected = sampleOf(wire.messages, name)
        assert.deepEqual(
          shared(read, name, wire.messages, present.messages),
          shared(expected, name, wire.messages, present.messages),
          name
        )
      }
    })

    it(`of ${wire.version} reads what is written today, and skips what it does not know`, () => {
      for (const name of sent) {
        const expected = sampleOf(present.messages, name)
        const written = (today[name] as MessageType<object>).encode(expected as never)
        const read = (then[name] as MessageType<object>).decode(written)
        assert.deepEqual(
          shared(read, name, wire.messages, present.messages),
          shared(expected, name, wire.messages, present.messages),
          name
        )
      }
    })

    it(`of ${wire.version} has its exchanges: the same ids and messages, and no smaller bounds`, () => {
      for (const old of wire.exchanges) {
        const now = present.exchanges.find(({ id }) => id === old.id)
        assert.ok(now, `${old.id} is not offered any more. ${HOW}`)
        assert.deepEqual([now.question, now.answer], [old.question, old.answer], old.id)
        assert.ok(now.questionBytesMax >= old.questionBytesMax, `${old.id} takes shorter questions`)
        assert.ok(now.answerBytesMax >= old.answerBytesMax, `${old.id} takes shorter answers`)
      }
      for (const code of wire.codes) assert.ok(isCode(code), `${code} would be read as another failure`)
    })
  }
})

describe('a change of the wire format that breaks others is noticed', () => {
  const [wire] = RELEASED as [Wire]
  const changed = (change: (fields: FieldText[]) => FieldText[]): Wire['messages'] => {
    const { meaning, fields } = wire.messages.Decision as MessageText
    return { ...wire.messages, Decision: { meaning, fields: change([...fields]) } }
  }

  it('two numbers that changed places, by what is read', () => {
    const swapped = changed((fields) =>
      fields.map(([number, ...rest]) => [number === 2 ? 3 : number === 3 ? 2 : number, ...rest] as const)
    )
    const read = (codecsOf(swapped).Decision as MessageType<{ code: string }>).decode(bytesOf(wire.samples.Decision))
    assert.notEqual(read.code, sampleOf(wire.messages, 'Decision').code)
  })

  it('another type, by a refusal in place of a wrong value', () => {
    const retyped = changed((fields) =>
      fields.map((field) => (field[1] === 'reason' ? ([3, 'reason', 'double', 'single', ''] as const) : field))
    )
    const bytes = (codecsOf(retyped).Decision as MessageType<object>).encode({ reason: 1.5 } as never)
    const read = () => messages.Decision.decode(bytes)
    assert.throws(read, { code: 'MALFORMED' })
  })
})

describe('a peer of the first version, with its own tables of fields', () => {
  const wire = RELEASED.find(({ version }) => version === '0.1.0') as Wire
  const then = codecsOf(wire.messages)
  /** An exchange as that version has it. */
  const old = (id: string): Exchange<object, object> => {
    const found = wire.exchanges.find((one) => one.id === id)
    const now = offered().find((one) => one.id === id)
    assert.ok(found && now, id)
    const [question, answer] = [then[found.question], then[found.answer]]
    return { ...now, ...found, question, answer } as unknown as Exchange<object, object>
  }
  const exchanges = [helloExchange, catalogExchange, jobExchange, digestsExchange, federationExchange]
  /** Answers with the full sample of each answer, and remembers what it was asked. */
  const serve = (texts: Wire['messages'], all: readonly Exchange<never, never>[], asked: Map<string, object>) => {
    return (mesh: TestPeer['mesh']) => {
      for (const exchange of all as unknown as readonly Exchange<object, object>[]) {
        mesh.serve(exchange, async (question) => {
          asked.set(exchange.id, question)
          return sampleOf(texts, exchange.answer.name)
        })
      }
    }
  }

  const untilConnected = ({ mesh: one }: TestPeer, { mesh: other }: TestPeer) =>
    until(() => one.connected().includes(other.peerId) && other.connected().includes(one.peerId), 'they are connected')

  it('asks a peer of today and is asked by it over TCP, and each reads all that both know', async () => {
    const [askedOld, askedNow] = [new Map<string, object>(), new Map<string, object>()]
    await withNetwork(async (start) => {
      const olds = exchanges.map(({ id }) => old(id)) as unknown as Exchange<never, never>[]
      const nows = exchanges as unknown as Exchange<never, never>[]
      const first = await start({ prepare: serve(wire.messages, olds, askedOld) })
      const second = await start({
        prepare: serve(present.messages, nows, askedNow),
        bootstrap: first.mesh.addresses()
      })
      await untilConnected(first, second)
      const both = (value: unknown, name: string) => shared(value, name, wire.messages, present.messages)
      for (const { id } of exchanges) {
        const [then, now] = [old(id), exchanges.find((one) => one.id === id) as unknown as Exchange<object, object>]
        const { question, answer } = { question: now.question.name, answer: now.answer.name }
        const options = { signal: soon() }
        const toNow = await first.mesh.ask(
          then,
          second.mesh.peerId,
          sampleOf(wire.messages, question) as never,
          options
        )
        const toOld = await second.mesh.ask(
          now,
          first.mesh.peerId,
          sampleOf(present.messages, question) as never,
          options
        )
        assert.deepEqual(both(toNow, answer), both(sampleOf(present.messages, answer), answer), id)
        assert.deepEqual(both(toOld, answer), both(sampleOf(wire.messages, answer), answer), id)
        assert.deepEqual(both(askedNow.get(id), question), both(sampleOf(wire.messages, question), question), id)
        assert.deepEqual(both(askedOld.get(id), question), both(sampleOf(present.messages, question), question), id)
      }
    })
  })

  it('that does not know an exchange is an answer, and no broken connection', async () => {
    await withNetwork(async (start) => {
      const first = await start()
      const second = await start({ bootstrap: first.mesh.addresses() })
      await untilConnected(first, second)
      const later = { ...jobExchange, id: '/stimnet/job/2.0.0' }
      const asking = second.mesh.ask(later, first.mesh.peerId, {}, { signal: soon() })
      await assert.rejects(asking, (error) => error instanceof StimnetError && error.code === 'UNIMPLEMENTED')
      assert.deepEqual(second.mesh.connected(), [first.mesh.peerId])
    })
  })
})
