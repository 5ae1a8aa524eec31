/** What the configuration says of sandboxes, as the engines are told it. */
import { join } from 'node:path'
import type { DockerSettings } from '@stimnet/sandbox'
import type { PeerConfig } from './config.ts'

/** Folder for what the embedded sandbox keeps: its snapshot, and what the owner added. */
export function sandboxCacheDir({ sandbox }: Pick<PeerConfig, 'sandbox'>, dataDir: string): string {
  return sandbox.cache_dir ?? join(dataDir, 'sandbox')
}

/** Which images of which Docker engine. */
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
