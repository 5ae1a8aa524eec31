/** Whether this browser can store a key, and if not, why. */

/** `insecure`: plain HTTP from another host. `algorithm`: no Ed25519. `storage`: the browser stores nothing. */
export type Unusable = 'insecure' | 'algorithm' | 'storage'

/** The browser's features that matter; `globalThis` fits. */
export interface Platform {
  readonly isSecureContext: boolean
  readonly crypto: { readonly subtle?: Pick<SubtleCrypto, 'generateKey'> | undefined }
  readonly indexedDB?: unknown
}

/** The reason in words for the researcher. Signing by the gateway remains possible. */
export const UNUSABLE: Readonly<Record<Unusable, string>> = {
  insecure:
    'Browsers keep keys only for pages loaded over https or from the same machine. This page was loaded over plain http.',
  algorithm: 'This browser cannot sign with Ed25519. Current versions of Chrome, Edge, Firefox and Safari can.',
  storage: 'This browser does not store data for this page. The reason may be a private window or blocked cookies.'
}

/** The obstacle; undefined if a key can be stored. */
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
