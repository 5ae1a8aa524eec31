/** The disclosure rules in the YAML file of a peer and of a catalog. */
import { isKeyId } from '@stimnet/protocol'
import { z } from 'zod'

const share = z.number().gt(0).max(1)

/** Rules that override those of a preset. Each rule can only become stricter. `stimnet policy explain` explains them. */
export const ruleOverridesShape = {
  zeros_are_disclosive: z.boolean().optional(),
  largest_share_max: share.optional(),
  dominance_share_max: share.optional(),
  dominance_remainder_min: share.optional(),
  spread_subjects_min: z.int().min(2).max(1e9).optional(),
  shape_subjects_min: z.int().min(3).max(1e9).optional(),
  information_share_max: share.optional(),
  round_base: z.int().min(1).max(1e6).optional(),
  significant_digits: z.int().min(1).max(17).optional(),
  script_bits_max: z.int().min(0).max(1e6).optional(),
  script_bits_scope_max: z.int().min(0).max(1e9).optional()
}

/** The parsed rules. */
export type WrittenRules = z.output<z.ZodObject<typeof ruleOverridesShape>>

/** Bits that refusals and withheld, left out, rounded or joined parts may disclose to one requester in thirty days. Default 200. */
export const refusalBitsMaxSchema = z.int().min(0).max(1e6)

const projectSchema = z.strictObject({
  /** The name of the project in requests. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a project has letters, digits, . _ and -, at most 64'),
  /** Key ids of the requesters that belong to the project. */
  requesters: z.array(z.string().refine(isKeyId, 'not a key id (12D3Koo…)')).min(1).max(256)
})

/** The `privacy` settings of a catalog. */
export const catalogPrivacySchema = z
  .strictObject({
    preset: z.string().optional(),
    ...ruleOverridesShape,
    /** The requesters whose releases count together. The scope `project` needs `projects`. */
    scope: z.enum(['global', 'affiliation', 'project']).default('global'),
    projects: z.array(projectSchema).min(1).max(256).optional(),
    refusal_bits_max: refusalBitsMaxSchema.optional(),
    /**
     * The share of the remaining information about each variable that one requester, or all requesters of one institution, may take in
     * thirty days. Without this setting the first requester may take all.
     */
    requester_share: share.optional(),
    /** `statistical`: rounded to a tenth of the standard error. Default: `exact` for synthetic data, else `statistical`. */
    precision: z.enum(['statistical', 'exact']).optional()
  })
  .superRefine(({ scope, projects = [] }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['scope'], message })
    if (scope === 'affiliation') refuse('an affiliation cannot be verified yet: use global')
    if (scope === 'project' && projects.length === 0)
      refuse('a project scope lists its projects: any other name is free to invent')
    if (scope !== 'project' && projects.length > 0) refuse('projects are for scope: project')
    if (new Set(projects.map(({ name }) => name)).size < projects.length) refuse('a project is named twice')
    const keys = projects.flatMap(({ requesters }) => [...new Set(requesters)])
    const twice = keys.find((key, at) => keys.indexOf(key) < at)
    if (twice) refuse(`${twice} is in two projects: whoever has the answers of both has their differences`)
  })
