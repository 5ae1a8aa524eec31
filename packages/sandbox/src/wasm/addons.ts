/** Interpreters an operator can add: which version, and the hash that its archive must have. */
import addons from './addons.json' with { type: 'json' }

/** One npm package, pinned. */
export interface Addon {
  readonly version: string
  /** As package managers write it: `sha512-` and base64, of the archive as it is published. */
  readonly integrity: string
  /** SHA-256 over what is kept of it, hex: what lies in the cache folder is held against it at each start. */
  readonly contents: string
  /** SPDX; the command that adds it says so. */
  readonly license: string
}

/** By the name of the npm package. */
export const ADDONS: { readonly webr: Addon } = addons
