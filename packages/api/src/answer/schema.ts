/** Differences between the peers' descriptions of the variables in a request, with mappings to complete. */
import { SCHEMA_FIELDS, variableContractSchema } from '@stimnet/protocol'
import { z } from 'zod'
import { output } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of a comparison in answers. */
export const schemaShape = output(
  'SchemaComparison',
  z.object({
    contract: z.array(variableContractSchema).describe('The definition of each used variable that the request assumes'),
    differences: z
      .array(
        z.object({
          site: z.string().describe('PeerId'),
          variable: z.string(),
          field: z.enum(SCHEMA_FIELDS),
          expected: z.string(),
          found: z.string()
        })
      )
      .describe('The differences of each peer; if there are any, nothing was sent'),
    mappings: z
      .array(
        z.object({
          peer: z.string(),
          variable: z.string(),
          local: z.string(),
          levels: z.array(z.object({ local: z.string(), level: z.string() })),
          scale: z.string()
        })
      )
      .describe('To be completed and sent as `mappings`: values that only people know are empty')
  })
)
/** The common definitions and the differences of the peers of a request. If there are differences, nothing was sent. */
export type SchemaComparison = Answered<typeof schemaShape>
