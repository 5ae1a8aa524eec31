/** An inventory of the embedded sandbox on this machine: its installed parts, and the parts that can be added. */
import { ADDONS } from './addons/addons.ts'
import { findInstallation } from './deno.ts'
import { rInterpreter } from './r.ts'
import { findWheels } from './addons/wheels.ts'

/** The inventory of the embedded sandbox, for an operator. */
export interface EmbeddedParts {
  readonly pyodideVersion: string
  readonly webr: { readonly version: string; readonly license: string; readonly isAdded: boolean }
  /** The Python libraries that were fetched. */
  readonly wheels: readonly { readonly name: string; readonly version: string }[]
}

/** The inventory of a cache folder. Throws SANDBOX_UNAVAILABLE if the folder's contents differ from those that were installed. */
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
