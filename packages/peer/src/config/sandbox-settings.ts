/** The sandbox settings of the configuration, in the form that the engines take. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { DockerHost, DockerSettings } from '@stimnet/sandbox'
import type { PeerConfig } from './config.ts'
import { secretIn } from './secret-file.ts'

const DOCKER_TLS_PORT = 2376

interface Configured {
  readonly config: Pick<PeerConfig, 'sandbox'>
  readonly baseDir: string
}

/** Folder of the embedded sandbox, with its snapshot and the operator's additions. */
export function sandboxCacheDir({ sandbox }: Pick<PeerConfig, 'sandbox'>, dataDir: string): string {
  return sandbox.cache_dir ?? join(dataDir, 'sandbox')
}

/** The images of Docker, if they are named. */
export function dockerImages({ sandbox }: Pick<PeerConfig, 'sandbox'>): Pick<DockerSettings, 'images'> {
  const { images } = sandbox.docker
  return images === undefined ? {} : { images: definedOnly(images) }
}

/** The Docker engines: one, unless `sandbox.docker.hosts` names several. Throws CONFIG_INVALID for certificates that cannot be read. */
export async function dockerHosts({ config: { sandbox }, baseDir }: Configured): Promise<readonly DockerHost[]> {
  const { socket, hosts } = sandbox.docker
  if (hosts === undefined) return [socket === undefined ? {} : { socketPath: socket }]
  return Promise.all(
    hosts.map(async (host) => {
      if ('socket' in host) return { socketPath: host.socket }
      // A URL hides the usual port of its scheme, 443.
      const { hostname } = new URL(host.url)
      const [, port] = /:(\d+)\/?$/.exec(host.url) ?? []
      const files = {
        ca: resolve(baseDir, host.ca),
        cert: resolve(baseDir, host.cert),
        key: resolve(baseDir, host.key)
      }
      const key = await secretIn(files.key, 'sandbox.docker.hosts')
      const [ca, cert] = await Promise.all([certificateIn(files.ca), certificateIn(files.cert)])
      return {
        remote: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port ?? DOCKER_TLS_PORT), ca, cert, key }
      }
    })
  )
}

async function certificateIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StimnetError('CONFIG_INVALID', `sandbox.docker.hosts: ${file} cannot be read`, { cause })
  })
}

function definedOnly(images: { python?: string | undefined; r?: string | undefined }): { python?: string; r?: string } {
  const { python, r } = images
  return { ...(python === undefined ? {} : { python }), ...(r === undefined ? {} : { r }) }
}

/**
 * The environment of this process, in which a self-test hides a secret to check that no sandbox passes it on. Do not use it
 * for settings.
 */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
