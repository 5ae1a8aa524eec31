/** Checks whether this browser can store a key, and gives the reason if it cannot. */

/** `insecure`: plain HTTP from another host. `algorithm`: no Ed25519. `storage`: the browser stores nothing. */
export type Unusable = 'insecure' | 'algorithm' | 'storage'

/** The browser features that a key needs; `globalThis` has this type. */
export interface Platform {
  readonly isSecureContext: boolean
  readonly crypto: { readonly subtle?: Pick<SubtleCrypto, 'generateKey'> | undefined }
  readonly indexedDB?: unknown
}

/** The reason as a sentence for the researcher. The gateway can still sign. */
export const UNUSABLE: Readonly<Record<Unusable, string>> = {
  insecure:
    'Browsers keep keys only for pages loaded over https or from the same machine. This page was loaded over plain http.',
  algorithm: 'This browser cannot sign with Ed25519. Current versions of Chrome, Edge, Firefox and Safari can.',
  storage: 'This browser does not store data for this page. The reason may be a private window or blocked cookies.'
}

/** The reason why a key cannot be stored; undefined if it can. */
export async function whyUnusable(platform: Platform): Promise<Unusable | undefined> {
  const { subtle } = platform.crypto
  if (!platform.isSecureContext || !subtle) return 'insecure'
  if (!hasStorage(platform)) return 'storage'
  try {
    await subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    return undefined
  } catch {
    return 'algorithm'
  }
}

/** Some browsers throw on access to `indexedDB` when cookies are blocked. */
function hasStorage(platform: Platform): boolean {
  try {
    return Boolean(platform.indexedDB)
  } catch {
    return false
  }
}
