/** Bytes as the stores keep them in JSON: base64url text. */

/** Throws nothing: what is no base64url was not written by us. */
export function fromText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

/** Without padding. */
export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
