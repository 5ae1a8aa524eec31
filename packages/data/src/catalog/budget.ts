/** Budgets of differential privacy: three named presets, or amounts of the steward's own. */
import { z } from 'zod'

/** A positive decimal number as text, so that it never passes through a double. */
const amountSchema = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,18})?$/, 'a decimal number as text, such as "0.5"')
  .refine((text) => /[1-9]/.test(text), 'above zero')

/**
 * The ρ that one project may spend: the largest number of three digits that keeps the ε given beside it at δ = 10⁻⁶
 * (Canonne, Kamath and Steinke 2020). The life of a catalog holds ten projects. Since ρ adds up and ε grows more
 * slowly, that is about four times the ε.
 */
export const BUDGET_PRESETS = {
  // ε = 1, and 3.5 over the catalog's life. For conditions that stigmatise, and people who are known to many.
  cautious: { project_rho: '0.0243', lifetime_rho: '0.243' },
  // ε = 4, and 15 over the catalog's life. Apple published this for emoji, there for each person and day.
  standard: { project_rho: '0.311', lifetime_rho: '3.11' },
  // ε = 17, and 80 over the catalog's life. The ε of the 2020 census of the United States for
  // its persons file (there at δ = 10⁻¹⁰).
  census: { project_rho: '3.69', lifetime_rho: '36.9' }
} as const

const PRESET_NAMES = Object.keys(BUDGET_PRESETS) as [keyof typeof BUDGET_PRESETS]

/** The `budget` of a catalog. When parsed it has both amounts, whether they came from the preset or from the file. */
export const budgetSchema = z
  .strictObject({
    preset: z.enum(PRESET_NAMES).default('standard'),
    /** What everybody together may spend over the catalog's life. Default: that of the preset. */
    lifetime_rho: amountSchema.optional(),
    /** What one project or account may spend. Default: that of the preset. */
    project_rho: amountSchema.optional(),
    /** The δ that is used is never above 1 / (10 · subjects), whatever is given here. */
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
