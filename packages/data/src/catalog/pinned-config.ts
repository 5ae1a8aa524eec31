/**
 * The configuration of a catalog that stays at an older epoch: the older description of the rows, with the newer policy where that is
 * stricter.
 */
import type { CatalogConfig } from './catalog-config.ts'

const SCRIPTS = ['deny', 'review', 'auto'] as const

/**
 * Tables, subject key and lattice come from the stored configuration, because they define how its rows are read and queried. Texts for
 * people, the access level, programs and budgets come from the current configuration. Where both configurations set a precaution, the
 * stricter one applies: a table of real people does not become synthetic because its file was replaced, and scripts run without review only
 * if both configurations list them. Disclosure rules, requesters and permitted uses come from the current configuration, as if no file had
 * changed, since the steward is responsible for them today. A permitted use that the current configuration no longer names stays in force
 * until the newer epoch is accepted.
 */
export function pinnedConfig(stored: CatalogConfig, current: CatalogConfig): CatalogConfig {
  const { title, description, keywords, data_type, access_level, programs, budget, missingness } = current
  const { requesters: _, permit: __, dcat: ___, ...rest } = stored
  const k = Math.max(stored.min_cohort_size ?? 0, current.min_cohort_size ?? 0)
  const presenceOf = (name: string) => current.tables.find((table) => table.name === name)?.presence
  return {
    ...rest,
    tables: stored.tables.map((table) => ({ ...table, presence: presenceOf(table.name) })),
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
    ...(k === 0 ? {} : { min_cohort_size: k }),
    ...withoutUndefined({
      data_use: current.data_use ?? stored.data_use,
      requesters: current.requesters,
      permit: current.permit,
      dcat: current.dcat,
      controlled_access: current.controlled_access ?? stored.controlled_access,
      sandbox_grade_min: GRADES.findLast((grade) => [stored, current].some((one) => one.sandbox_grade_min === grade)),
      images: listedInBoth(stored.images, current.images)
    }),
    code_hashes: listedInBoth(stored.code_hashes ?? [], current.code_hashes ?? []),
    refuse_programs_that: [
      ...new Set([...(stored.refuse_programs_that ?? []), ...(current.refuse_programs_that ?? [])])
    ]
  }
}

/** Grades of isolation, from weak to strong. */
const GRADES = ['wasm', 'wasm+bwrap', 'docker', 'docker+gvisor'] as const

/** The elements that are in both lists. An undefined list contains everything. */
function listedInBoth<T, L extends readonly T[] | undefined>(one: L, other: L): L {
  if (one === undefined || other === undefined) return one ?? other
  return one.filter((each) => other.includes(each)) as unknown as L
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutUndefined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

function scriptsOf({ scripts, synthetic }: CatalogConfig): (typeof SCRIPTS)[number] {
  return scripts ?? (synthetic ? 'auto' : 'review')
}

function timingOf({ timing, synthetic }: CatalogConfig): 'padded' | 'prompt' {
  return timing ?? (synthetic ? 'prompt' : 'padded')
}
