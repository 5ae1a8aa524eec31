/** Ed25519 keys in files that only their owner can read: a peer's key, or a researcher's key. */
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { keyFileOf, type RandomSource, StimnetError, seedIn } from '@stimnet/protocol'
import { makeFolder, readPrivate } from './private.ts'

/** Reads a key file, or creates one with mode 0600. Throws CONFIG_INVALID for an unsafe or unreadable file. */
export async function loadOrCreateSeed(path: string, random: RandomSource): Promise<Uint8Array> {
  const existing = await readSeed(path)
  if (existing) return existing
  await makeFolder(dirname(path))
  const seed = random.bytes(32)
  // With 'wx', only one of two processes that start together can create the key.
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(keyFileOf(seed))
    await file.sync()
  } finally {
    await file.close()
  }
  return seed
}

/** The seed in a key file; undefined if there is no file. Throws CONFIG_INVALID for an unsafe or damaged file. */
export async function readSeed(path: string): Promise<Uint8Array | undefined> {
  const text = await readPrivate(path)
  if (text === undefined) return undefined
  const seed = seedIn(text)
  if (!seed) {
    const what = 'is damaged: a key file is one line of 64 hexadecimal digits. Put back its copy'
    throw new StimnetError('CONFIG_INVALID', `${path} ${what}`)
  }
  return seed
}
