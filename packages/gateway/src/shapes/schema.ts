/** Whether the peers of a request mean the same by what it uses, and a mapping to fill in where not. */
import { SCHEMA_FIELDS, type SchemaReport, variableContractSchema } from '@stimnet/protocol'
import { z } from 'zod'
import { output } from './named.ts'

/** A comparison as answered. */
export const schemaShape = output(
  'SchemaComparison',
  z.object({
    contract: z.array(variableContractSchema).describe('What each used variable is taken to be'),
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
      .describe('Where a peer differs; with any, nothing was sent'),
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
      .describe('To fill in and send as `mappings`: what only people know is empty')
  })
)

/** Null for a request to one peer. */
export function schemaOf(report: SchemaReport | undefined): z.output<typeof schemaShape> | null {
  if (!report) return null
  const { contract, differences, skeleton } = report
  return {
    contract: contract.map((one) => ({ ...one, levels: [...one.levels], breakpoints: [...one.breakpoints] })),
    differences: differences.map((one) => ({ ...one })),
    mappings: skeleton.map((one) => ({ ...one, levels: one.levels.map((pair) => ({ ...pair })) }))
  }
}
