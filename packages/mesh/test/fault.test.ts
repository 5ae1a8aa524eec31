import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamResetError, TimeoutError, UnsupportedProtocolError } from '@libp2p/interface'
import { UnexpectedEOFError } from '@libp2p/utils'
import { StimnetError } from '@stimnet/protocol'
import { faultCodeOf, faultOf, receivedCode } from '../src/streams/fault.ts'

const system = (code: string) => Object.assign(new Error('from the system'), { code })

describe('what goes wrong on the way', () => {
  it('has one of our codes, by its name', () => {
    const codes = [
      new TimeoutError(),
      new UnsupportedProtocolError(),
      new UnexpectedEOFError(),
      new StreamResetError(),
      system('ECONNREFUSED'),
      new StimnetError('BUSY', 'asking'),
      new Error('TimeoutError in the text alone')
    ].map(faultCodeOf)
    assert.deepEqual(codes, [
      'DEADLINE',
      'UNIMPLEMENTED',
      'INTERRUPTED',
      'INTERRUPTED',
      'PEER_UNREACHABLE',
      'BUSY',
      'INTERNAL'
    ])
  })

  it('is known also where libp2p throws an event instead of an error', () => {
    const closed = new Event('close')
    assert.equal(faultCodeOf(closed), 'INTERRUPTED')
    assert.equal(faultCodeOf(Object.assign(new Event('close'), { error: new TimeoutError() })), 'DEADLINE')
    assert.equal(faultCodeOf(undefined), 'INTERRUPTED')
  })

  it('at every address of a peer means that the peer is unreachable, unless one error says more', () => {
    assert.equal(faultCodeOf(new AggregateError([system('ECONNREFUSED'), system('ENETUNREACH')])), 'PEER_UNREACHABLE')
    assert.equal(faultCodeOf(new AggregateError([system('ECONNREFUSED'), new TimeoutError()])), 'DEADLINE')
    assert.equal(faultCodeOf(new AggregateError([])), 'PEER_UNREACHABLE')
  })

  it('keeps its cause, and stays what it is when it is ours', () => {
    const cause = new TimeoutError()
    assert.equal(faultOf(cause, 'asking').cause, cause)
    const ours = new StimnetError('BUSY', 'asking')
    assert.equal(faultOf(ours, 'again'), ours)
  })

  it('with an unknown code, from a newer peer, counts as a failure of that peer', () => {
    assert.deepEqual(['BUSY', 'SOMETHING_NEW', 'toString', ''].map(receivedCode), [
      'BUSY',
      'NODE_ERROR',
      'NODE_ERROR',
      'NODE_ERROR'
    ])
  })
})
