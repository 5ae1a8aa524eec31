/** Tests of the socket to which gateway processes connect, and of their configuration. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { loadGatewayConfig } from '../src/config/gateway-config.ts'
import { prepareSocket } from '../src/start/gateway/channel-socket.ts'

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-socket-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const isPosix = process.platform !== 'win32'

describe('the socket for gateway processes', { skip: isPosix ? false : 'no Unix sockets here' }, () => {
  it('is made in a folder that is closed to other users, and in no other', async (t) => {
    const folder = await scratch(t)
    const path = join(folder, 'new', 'gateways.sock')
    await prepareSocket(path)
    assert.equal((await stat(join(folder, 'new'))).mode & 0o777, 0o700)
    for (const [mode, why] of [
      [0o701, /others may enter/],
      [0o755, /others may enter/],
      [0o770, /group may write/]
    ] as const) {
      await chmod(join(folder, 'new'), mode)
      await assert.rejects(prepareSocket(path), { code: 'CONFIG_INVALID', message: why }, mode.toString(8))
    }
    await chmod(join(folder, 'new'), 0o2710)
    await prepareSocket(path)
  })

  it('takes the place of one that a killed peer left, and of nothing else', async (t) => {
    const path = join(await scratch(t), 'gateways.sock')
    const listens = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listens'))`
    const child = spawn(process.execPath, ['-e', listens], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await assert.rejects(prepareSocket(path), { code: 'ADDRESS_IN_USE' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.ok((await stat(path)).isSocket(), 'left behind')
    await prepareSocket(path)
    const server = createServer().listen(path)
    await once(server, 'listening')
    server.close()
    await writeFile(path, 'a file of somebody')
    await assert.rejects(prepareSocket(path), { code: 'CONFIG_INVALID', message: /no socket/ })
  })

  it('has a path that fits into an address', async (t) => {
    const folder = join(await scratch(t), 'a'.repeat(100))
    await mkdir(folder, { mode: 0o700 })
    await assert.rejects(prepareSocket(join(folder, 's')), { code: 'CONFIG_INVALID', message: /longer than/ })
  })
})

describe('the configuration of a gateway process', () => {
  it('names the peer by a socket or a URL, and is refused by the key that is wrong', async (t) => {
    const file = join(await scratch(t), 'gateway.yaml')
    const load = async (text: string) => {
      await writeFile(file, text)
      return (await loadGatewayConfig(file)).config
    }
    const socket = 'peer: { socket: a.sock }\n'
    assert.deepEqual((await load(socket)).trusted_proxies, [])
    const wrong = (text: string, message: RegExp) => assert.rejects(load(text), { code: 'CONFIG_INVALID', message })
    await wrong('port: 8001\n', /peer: is \{ socket: PATH \}/)
    await wrong('peer: { url: "http://peer.example:1", ca: a, cert: b, key: c }\n', /peer/)
    await wrong('peer: { url: "https://peer.example:1", ca: a }\n', /peer/)
    await wrong(`${socket}host: 0.0.0.0\n`, /line 2: host: plain HTTP beyond loopback/)
    await wrong(`${socket}tls: { cert: a, key: b }\ninsecure: true\n`, /insecure/)
    await wrong(`${socket}trusted_proxies: ["0.0.0.0/0"]\n`, /trusted_proxies/)
    await wrong(`${socket}data_dir: x\n`, /data_dir: there is no such key/)
    await assert.rejects(loadGatewayConfig('config/none.yaml'), { code: 'CONFIG_INVALID', message: /gateway.example/ })
    await loadGatewayConfig(join(import.meta.dirname, '../../../config/gateway.example.yaml'))
  })
})
