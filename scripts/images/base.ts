/** The Debian base image: Debian's official image, or an equivalent image made from Debian's packages. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, idOf } from './command.ts'

/** Debian's release. */
export const SUITE = 'trixie'
/** The day of the release, Unix seconds. All images use it as their creation time, so that it does not depend on the build. */
export const SUITE_EPOCH = Date.UTC(2025, 7, 9) / 1000

const OFFICIAL_BASE = `debian:${SUITE}-slim`
/** The image that this script makes if no registry is reachable. */
const OWN_BASE = `stimnet-base:${SUITE}`

/** Time after which a registry that has not begun to answer counts as unreachable, ms. */
const PULL_MS_MAX = 60_000

/** Returns the name of the base image. The image is fetched or made if it is missing or if `fresh` is set. */
export async function ensureBase(options: { readonly fresh: boolean; readonly say: (text: string) => void }) {
  if (!options.fresh) {
    if (await idOf(OFFICIAL_BASE)) return OFFICIAL_BASE
    if (await idOf(OWN_BASE)) return OWN_BASE
  }
  options.say(`fetching ${OFFICIAL_BASE}`)
  const pulled = await attempt('docker', ['pull', '--quiet', OFFICIAL_BASE], { msMax: PULL_MS_MAX })
  if (pulled.ok) return OFFICIAL_BASE
  options.say(`no registry answers: making Debian ${SUITE} with debootstrap, some 20 s`)
  const folder = mkdtempSync(join(tmpdir(), 'stimnet-base-'))
  try {
    await bootstrap(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return OWN_BASE
}

async function bootstrap(folder: string): Promise<void> {
  const { ok, output } = await attempt('debootstrap', ['--variant=minbase', SUITE, folder])
  if (!ok) throw new Error(`no base image: neither a registry nor debootstrap (as root) gave one\n${output}`)
  trim(folder)
  const words = ['-c', 'tar --sort=name --numeric-owner --one-file-system -C "$1" -c . | docker import - "$2"', 'sh']
  const imported = await attempt('sh', [...words, folder, OWN_BASE])
  if (!imported.ok) throw new Error(`importing the base\n${imported.output}`)
}

/** Removes files that no job reads, and traces of this machine: its names, and the creation times of folders. */
function trim(folder: string): void {
  const unread = ['var/cache', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/log']
  for (const path of [...unread, 'etc/resolv.conf', 'etc/hostname'])
    rmSync(join(folder, path), { recursive: true, force: true })
  // apt and dpkg need these folders, even if they are empty.
  for (const path of ['var/cache/apt/archives/partial', 'var/lib/apt/lists/partial', 'var/log'])
    mkdirSync(join(folder, path), { recursive: true })
  // While an image is built, other file systems are mounted over these folders, so the last build step cannot clean them.
  for (const path of ['dev', 'proc', 'run', 'sys']) {
    const whole = join(folder, path)
    for (const name of readdirSync(whole)) rmSync(join(whole, name), { recursive: true, force: true })
    utimesSync(whole, SUITE_EPOCH, SUITE_EPOCH)
  }
}
