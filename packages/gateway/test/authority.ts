/** Certificate authorities and certificates for tests, made with openssl where it is installed. */
import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const hasOpenssl = await run('openssl', ['version']).then(
  () => true,
  () => false
)

/** A certificate authority and the certificates that it issues, in a folder. */
export class Authority {
  readonly folder: string
  readonly name: string

  constructor(folder: string, name: string) {
    this.folder = folder
    this.name = name
  }

  path(file: string): string {
    return join(this.folder, `${this.name}-${file}`)
  }

  async found(): Promise<this> {
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${this.name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-keyout', this.path('ca.key'), '-out', this.path('ca.crt')]
    ])
    return this
  }

  /** Issues a certificate for this machine, or for the names that are given (subject alternative names). */
  async issue(name: string, names = 'IP:127.0.0.1,DNS:localhost'): Promise<{ cert: string; key: string }> {
    const [csr, cert, key, extensions] = ['csr', 'crt', 'key', 'ext'].map((end) => this.path(`${name}.${end}`)) as [
      ...[string, string, string, string]
    ]
    await writeFile(extensions, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`)
    await run('openssl', [
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', key, '-out', csr]
    ])
    const authority = ['-CA', this.path('ca.crt'), '-CAkey', this.path('ca.key'), '-CAcreateserial']
    await run('openssl', ['x509', '-req', '-in', csr, ...authority, '-days', '1', '-extfile', extensions, '-out', cert])
    await chmod(key, 0o600)
    return { cert, key }
  }
}
