/** Budgets of differential privacy: three named presets, or amounts that the steward sets. */
import { z } from 'zod'

/** A positive decimal number as text, so that it never passes through a double. */
const amountSchema = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,18})?$/, 'a decimal number as text, such as "0.5"')
  .refine((text) => /[1-9]/.test(text), 'above zero')

/**
 * The ρ that one project may spend: the largest number of three digits that keeps the ε given beside it at δ = 10⁻⁶ (Canonne, Kamath and
 * Steinke 2020). A catalog can serve ten projects over its lifetime. Since ρ adds up and ε grows more slowly, the ε of the lifetime is
 * about four times that of one project.
 */
export const BUDGET_PRESETS = {
  // ε = 1, and 3.5 over the catalog's lifetime. For stigmatised conditions, and for people who are widely known.
  cautious: { project_rho: '0.0243', lifetime_rho: '0.243' },
  // ε = 4, and 15 over the catalog's lifetime. Apple published this ε for emoji, per person and day.
  standard: { project_rho: '0.311', lifetime_rho: '3.11' },
  // ε = 17, and 80 over the catalog's lifetime. The 2020 census of the United States used this ε for its persons file (at δ = 10⁻¹⁰).
  census: { project_rho: '3.69', lifetime_rho: '36.9' }
} as const

const PRESET_NAMES = Object.keys(BUDGET_PRESETS) as [keyof typeof BUDGET_PRESETS]

/** The `budget` of a catalog. The parsed budget has both amounts, from the preset or from the file. */
export const budgetSchema = z
  .strictObject({
    preset: z.enum(PRESET_NAMES).default('standard'),
    /** The ρ that all requesters together may spend over the catalog's lifetime. Default: the amount of the preset. */
    lifetime_rho: amountSchema.optional(),
    /** The ρ that one project or account may spend. Default: the amount of the preset. */
    project_rho: amountSchema.optional(),
    /** The δ in use is at most 1 / (10 · subjects), even if a larger δ is configured. */
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
