/** Whether this browser can hold a key at all, and why not where it cannot. */

/** `insecure`: plain HTTP from another machine. `algorithm`: no Ed25519. `storage`: nothing is kept. */
export type Unusable = 'insecure' | 'algorithm' | 'storage'

/** What it depends on; a browser's own globals fit. */
export interface Platform {
  readonly isSecureContext: boolean
  readonly crypto: { readonly subtle?: Pick<SubtleCrypto, 'generateKey'> | undefined }
  readonly indexedDB?: unknown
}

/** What to tell whoever wants one. Signing by the gateway remains in each case. */
export const UNUSABLE: Readonly<Record<Unusable, string>> = {
  insecure:
    'Browsers keep keys only for pages loaded over https or from the same machine. This page was loaded over plain http.',
  algorithm: 'This browser cannot sign with Ed25519. Current versions of Chrome, Edge, Firefox and Safari can.',
  storage: 'This browser does not store data for this page. The reason may be a private window or blocked cookies.'
}

/** Undefined where it can. */
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

/** Where cookies are blocked, some browsers throw when they are asked for it. */
function hasStorage(platform: Platform): boolean {
  try {
    return Boolean(platform.indexedDB)
  } catch {
    return false
  }
}
