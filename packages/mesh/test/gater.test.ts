import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { gaterOf } from '../src/connect/limits/gater.ts'

const peer = (name: string) => ({ toString: () => name }) as PeerId
const connection = {} as MultiaddrConnection

describe('the gate', () => {
  it('asks for the permit at every step, so that none depends on another', () => {
    const gater = gaterOf((peerId) => peerId === 'member')
    for (const [name, denied] of [
      ['member', false],
      ['stranger', true]
    ] as const) {
      assert.equal(gater.denyDialPeer?.(peer(name)), denied)
      assert.equal(gater.denyInboundEncryptedConnection?.(peer(name), connection), denied)
      assert.equal(gater.denyOutboundEncryptedConnection?.(peer(name), connection), denied)
      assert.equal(gater.denyInboundUpgradedConnection?.(peer(name), connection), denied)
      assert.equal(gater.denyOutboundUpgradedConnection?.(peer(name), connection), denied)
    }
  })

  it('lets a mesh that only answers dial nobody, whatever the permit says', () => {
    const gater = gaterOf(() => true, { answersOnly: true })
    assert.equal(gater.denyDialPeer?.(peer('member')), true)
    assert.equal(gater.denyDialMultiaddr?.({} as Multiaddr), true)
    assert.equal(gater.denyInboundEncryptedConnection?.(peer('member'), connection), false)
    assert.equal(gaterOf(() => true).denyDialMultiaddr?.({} as Multiaddr), false)
  })

  it('stays shut where the permit cannot be judged', () => {
    const gater = gaterOf(() => {
      throw new Error('the list cannot be read')
    })
    assert.equal(gater.denyInboundEncryptedConnection?.(peer('member'), connection), true)
  })
})
