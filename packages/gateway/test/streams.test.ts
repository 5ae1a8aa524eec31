/** Many event streams at once, and clients that do not read. Tested on real sockets, which are the resource at stake. */
import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { GATEWAY_LIMITS } from '../src/http/limits.ts'
import type { FakePeer } from './fake-peer.ts'
import { openListening } from './house.ts'

const STREAMS = 100

async function until(claim: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1_500 && !claim(); i++) await wait(20)
  assert.ok(claim(), what)
}

describe('event streams', () => {
  it('of a hundred readers all tell the end, the next one too many is told to come again, and nothing is left', async () => {
    const { peer, token, url, close } = await openListening()
    const { id } = peer.add({})
    const agent = new Agent({ keepAlive: false })
    const headers = { authorization: `Bearer ${token}` }
    let begun = 0
    let ended = 0
    const follow = () =>
      new Promise<void>((resolve, reject) => {
        const asked = get(`${url}/api/v1/jobs/${id}/events`, { agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => {
            if (text === '') begun += 1
            text += chunk
          })
          response.on('end', () => {
            if (/event: end\ndata: .*"status":"completed"/.test(text)) ended += 1
            resolve()
          })
        })
        asked.on('error', reject)
      })
    const all = Array.from({ length: STREAMS }, follow)
    await until(() => begun === STREAMS && peer.watching === STREAMS, `all have begun, of ${begun}`)
    const heapBefore = process.memoryUsage().heapUsed
    // Other requests are still served.
    assert.equal((await fetch(`${url}/health`)).status, 200)
    peer.change(id, { state: 'running' })
    // The remaining streams that the account may have.
    const more = Array.from({ length: GATEWAY_LIMITS.streamsPerIdentityMax - STREAMS }, follow)
    await until(() => peer.watching === GATEWAY_LIMITS.streamsPerIdentityMax, 'the last place is taken')
    const refused = await fetch(`${url}/api/v1/jobs/${id}/events`, { headers })
    assert.equal(refused.status, 503)
    assert.ok(refused.headers.get('retry-after'))
    peer.change(id, { state: 'completed' })
    await Promise.all([...all, ...more])
    assert.equal(ended, GATEWAY_LIMITS.streamsPerIdentityMax)
    await until(() => peer.watching === 0, 'nobody is watched any more')
    assert.ok(process.memoryUsage().heapUsed - heapBefore < 256 * 1024 * 1024)
    // Their places are released.
    peer.add({})
    assert.equal((await fetch(`${url}/api/v1/jobs/${id}/events`, { headers })).status, 200)
    await close()
  })

  it('of a reader that does not read wait for it: what changes meanwhile is not piled up, and others go on', async () => {
    const { peer, token, port, url, close } = await openListening()
    // Each state has a hundred kilobytes, so a few states fill all buffers on the way.
    const warnings = ['x'.repeat(100_000)]
    const { id } = peer.add({ warnings })
    let pulled = 0
    const watch = peer.watch.bind(peer)
    peer.watch = async function* (...ask: Parameters<FakePeer['watch']>) {
      for await (const view of watch(...ask)) {
        pulled += 1
        yield view
      }
    }
    const slow = await new Promise<Socket>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
      socket.pause()
    })
    const head = `GET /api/v1/jobs/${id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`
    slow.write(head)
    await until(() => peer.watching === 1, 'it is followed')
    for (let at = 0; at < 2_000; at++) {
      peer.change(id, { progress: (at % 100) / 100, warnings })
      if (at % 50 === 0) await wait(1)
    }
    await wait(200)
    const before = pulled
    for (let at = 0; at < 200; at++) {
      peer.change(id, { progress: (at % 100) / 100, warnings })
      await wait(1)
    }
    assert.ok(before < 200, `${before} states for nobody`)
    assert.ok(pulled - before <= 1, `${pulled - before} more states for nobody`)
    assert.equal((await fetch(`${url}/health`)).status, 200)
    slow.destroy()
    await until(() => peer.watching === 0, 'it is let go')
    await close()
  })
})
