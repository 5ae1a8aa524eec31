/** Outgoing connections of the mesh: the proxy, and the authorities whose certificates are trusted. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { MeshSettings } from '@stimnet/mesh'
import { StimnetError } from '@stimnet/protocol'
import type { PeerConfig } from './config.ts'
import { secretIn } from './secret-file.ts'

/** Settings of the mesh that come from files which the configuration names. */
export type WayOutSettings = Pick<MeshSettings, 'proxy' | 'tlsAuthorities'>

interface Configured {
  readonly config: PeerConfig
  readonly baseDir: string
}

/** Reads the credentials of the proxy and the authorities. Throws CONFIG_INVALID naming the key. */
export async function readWayOut({ config: { mesh }, baseDir }: Configured): Promise<WayOutSettings> {
  const settings: { -readonly [K in keyof WayOutSettings]: WayOutSettings[K] } = {}
  if (mesh.proxy !== undefined) {
    const { url, credentials } = mesh.proxy
    settings.proxy =
      credentials === undefined ? { url } : { url, authorization: await basic(resolve(baseDir, credentials)) }
  }
  if (mesh.tls_ca !== undefined) {
    const file = resolve(baseDir, mesh.tls_ca)
    settings.tlsAuthorities = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new StimnetError('CONFIG_INVALID', `mesh.tls_ca: ${file} cannot be read`, { cause })
    })
    for (const certificate of certificatesIn(settings.tlsAuthorities, file)) assertReadable(certificate, file)
  }
  return settings
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function certificatesIn(text: string, file: string): readonly string[] {
  const found = text.match(CERTIFICATE)
  if (found !== null) return found
  throw new StimnetError('CONFIG_INVALID', `mesh.tls_ca: ${file} contains no certificate in PEM`)
}

/** The platform ignores certificates that it cannot read. */
function assertReadable(certificate: string, file: string): void {
  try {
    new X509Certificate(certificate)
  } catch (cause) {
    throw new StimnetError('CONFIG_INVALID', `mesh.tls_ca: ${file} contains a certificate that cannot be read`, {
      cause
    })
  }
}

async function basic(file: string): Promise<string> {
  const secret = await secretIn(file, 'mesh.proxy.credentials')
  if (!secret.includes(':') || /[\r\n]/.test(secret)) {
    throw new StimnetError(
      'CONFIG_INVALID',
      `mesh.proxy.credentials: ${file} does not contain USER:PASSWORD in one line`
    )
  }
  return `Basic ${Buffer.from(secret, 'utf8').toString('base64')}`
}
