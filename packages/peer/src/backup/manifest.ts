/** The manifest of a backup: a list of its content, signed by the peer. A folder without a valid manifest is not a backup. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, type Signer, StimnetError, verifyBytes } from '@stimnet/protocol'
import { z } from 'zod'
import { factOf } from '../store/level/copied.ts'

/** The version of the format. A newer version is refused. */
export const FORMAT = 1
/** File name of the manifest. */
export const MANIFEST_FILE = 'manifest.json'
/** File name of the encrypted key. */
export const KEYS_FILE = 'keys.json'
/** File name of the peer's configuration. */
export const CONFIG_FILE = 'configuration.yaml'
/** File name of the charter of the peer's federation. */
export const CHARTER_FILE = 'charter'
/** The folder with the copy of `data_dir`. */
export const DATA_FOLDER = 'data'

/** A relative path that stays inside the backup. */
const path = z.string().regex(/^(?!\.{1,2}(\/|$))[^/\0\\]+(\/(?!\.{1,2}(\/|$))[^/\0\\]+)*$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of StimNet that made the backup. */
  version: z.string(),
  peer_id: z.string(),
  made_at_ms: count,
  /** The state of the audit log in the backup. */
  audit_log: z.strictObject({ size: count, root: sha256 }),
  files: z.array(z.strictObject({ path, bytes: count, sha256 }))
})

/** The contents of a backup. */
export type Manifest = z.infer<typeof manifestSchema>

/** Writes the signed manifest. The signature detects bits that a medium changed and contents that a person changed. */
export async function writeManifest(folder: string, manifest: Manifest, signer: Signer): Promise<void> {
  const signature = Buffer.from(await signer.signBytes(signedBytes(manifest))).toString('hex')
  const text = `${JSON.stringify({ manifest, signature }, null, 1)}\n`
  await writeFile(join(folder, MANIFEST_FILE), text, { flag: 'wx', mode: 0o600, flush: true })
}

/**
 * Reads the manifest and verifies its signature. Throws STORE_UNAVAILABLE for a folder that is not a backup, or that is
 * damaged.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((cause) =>
    unusable(`${folder} is no complete backup: it has no ${MANIFEST_FILE}`, cause)
  )
  const { manifest: raw, signature } = partsOf(text, folder)
  const format = (raw as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > FORMAT) {
    unusable(`${folder} was made by a newer version of StimNet (format ${format}): restore it with that version`)
  }
  const parsed = manifestSchema.safeParse(raw)
  if (!parsed.success) unusable(`${folder} is damaged: its ${MANIFEST_FILE} cannot be read`)
  const signed = { signedBy: parsed.data.peer_id, bytes: signedBytes(parsed.data), signature }
  const isSigned = await verifyBytes(signed).catch(() => false)
  if (!isSigned) unusable(`${folder} is damaged: its ${MANIFEST_FILE} is not what the peer signed`)
  return parsed.data
}

/** Compares every file with the manifest. Throws STORE_UNAVAILABLE naming the first missing or damaged file. */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const expected of files) {
    const found = await factOf(folder, expected.path).catch((cause) =>
      unusable(`${folder} is incomplete: ${expected.path} is missing or cannot be read`, cause)
    )
    if (found.sha256 !== expected.sha256) unusable(`${folder} is damaged: ${expected.path} is not what was backed up`)
  }
}

/** Throws STORE_UNAVAILABLE with the given sentence. */
export function unusable(what: string, cause?: unknown): never {
  throw StimnetError.told('STORE_UNAVAILABLE', `${what}. Nothing was changed.`, cause)
}

function partsOf(text: string, folder: string): { manifest: unknown; signature: Uint8Array } {
  try {
    const { manifest, signature } = JSON.parse(text)
    if (!/^[0-9a-f]{128}$/.test(String(signature))) throw new Error('no signature')
    return { manifest, signature: new Uint8Array(Buffer.from(String(signature), 'hex')) }
  } catch (cause) {
    return unusable(`${folder} is damaged: its ${MANIFEST_FILE} cannot be read`, cause)
  }
}

function signedBytes(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`stimnet/backup/1\n${canonicalJson(manifest)}`)
}
