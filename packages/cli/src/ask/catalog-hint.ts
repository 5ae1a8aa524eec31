/** Hints about a catalog that no peer offers: the name that was probably meant. */
import { didYouMean, StimnetError } from '@stimnet/protocol'
import type { Client } from '@stimnet/sdk'

/** `Did you mean …? stimnet catalogs lists them.` */
export async function catalogHint(client: Pick<Client, 'meshCatalogs'>, name: string): Promise<string> {
  const names = (await client.meshCatalogs('')).map((catalog) => catalog.name)
  return `${didYouMean(name, names)} stimnet catalogs lists them.`.trim()
}

/** A NO_PROVIDERS error with that hint, to be thrown. */
export async function nobodyOffers(client: Pick<Client, 'meshCatalogs'>, name: string): Promise<StimnetError> {
  const reason = `No peer that can be reached offers ${name}. ${await catalogHint(client, name)}`
  return new StimnetError('NO_PROVIDERS', reason, { reason })
}
