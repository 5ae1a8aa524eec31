/**
 * The configuration of a catalog that stays with an older epoch: that of its rows, with the newer policy where it is stricter.
 */
import type { CatalogConfig } from './catalog-config.ts'

const SCRIPTS = ['deny', 'review', 'auto'] as const

/**
 * Tables, subject key and lattice are those of the stored configuration: they define how its rows are read and queried. Texts
 * for people, the access level, programs and budgets come from the current one. Where both can say how careful to be, the more
 * careful one applies: a table of real people does not become synthetic because its file was replaced. The disclosure rules of
 * the catalog are the current ones, as they are if no file has changed, since the steward answers for them today.
 */
export function pinnedConfig(stored: CatalogConfig, current: CatalogConfig): CatalogConfig {
  const { title, description, keywords, data_type, access_level, programs, budget, missingness } = current
  const k = Math.max(stored.min_cohort_size ?? 0, current.min_cohort_size ?? 0)
  return {
    ...stored,
    title,
    description,
    keywords,
    data_type,
    access_level,
    programs,
    budget,
    missingness,
    ...(current.privacy === undefined ? {} : { privacy: current.privacy }),
    synthetic: stored.synthetic && current.synthetic,
    scripts: SCRIPTS.find((choice) => [scriptsOf(stored), scriptsOf(current)].includes(choice)),
    timing: [timingOf(stored), timingOf(current)].includes('padded') ? 'padded' : 'prompt',
    ...(k === 0 ? {} : { min_cohort_size: k })
  }
}

function scriptsOf({ scripts, synthetic }: CatalogConfig): (typeof SCRIPTS)[number] {
  return scripts ?? (synthetic ? 'auto' : 'deny')
}

function timingOf({ timing, synthetic }: CatalogConfig): 'padded' | 'prompt' {
  return timing ?? (synthetic ? 'prompt' : 'padded')
}
