/** Budgets of differential privacy: three by name, and amounts of one's own in their place. */
import { z } from 'zod'

/** A positive decimal number as text: it never passes through a double. */
const amountSchema = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,18})?$/, 'a decimal number as text, such as "0.5"')
  .refine((text) => /[1-9]/.test(text), 'above zero')

/**
 * What one project may spend, in ρ: the largest of three digits that keeps the ε beside it at δ = 10⁻⁶ (Canonne, Kamath and
 * Steinke 2020). A catalog's life holds ten projects; since ρ adds up and ε grows more slowly, that is about four times the ε.
 */
export const BUDGET_PRESETS = {
  // ε = 1; over the catalog's life 3.5. For conditions that stigmatise, and people who are known to many.
  cautious: { project_rho: '0.0243', lifetime_rho: '0.243' },
  // ε = 4; over the catalog's life 15. What Apple published for emoji, there for each person and day.
  standard: { project_rho: '0.311', lifetime_rho: '3.11' },
  // ε = 17; over the catalog's life 80. The ε of the 2020 census of the United States for its persons file (there at δ = 10⁻¹⁰).
  census: { project_rho: '3.69', lifetime_rho: '36.9' }
} as const

const PRESET_NAMES = Object.keys(BUDGET_PRESETS) as [keyof typeof BUDGET_PRESETS]

/** The `budget` of a catalog. Parsed, it names both amounts, whether they came from the preset or from the file. */
export const budgetSchema = z
  .strictObject({
    preset: z.enum(PRESET_NAMES).default('standard'),
    /** Over the catalog's life, by everybody together. The preset's unless given. */
    lifetime_rho: amountSchema.optional(),
    /** By one project or account. The preset's unless given. */
    project_rho: amountSchema.optional(),
    /** Never above 1 / (10 · subjects), whatever stands here. */
    delta: amountSchema.refine((text) => Number(text) <= 1e-6, 'at most 0.000001').default('0.000001'),
    sites_per_person: z.int().min(1).max(16).default(2)
  })
  .transform(({ lifetime_rho: lifetime, project_rho: project, ...rest }) => ({
    ...rest,
    lifetime_rho: lifetime ?? BUDGET_PRESETS[rest.preset].lifetime_rho,
    project_rho: project ?? BUDGET_PRESETS[rest.preset].project_rho
  }))
  .refine((budget) => Number(budget.project_rho) <= Number(budget.lifetime_rho), {
    path: ['lifetime_rho'],
    message: 'one project may not spend more than the catalog over its life: raise this, or lower project_rho'
  })
