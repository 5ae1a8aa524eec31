import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConnectionEncrypter, SecuredConnection } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { SimulatedClock } from '@stimnet/protocol'
import { Discipline } from '../src/connect/limits/discipline.ts'
import { Negotiations, NegotiationWatch } from '../src/connect/negotiation.ts'
import { until } from './network.ts'

const line = (text: string) => {
  const bytes = new TextEncoder().encode(`${text}\n`)
  return bytes.length < 0x80 ? [bytes.length, ...bytes] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes]
}
const bytesOf = (...lines: string[]) => Uint8Array.from(lines.flatMap(line))
const HEADER = '/multistream/1.0.0'
const watch = () => new NegotiationWatch((protocol) => protocol === '/wanted')

describe('a negotiation', () => {
  it('is followed over any cuts to the protocol that is agreed on', () => {
    const bytes = Uint8Array.from([...bytesOf(HEADER, `/${'x'.repeat(300)}`, '/wanted'), 0xff, 0xff, 0xff])
    for (let cut = 0; cut < bytes.length; cut++) {
      const one = watch()
      const before = one.follow(bytes.subarray(0, cut))
      const found = before ?? one.follow(bytes.subarray(cut))
      assert.ok(found && typeof found === 'object', `${cut}`)
      assert.deepEqual([found.protocol, (before ? 0 : cut) + found.read], ['/wanted', bytes.length - 3])
    }
  })

  it('that is none is told by its first bytes', () => {
    const told = (...bytes: number[]) => watch().follow(Uint8Array.from(bytes))
    assert.equal(told(0xff, 0xff), 'a length that does not end')
    assert.equal(told(0x81, 0x09), 'too long a line')
    assert.equal(told(0), 'a line of nothing')
    assert.equal(told(0xff), undefined)
    assert.equal(told(0xff, 0x07), undefined, 'a line of 1,023')
    // One reader treats these bytes as white space, another does not.
    for (const end of [[0xa0], [0x20], [0x0d], [0xe2, 0x80, 0x83], [0]]) {
      const text = [...new TextEncoder().encode('/wanted'), ...end, 0x0a]
      assert.equal(told(text.length, ...text), 'a line that is no protocol', `${end}`)
    }
    assert.equal(told(7, ...new TextEncoder().encode('/wanted')), 'a line that is no protocol', 'no new line')
  })

  it('does not go on for ever', () => {
    const proposals = Array.from({ length: 20 }, () => '/other')
    assert.equal(watch().follow(bytesOf(HEADER, ...proposals)), 'a negotiation that does not end')
    assert.equal(
      watch().follow(bytesOf(...Array.from({ length: 17 }, () => HEADER))),
      'a negotiation that does not end'
    )
    assert.ok(watch().follow(bytesOf(HEADER, ...proposals.slice(0, 14), '/wanted')))
  })
})

describe('an encrypted connection', () => {
  /**
   * The reaction to bytes that a peer sends where both sides would negotiate a muxer, with the muxer named in the handshake
   * (`early`) or not.
   */
  async function heard({ early, says }: { early: boolean; says: Uint8Array }) {
    const [here, there] = multiaddrConnectionPair()
    const discipline = new Discipline(new SimulatedClock())
    const marks: string[] = []
    discipline.mark = (peerId, why) => void marks.push(`${peerId}: ${why}`)
    const secured = {
      ...{ connection: here, remotePeer: 'a peer' },
      ...(early ? { streamMuxer: { protocol: '/muxer' } } : {})
    } as unknown as SecuredConnection
    const inner = { secureInbound: async () => secured } as unknown as ConnectionEncrypter
    inner.secureOutbound = inner.secureInbound as ConnectionEncrypter['secureOutbound']
    const encrypter = new Negotiations(discipline, new SimulatedClock()).encrypter(inner, '/muxer')
    const { connection } = await encrypter.secureInbound(here)
    let bytes = 0
    connection.addEventListener('message', ({ data }) => {
      bytes += data.byteLength
    })
    there.send(says)
    await until(() => bytes > 0 || connection.status !== 'open', 'it is heard or ended')
    return { bytes, marks, status: connection.status }
  }
  const endless = new Uint8Array(1_000).fill(0xff)

  it('on which a muxer is named without end is ended before anybody reads it, and counts against the peer', async () => {
    const { bytes, marks, status } = await heard({ early: false, says: endless })
    assert.deepEqual([bytes, marks], [0, ['a peer: a length that does not end']])
    assert.notEqual(status, 'open')
  })

  it('is read as it comes once the muxer is agreed on', async () => {
    const says = Uint8Array.from([...bytesOf(HEADER, '/muxer'), ...endless])
    assert.deepEqual(await heard({ early: false, says }), { bytes: says.length, marks: [], status: 'open' })
    assert.deepEqual(await heard({ early: true, says: endless }), { bytes: 1_000, marks: [], status: 'open' })
  })
})
