/** The key file format of all clients: the 32 secret bytes as 64 hexadecimal digits on one line. */
import { toHex } from '../ids.ts'

const FORMAT = /^[0-9a-f]{64}$/

/** The text of a key file. Anybody who has it can sign with the key. */
export function keyFileOf(seed: Uint8Array): string {
  return `${toHex(seed)}\n`
}

/** The secret bytes in a key file; undefined if the text is not a key file. */
export function seedIn(text: string): Uint8Array | undefined {
  const digits = text.trim()
  if (!FORMAT.test(digits)) return undefined
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
