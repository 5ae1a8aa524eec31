/** A process that uses all functions of two peers and then stops them. start.test.ts runs it and waits for its end. */
import { helloExchange } from '../src/index.ts'
import { soon, until, withNetwork } from './network.ts'

await withNetwork(async (start) => {
  const server = await start({
    prepare: (mesh) => {
      mesh.serve(helloExchange, async () => ({ jws: Uint8Array.of(1) }))
      mesh.serveFollow(async function* (_ask, _from, signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        yield* []
      })
    }
  })
  const asker = await start({ bootstrap: [...server.mesh.addresses(), '/ip4/127.0.0.1/tcp/9'] })
  asker.mesh.announce(['demo'])
  await until(() => asker.mesh.connected().length === 1, 'connected')
  await asker.mesh.ask(helloExchange, server.mesh.peerId, { version: '1' }, { signal: soon() })
  const follower = asker.mesh.follow(server.mesh.peerId, { ask: () => ({}), onEvent: () => {} })
  await until(() => follower.isOpen(), 'followed')
  await server.mesh.findProviders('demo', soon())
})
