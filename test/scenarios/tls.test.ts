/** Tests of a gateway with its own certificate, in a separate process. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { scratchFolder, spawnSite, until, writeSite } from '../mesh.ts'

const run = promisify(execFile)
const hasOpenssl = await run('openssl', ['version']).then(
  () => true,
  () => false
)

async function certify(folder: string): Promise<void> {
  const [cert, key] = [join(folder, 'gateway.crt'), join(folder, 'gateway.key')]
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost'
  ]
  await run('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert])
  await chmod(key, 0o600)
}

/** The fingerprint of the certificate that a new connection receives. The certificate's issuer is not verified here. */
async function shown(url: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

const skip = hasOpenssl && process.platform !== 'win32' ? false : 'no openssl or no signals here'

test('a peer takes a renewed certificate on SIGHUP, and goes on with the old one while the files are wrong', {
  skip
}, async (t) => {
  const config = { gateway: { port: 0, tls: { cert: 'gateway.crt', key: 'gateway.key' } } }
  const site = await writeSite(await scratchFolder(t), 0, { config })
  await certify(site.folder)
  const peer = await spawnSite(t, site)
  assert.match(peer.gatewayUrl, /^https:/)
  const first = await shown(peer.gatewayUrl)
  await chmod(join(site.folder, 'gateway.key'), 0o644)
  peer.process.kill('SIGHUP')
  await certify(site.folder)
  peer.process.kill('SIGHUP')
  await until(async () => (await shown(peer.gatewayUrl)) !== first, 'the new certificate is shown')
  assert.equal(await peer.stop(), 0)
})
