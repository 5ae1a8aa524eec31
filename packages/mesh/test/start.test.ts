import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { keyIdOf } from '@stimnet/protocol'
import { helloExchange } from '../src/index.ts'
import { newStore, soon, until, withNetwork } from './network.ts'

/** The public key of a seed, computed without libp2p. */
function publicKeyOf(seed: Uint8Array): Uint8Array {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([header, seed]), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}

/** An address on which no process listens at the moment. */
async function freeAddress(): Promise<string> {
  const listener = createServer().listen(0, '127.0.0.1')
  await until(() => listener.listening, 'listening')
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return `/ip4/127.0.0.1/tcp/${port}`
}

describe('starting and stopping', () => {
  it('the same seed gives the same PeerId, written as a key id is', async () => {
    await withNetwork(async (start) => {
      const { mesh, seed } = await start()
      assert.equal(mesh.peerId, keyIdOf(publicKeyOf(seed)))
      await mesh.stop()
      assert.equal((await start({ seed })).mesh.peerId, mesh.peerId)
    })
  })

  it('a taken port, an address that is none, and a seed of the wrong size are told apart', async () => {
    await withNetwork(async (start) => {
      const address = (await start()).mesh.addresses()[0] ?? ''
      const listen = [address.slice(0, address.indexOf('/p2p/'))]
      await assert.rejects(start({ listen }), { code: 'ADDRESS_IN_USE' })
      const alsoFree = await freeAddress()
      await assert.rejects(start({ listen: [alsoFree, ...listen] }), { code: 'ADDRESS_IN_USE' })
      assert.equal((await start({ listen: [alsoFree] })).mesh.addresses().length, 1, 'the failed start left it free')
      await assert.rejects(start({ listen: ['127.0.0.1:4001'] }), { code: 'CONFIG_INVALID' })
      await assert.rejects(start({ bootstrap: ['/ip4/999.0.0.1/tcp/1'] }), { code: 'CONFIG_INVALID' })
      await assert.rejects(start({ seed: new Uint8Array(31) }), { code: 'CONFIG_INVALID' })
    })
  })

  it('says the addresses it is told to announce, and not those it listens on', async () => {
    await withNetwork(async (start) => {
      const announce = ['/dns4/peer.example.org/tcp/4001']
      const { mesh } = await start({ announce })
      assert.deepEqual(mesh.addresses(), [`${announce[0]}/p2p/${mesh.peerId}`])
    })
  })

  it('a stopped peer frees its port, ends its waits, and no longer touches its store', async () => {
    await withNetwork(async (start) => {
      const store = newStore()
      const server = await start({
        prepare: (mesh) => mesh.serve(helloExchange, () => new Promise(() => {}))
      })
      const asker = await start({ store })
      const port = Number(/tcp\/(\d+)/.exec(asker.mesh.addresses()[0] ?? '')?.[1])
      await asker.mesh.connect(server.mesh.addresses()[0] ?? '', { signal: soon() })
      const asked = asker.mesh.ask(helloExchange, server.mesh.peerId, { version: '1' }, { signal: soon() })
      const follower = asker.mesh.follow(server.mesh.peerId, { ask: () => ({}), onEvent: () => {} })
      const outcome = assert.rejects(asked, { code: 'INTERRUPTED' })
      await Promise.all([asker.mesh.stop(), asker.mesh.stop()])
      await outcome
      assert.equal(follower.isOpen(), false)
      await store.close()
      const listener = createServer().listen(port, '127.0.0.1')
      await until(() => listener.listening, 'the port is free')
      await new Promise((resolve) => listener.close(resolve))
      // The wait is long enough for the late writes of the library.
      await new Promise((resolve) => setTimeout(resolve, 1_300))
    })
  })

  it('a process whose peers are stopped ends by itself', async () => {
    const program = fileURLToPath(new URL('./two-peers.ts', import.meta.url))
    // A process that does not end is killed, which does not give exit code 0.
    const child = spawn(process.execPath, [program], { stdio: 'ignore', timeout: 120_000 })
    const exit = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
    assert.equal(exit, 0)
  })
})
