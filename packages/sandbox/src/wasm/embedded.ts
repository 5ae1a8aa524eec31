/** What the embedded sandbox of this machine has, and what could be added to it. */
import { ADDONS } from './addons.ts'
import { findInstallation } from './deno.ts'
import { rInterpreter } from './r.ts'
import { findWheels } from './wheels.ts'

/** For an operator to read. */
export interface EmbeddedParts {
  readonly pyodideVersion: string
  readonly webr: { readonly version: string; readonly license: string; readonly isAdded: boolean }
  /** Libraries of Python that were fetched. */
  readonly wheels: readonly { readonly name: string; readonly version: string }[]
}

/** Looks into a cache folder. Throws SANDBOX_UNAVAILABLE where what is there is not what was put there. */
export async function embeddedParts(cacheDir: string, wheelsLock?: string): Promise<EmbeddedParts> {
  const installation = findInstallation()
  const { version, license } = ADDONS.webr
  const isAdded = (await rInterpreter(installation, cacheDir)) !== undefined
  const wheels = await findWheels(cacheDir, installation, wheelsLock)
  return {
    pyodideVersion: installation.pyodideVersion,
    webr: { version, license, isAdded },
    wheels: wheels?.packages ?? []
  }
}
