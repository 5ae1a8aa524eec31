/** Interpreters that an operator can add, with their pinned versions and hashes. */
import addons from './addons.json' with { type: 'json' }

/** One pinned npm package. */
export interface Addon {
  readonly version: string
  /** Hash of the published archive in the format of package managers: `sha512-` and base64. */
  readonly integrity: string
  /** SHA-256 over the installed files, hexadecimal. The cache folder is verified against it at each start. */
  readonly contents: string
  /** SPDX identifier, shown by the command that adds the package. */
  readonly license: string
}

/** The packages, by their npm name. */
export const ADDONS: { readonly webr: Addon } = addons
