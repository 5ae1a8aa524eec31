import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { codeOf } from '@stimnet/protocol'
import { dockerHere, SOCKET } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const { skip, open } = await dockerHere('minimal')

/** An authority, and certificates of an engine on this machine and of a node. */
async function certificatesIn(folder: string) {
  const openssl = (...words: string[]) => promisify(execFile)('openssl', words, { cwd: folder })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.pem')
  await writeFile(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n')
  for (const name of ['engine', 'node']) {
    await openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
    await openssl('x509', '-req', '-in', `${name}.csr`, ...sign, '-out', `${name}.pem`)
  }
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const pair = async (name: string) => ({ cert: await read(`${name}.pem`), key: await read(`${name}.key`) })
  return { ca: await read('ca.pem'), engine: await pair('engine'), node: await pair('node') }
}

test('an engine of another machine runs programs over TLS, and only for a node with a certificate', {
  skip
}, async (t) => {
  const folder = await scratchFolder(t)
  const { ca, engine, node } = await certificatesIn(folder)
  const front = createServer({ ...engine, ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
    const inner = connect(SOCKET)
    socket.pipe(inner).pipe(socket)
    inner.on('error', () => socket.destroy())
    socket.on('error', () => inner.destroy())
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  t.after(() => front.close())
  const at = { host: '127.0.0.1', port: (front.address() as AddressInfo).port, ca }
  const sandbox = await open({ remote: { ...at, ...node } })
  t.after(() => sandbox.close())
  const outcome = await sandbox.run(jobOf('result = 6 * 7'), LIMITS_OF_TESTS)
  assert.equal(outcome.ok ? outcome.result : outcome.code, '42')
  const isAway = (error: unknown) => codeOf(error) === 'SANDBOX_UNAVAILABLE'
  await assert.rejects(open({ remote: { ...at, cert: '', key: '' } }), isAway)
  await assert.rejects(open({ remote: { ...at, ...node, ca: engine.cert } }), isAway)
})
