/** The public description of a catalog, made from its configuration and its rounded number of subjects. */
import { type CatalogDescriptor, dataUseTerms, LIMITS, type VariableDescriptor } from '@stimnet/protocol'
import {
  breakpointNumber,
  type CatalogConfig,
  isOffered,
  latticeOf,
  type TableConfig,
  type VariableConfig
} from './catalog-config.ts'
import { isKnownToOthers } from './derive/resolve.ts'
import { derivationWords } from './derive/words.ts'

/** The parts of a description that do not come from the configuration. */
export interface DescriptorFacts {
  readonly epoch: string
  readonly snapshotAtMs: number
  readonly subjects: number
  readonly cohortSizeMin: number
  readonly programs: readonly string[]
  /** The disclosure rules in force: preset and hash. */
  readonly preset?: string
  readonly policyHash?: string
  /** The precision of released numbers, as on every disclosure card. */
  readonly precision?: 'exact' | 'statistical'
}

/** The public description of a catalog. */
export function describe(config: CatalogConfig, facts: DescriptorFacts): CatalogDescriptor {
  const wanted = config.programs
  return {
    name: config.name,
    title: config.title,
    description: config.description,
    dataType: config.data_type,
    accessLevel: config.access_level,
    keywords: [...config.keywords],
    tables: config.tables.map((table) => ({
      name: table.name,
      description: table.description,
      variables: table.variables.filter(isOffered).map((variable) => describeVariable(variable, { config, table })),
      // Declared by the steward and checked, but not computed from the data: the description discloses nothing that depends on a row.
      oneRowPerSubject: table.one_row_per_subject
    })),
    subjectKey: config.subject_key,
    epoch: facts.epoch,
    snapshotAtMs: facts.snapshotAtMs,
    subjectsRounded: roundedDown(config.mode === 'dp' ? (config.declared_subjects ?? 0) : facts.subjects),
    synthetic: config.synthetic,
    programs: facts.programs.filter((word) => wanted === undefined || wanted.some((other) => other === word)),
    lattice: latticeOf(config).map(({ variable, breakpoints }) => ({
      variable,
      breakpoints: (breakpoints ?? declaredPoints(config, variable)).map(breakpointNumber)
    })),
    cohortSizeMin: Math.max(facts.cohortSizeMin, config.min_cohort_size ?? 0, LIMITS.cohortSizeFloor),
    mode: config.mode,
    dataUse: config.data_use ? dataUseTerms(config.data_use) : [],
    scripts: config.scripts ?? (config.synthetic ? 'auto' : 'review'),
    sandboxGradeMin: config.sandbox_grade_min ?? '',
    preset: facts.preset ?? '',
    policyHash: facts.policyHash ?? '',
    precision: facts.precision ?? '',
    sitesPerPerson: config.budget.sites_per_person,
    // Resolving their conditions needs this description: see open/analysis-sets.ts.
    sets: [],
    permitRequired: config.permit === 'required'
  }
}

function roundedDown(subjects: number): number {
  return Math.floor(subjects / LIMITS.totalRecordsRounding) * LIMITS.totalRecordsRounding
}

function declaredPoints(config: CatalogConfig, ref: string): readonly (number | string)[] {
  const variables = config.tables.flatMap((t) => t.variables.map((v) => ({ ref: `${t.name}.${v.name}`, v })))
  return variables.find((candidate) => candidate.ref === ref)?.v.breakpoints ?? []
}

/** The public description of one variable of a table. */
export function describeVariable(
  variable: VariableConfig,
  { config, table }: { readonly config: CatalogConfig; readonly table: TableConfig }
): VariableDescriptor {
  return {
    name: variable.name,
    type: variable.type,
    unit: variable.unit ?? '',
    description: variable.description ?? '',
    levels: [...(variable.levels ?? [])],
    breakpoints: (variable.breakpoints ?? []).map(breakpointNumber),
    minimum: variable.minimum ?? 0,
    maximum: variable.maximum ?? 0,
    bounded: variable.minimum !== undefined,
    missingShare: 0,
    missingTold: false,
    identifying: isKnownToOthers(config, { table, variable }),
    derivation: variable.derive === undefined ? '' : derivationWords(variable.derive)
  }
}
