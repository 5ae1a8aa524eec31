/** Hints for a catalog name that no peer offers: the name that was probably intended. */
import { didYouMean, StimnetError } from '@stimnet/protocol'
import type { Client } from '@stimnet/sdk'

/** A hint such as `Did you mean …? stimnet catalogs lists them.` */
export async function catalogHint(client: Pick<Client, 'meshCatalogs'>, name: string): Promise<string> {
  const names = (await client.meshCatalogs('')).map((catalog) => catalog.name)
  return `${didYouMean(name, names)} stimnet catalogs lists them.`.trim()
}

/** Returns a NO_PROVIDERS error with a hint, for the caller to throw. */
export async function nobodyOffers(client: Pick<Client, 'meshCatalogs'>, name: string): Promise<StimnetError> {
  const reason = `No peer that can be reached offers ${name}. ${await catalogHint(client, name)}`
  return StimnetError.told('NO_PROVIDERS', reason)
}
