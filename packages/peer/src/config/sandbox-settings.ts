/** The sandbox settings of the configuration, in the form that the engines take. */
import { join } from 'node:path'
import type { DockerSettings } from '@stimnet/sandbox'
import type { PeerConfig } from './config.ts'

/** Folder of the embedded sandbox, with its snapshot and the operator's additions. */
export function sandboxCacheDir({ sandbox }: Pick<PeerConfig, 'sandbox'>, dataDir: string): string {
  return sandbox.cache_dir ?? join(dataDir, 'sandbox')
}

/** The Docker engine and its images. */
export function dockerPlace({ sandbox }: Pick<PeerConfig, 'sandbox'>): Pick<DockerSettings, 'images' | 'socketPath'> {
  const { images, socket } = sandbox.docker
  return {
    ...(images === undefined ? {} : { images: definedOnly(images) }),
    ...(socket === undefined ? {} : { socketPath: socket })
  }
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
