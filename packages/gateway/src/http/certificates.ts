/** The gateway's certificate, read from files and read again when they change. Open connections keep the old certificate. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { type Clock, StimnetError } from '@stimnet/protocol'

/** Paths of PEM files. */
export interface TlsFiles {
  /** The configuration keys of the files, for error messages. Default: those of the gateway. */
  readonly keys?: Readonly<Record<'cert' | 'key' | 'clientCa', string>>
  /** The certificate, followed by intermediate certificates. */
  readonly cert: string
  /** The private key, readable by its owner only. */
  readonly key: string
  /** If given, the other side must present a certificate of one of these authorities. */
  readonly clientCa?: string
}

/** TLS options of the server: at least TLS 1.3, whose cipher suites are all secure. */
export interface TlsOptions extends SecureContextOptions {
  readonly minVersion: 'TLSv1.3'
}

type File = 'cert' | 'key' | 'clientCa'

/** Configuration keys, for error messages. */
const KEYS: Readonly<Record<File, string>> = {
  cert: 'gateway.tls.cert',
  key: 'gateway.tls.key',
  clientCa: 'gateway.tls.client_ca'
}
const FILE_BYTES_MAX = 1024 * 1024

/** The certificate files as they were last read. */
export class Certificates {
  readonly #files: TlsFiles
  readonly #clock: Clock
  #read: Read
  /** The version of unusable files that was reported, so that it is reported once. */
  #wrong = ''

  private constructor(files: TlsFiles, clock: Clock, read: Read) {
    this.#files = files
    this.#clock = clock
    this.#read = read
  }

  /** Reads the files. Throws CONFIG_INVALID naming the key of a file that cannot be used. */
  static async open(files: TlsFiles, clock: Clock): Promise<Certificates> {
    return new Certificates(files, clock, await readAll(files, clock))
  }

  get options(): TlsOptions {
    return this.#read.options
  }

  get expiresAtMs(): number {
    return this.#read.expiresAtMs
  }

  /** Whether a certificate of the other side has expired. */
  hasExpired({ validToDate }: X509Certificate): boolean {
    // A date that cannot be read has passed.
    return !(validToDate.getTime() > this.#clock.now())
  }

  get asksClients(): boolean {
    return this.#files.clientCa !== undefined
  }

  /**
   * Reads the files again; true if they have changed and are valid. Throws CONFIG_INVALID, once, if they are invalid: then the files
   * that were read before stay in use until the files change again.
   */
  async renew(): Promise<boolean> {
    const stamp = await stampOf(this.#files)
    if (stamp === this.#read.stamp || stamp === this.#wrong) return false
    try {
      this.#read = await readAll(this.#files, this.#clock)
    } catch (error) {
      this.#wrong = stamp
      throw error
    }
    return true
  }
}

interface Read {
  readonly options: TlsOptions
  readonly expiresAtMs: number
  /** Identifies the version of the files by their metadata. */
  readonly stamp: string
}

async function readAll(files: TlsFiles, clock: Clock): Promise<Read> {
  // Taken before the contents are read, so that a change during reading is noticed next time.
  const stamp = await stampOf(files)
  const [cert, key, ca] = await Promise.all([
    readText(files, 'cert'),
    readText(files, 'key'),
    files.clientCa === undefined ? undefined : readText(files, 'clientCa')
  ])
  await assertPrivate(files)
  const own = attempt(files, 'cert', 'is no PEM certificate', () => new X509Certificate(cert))
  const secret: KeyObject = attempt(files, 'key', 'is no PEM private key', () => createPrivateKey(key))
  if (!own.checkPrivateKey(secret)) throw wrong(files, 'key', `does not belong to ${files.cert}`)
  if (own.validToDate.getTime() <= clock.now()) throw wrong(files, 'cert', `expired on ${own.validTo}`)
  if (ca !== undefined) checkAuthorities(files, ca)
  const options: TlsOptions = { minVersion: 'TLSv1.3', cert, key, ...(ca === undefined ? {} : { ca }) }
  attempt(files, 'cert', 'cannot be used', () => createSecureContext(options))
  return { options, expiresAtMs: own.validToDate.getTime(), stamp }
}

/**
 * Checks that each certificate is an authority. With an ordinary certificate in the list, no client would be accepted, or the wrong
 * one.
 */
function checkAuthorities(files: TlsFiles, text: string): void {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  const found = attempt(files, 'clientCa', 'is no PEM certificate', () => blocks.map((one) => new X509Certificate(one)))
  if (found.length === 0) throw wrong(files, 'clientCa', 'has no certificate')
  if (!found.every(({ ca }) => ca)) throw wrong(files, 'clientCa', 'has a certificate of no authority')
}

async function readText(files: TlsFiles, file: File): Promise<string> {
  const path = files[file] ?? ''
  try {
    const { size } = await stat(path)
    if (size <= FILE_BYTES_MAX) return await readFile(path, 'utf8')
  } catch (cause) {
    throw wrong(files, file, 'cannot be read', cause)
  }
  throw wrong(files, file, 'is too large')
}

async function assertPrivate(files: TlsFiles): Promise<void> {
  const { mode } = await stat(files.key)
  if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
    throw wrong(files, 'key', 'can be read by others: chmod 600')
  }
}

async function stampOf({ cert, key, clientCa }: TlsFiles): Promise<string> {
  const facts = await Promise.all(
    [cert, key, clientCa].map(async (path) => {
      const found = path === undefined ? undefined : await stat(path, { bigint: true }).catch(() => undefined)
      return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '-'
    })
  )
  return facts.join(' ')
}

function attempt<T>(files: TlsFiles, file: File, why: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw wrong(files, file, why, cause)
  }
}

function wrong(files: TlsFiles, file: File, why: string, cause?: unknown): StimnetError {
  const { [file]: key } = files.keys ?? KEYS
  return new StimnetError('CONFIG_INVALID', `${key}: ${files[file]} ${why}`, { cause })
}
