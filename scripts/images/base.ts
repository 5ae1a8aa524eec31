/** The Debian that images are built on: Debian's own image, or the same made from its packages. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, idOf } from './command.ts'

/** Debian's release. */
export const SUITE = 'trixie'
/** The day it came out, as seconds: the time that an image bears, whenever it was built. */
export const SUITE_EPOCH = Date.UTC(2025, 7, 9) / 1000

const OFFICIAL_BASE = `debian:${SUITE}-slim`
/** Made here where no registry of images is reachable. */
const OWN_BASE = `stimnet-base:${SUITE}`

/** A registry that does not begin to answer within this time is not reachable, ms. */
const PULL_MS_MAX = 60_000

/** Its name; it is fetched or made where it is missing, or when it shall be fresh. */
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

/** Takes out what no job reads, and what was this machine's: its names and the times at which folders were made. */
function trim(folder: string): void {
  const unread = ['var/cache', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/log']
  for (const path of [...unread, 'etc/resolv.conf', 'etc/hostname'])
    rmSync(join(folder, path), { recursive: true, force: true })
  // apt and dpkg expect their folders, empty as they are.
  for (const path of ['var/cache/apt/archives/partial', 'var/lib/apt/lists/partial', 'var/log'])
    mkdirSync(join(folder, path), { recursive: true })
  // Others lie over these while an image is built, so that its last step cannot reach them.
  for (const path of ['dev', 'proc', 'run', 'sys']) {
    const whole = join(folder, path)
    for (const name of readdirSync(whole)) rmSync(join(whole, name), { recursive: true, force: true })
    utimesSync(whole, SUITE_EPOCH, SUITE_EPOCH)
  }
}
