/** Facts about a catalog that its description in HealthDCAT-AP needs and that nothing else declares. */
import { plainLine, plainText } from '@stimnet/protocol'
import { z } from 'zod'

const iri = z.url({ protocol: /^(https?|urn)$/ }).max(1_024)
/** The address at which people are reached: an e-mail address or a page. */
const contact = z.url({ protocol: /^(https?|mailto)$/, error: 'not mailto:ADDRESS or a https address' }).max(1_024)

/** The section `dcat` of a catalog. Everything in it is published by `stimnet catalog dcat` and used for nothing else. */
export const dcatSchema = z.strictObject({
  /** The persistent address of the dataset. Default: the peer's node_id and the catalog's name, which together are not an address. */
  identifier: iri.optional(),
  /** The institution's contact for questions about the data. */
  contact: contact.optional(),
  /** The health data access body that decides about permits. */
  access_body: z.strictObject({ name: plainLine(200).min(1), contact }).optional(),
  /** The page at which access is applied for. */
  access_url: z
    .url({ protocol: /^https?$/ })
    .max(1_024)
    .optional(),
  /** Categories of electronic health data (Article 51 of the regulation), as addresses of the EU's vocabulary. */
  health_categories: z.array(iri).min(1).max(32).optional(),
  /** Types of the dataset, as addresses of the EU's vocabulary. */
  types: z.array(iri).min(1).max(16).optional(),
  /** The origin of the data and the reason why they were collected. */
  provenance: plainText(4_000).min(1).optional()
})
