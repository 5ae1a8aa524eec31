/** Base64url text, the form in which the stores keep bytes in JSON. */

/** Decodes base64url. Does not throw, because stored text was always written by `toText`. */
export function fromText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

/** Encodes bytes as base64url without padding. */
export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
