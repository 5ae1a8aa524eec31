/** A key as a file: the 32 secret bytes as 64 hexadecimal digits on one line, for every client alike. */
import { toHex } from '../ids.ts'

const FORMAT = /^[0-9a-f]{64}$/

/** The text of a key file. Whoever reads it can sign. */
export function keyFileOf(seed: Uint8Array): string {
  return `${toHex(seed)}\n`
}

/** The secret bytes; undefined where the text is no key file. */
export function seedIn(text: string): Uint8Array | undefined {
  const digits = text.trim()
  if (!FORMAT.test(digits)) return undefined
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
