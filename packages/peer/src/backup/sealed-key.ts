/** The peer's key in a backup, encrypted with a passphrase: scrypt and AES-256-GCM. */
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type RandomSource, StimnetError } from '@stimnet/protocol'
import { z } from 'zod'

/** OWASP's minimum for passwords, as for accounts. One guess costs a third of a second and 128 MiB. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const
const KDF = 'scrypt N=131072 r=8 p=1'
const CIPHER = 'aes-256-gcm'

/**
 * Minimum length of a passphrase, characters. It equals that of an account's password, but the holder of a backup can guess
 * without a rate limit.
 */
export const PASSPHRASE_MIN = 12

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))

/** Schema of the file with the encrypted key. */
export const sealedKeySchema = z.strictObject({
  kdf: z.literal(KDF),
  cipher: z.literal(CIPHER),
  salt: hex(16),
  nonce: hex(12),
  sealed: hex(32),
  tag: hex(16)
})

type SealedKey = z.infer<typeof sealedKeySchema>

const derive = promisify<string, Uint8Array, number, typeof COST, Buffer>(scrypt)

/** Encrypts a key. The PeerId is authenticated together with the key. */
export async function sealKey(
  seed: Uint8Array,
  { peerId, passphrase, random }: { peerId: string; passphrase: string; random: RandomSource }
): Promise<SealedKey> {
  const [salt, nonce] = [random.bytes(16), random.bytes(12)]
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt), nonce)
  cipher.setAAD(Buffer.from(aadOf(peerId)))
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()])
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  return {
    kdf: KDF,
    cipher: CIPHER,
    salt: text(salt),
    nonce: text(nonce),
    sealed: text(sealed),
    tag: text(cipher.getAuthTag())
  }
}

/** Decrypts a key. Throws PARAMETER_INVALID for a wrong passphrase. */
export async function openKey(
  { salt, nonce, sealed, tag }: SealedKey,
  { peerId, passphrase }: { peerId: string; passphrase: string }
): Promise<Uint8Array> {
  const bytes = (text: string) => Buffer.from(text, 'hex')
  const decipher = createDecipheriv(CIPHER, await keyOf(passphrase, bytes(salt)), bytes(nonce))
  decipher.setAAD(Buffer.from(aadOf(peerId)))
  decipher.setAuthTag(bytes(tag))
  try {
    return new Uint8Array(Buffer.concat([decipher.update(bytes(sealed)), decipher.final()]))
  } catch (cause) {
    const reason = 'The passphrase does not open the key in this backup. Nothing was changed.'
    throw StimnetError.told('PARAMETER_INVALID', reason, cause)
  }
}

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  // The passphrase is normalised, because keyboards write the same character in several ways.
  return derive(passphrase.normalize('NFKC'), salt, 32, COST)
}

function aadOf(peerId: string): string {
  return `stimnet/backup-key/1 ${peerId}`
}
