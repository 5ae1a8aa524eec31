/** Callers that open connections and send nothing. Tested on real sockets, which are the resource at stake. */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../src/http/connections.ts'
import { GATEWAY_LIMITS } from '../src/http/limits.ts'
import { openListening } from './house.ts'

async function open(t: TestContext, { port, from = '127.0.0.1' }: { port: number; from?: string }): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => undefined)
  t.after(() => socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}

async function until(claim: () => boolean, what: string) {
  for (let i = 0; i < 300 && !claim(); i++) await wait(10)
  assert.ok(claim(), what)
}

describe('a client with thousands of silent sockets', () => {
  it('stops neither the health of the node nor anybody else', async (t) => {
    const { url, port, close } = await openListening()
    t.after(close)
    const silent: Socket[] = []
    for (let i = 0; i < GATEWAY_LIMITS.connectionsPerAddressMax + 200; i++) silent.push(await open(t, { port }))
    await until(() => silent.filter(({ closed }) => closed).length >= 200, 'it holds no more than one address may')
    assert.equal((await fetch(`${url}/health`)).status, 200)
    const status = await new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/health', localAddress: '127.0.0.2' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).on('error', reject)
    })
    assert.equal(status, 200)
  })
})

describe('connections', () => {
  const limits = { max: 8, perAddressMax: 5, reserved: 3, fewMax: 1 }

  async function listening(t: TestContext, isProxy: (address: string) => boolean = () => false, own = limits) {
    const connections = new Connections(own, isProxy)
    const accepted: Socket[] = []
    const server = createServer((socket) => {
      if (connections.admit(socket)) accepted.push(socket)
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      for (const socket of connections.sockets()) socket.destroy()
      server.close()
    })
    const { port } = server.address() as { port: number }
    const from = async (address: string) => {
      const before = accepted.length
      const socket = await open(t, { port, from: address })
      await until(() => socket.closed || accepted.length > before, 'it was judged')
      return socket
    }
    return { connections, accepted, from }
  }

  it('of one address give way to its newest, the longest silent first, and never one that is being answered', async (t) => {
    const { connections, accepted, from } = await listening(t)
    const first = await from('127.0.0.1')
    const answered = connections.answering(accepted[0] as Socket)
    const others = [await from('127.0.0.1'), await from('127.0.0.1'), await from('127.0.0.1'), await from('127.0.0.1')]
    await from('127.0.0.1')
    await until(() => others[0]?.closed === true, 'the longest silent one has gone')
    assert.equal(first.closed, false)
    answered()
    assert.equal(connections.size, 5)
  })

  it('are refused where every one of the address is being answered', async (t) => {
    const { connections, accepted, from } = await listening(t)
    for (let i = 0; i < 5; i++) await from('127.0.0.1')
    for (const socket of accepted) connections.answering(socket)
    await from('127.0.0.1').then(({ closed }) => assert.ok(closed))
    assert.equal(connections.size, 5)
  })

  it('keep a reserve for addresses that hold few', async (t) => {
    const { connections, from } = await listening(t)
    for (let i = 0; i < 5; i++) await from('127.0.0.1')
    const probe = await from('127.0.0.2')
    const again = await from('127.0.0.2')
    await until(() => probe.closed, 'of the reserve an address has one place')
    assert.equal(again.closed, false)
    await from('127.0.0.3')
    await from('127.0.0.4')
    assert.equal(connections.size, 8)
    // At the limit, the address with most connections loses one.
    const last = await from('127.0.0.5')
    assert.equal(last.closed, false)
    assert.equal(connections.size, 8)
  })

  it('at a door give way by their age at the limit of all, whatever their addresses, and no more once they were let in', async (t) => {
    const door = { max: 6, perAddressMax: 4, reserved: 0, fewMax: 4, oldestFirst: true }
    const { connections, accepted, from } = await listening(t, undefined, door)
    const first = await from('127.0.0.1')
    const known = accepted[0] as Socket
    assert.equal(connections.release(known), known)
    assert.equal(connections.release(known), undefined, 'it is given up once')
    const oldest = await from('127.0.0.2')
    const crowd = [await from('127.0.0.3'), await from('127.0.0.3'), await from('127.0.0.3'), await from('127.0.0.3')]
    await from('127.0.0.3')
    await until(() => crowd[0]?.closed === true, 'an address has its own limit')
    await from('127.0.0.4')
    await from('127.0.0.5')
    await until(() => oldest.closed, 'the oldest of all gives way')
    assert.deepEqual([connections.size, first.closed, crowd[1]?.closed], [6, false, false])
  })

  it('of a proxy are held by the room for all alone', async (t) => {
    const { connections, from } = await listening(t, (address) => address.endsWith('127.0.0.1'))
    for (let i = 0; i < 5; i++) await from('127.0.0.1')
    await from('127.0.0.1')
    assert.equal(connections.size, 5, 'at the reserve it gives way as well')
  })
})
