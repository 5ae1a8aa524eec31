/** Converts the form to the request that is sent. */
import {
  type Comparison,
  type Filter,
  type FilterValue,
  type OutputDeclarationInput,
  type Program,
  StimnetError,
  statisticSchema
} from '@stimnet/protocol'
import { type AnalysisSubmission, type BroadcastSubmission, isModelName, statisticText } from '@stimnet/sdk'
import type { SharedVariable } from '../../words/variable.ts'
import { isNumeric } from '../../words/variable.ts'
import type { About } from './about.ts'
import type { Draft, Picked } from './draft.ts'
import { readEpsilon } from './epsilon.ts'
import { OF_LEVEL, readValue, UNGROUPED, WITH_INTERVAL } from '../statistic/fits.ts'
import { LENGTHS } from './lengths.ts'
import { mappingsFor } from './mappings.ts'
import { callOfModel, isInRounds, rosterOf } from '../statistic/model.ts'
import { readOutputs } from './outputs.ts'
import { readQuantiles } from '../statistic/quantiles.ts'
import { callOfSurvival, isSurvival } from '../statistic/survival.ts'
import { unfinished } from './unfinished.ts'

/** The facts about a catalog's holders that a submission depends on. */
type AskedOf = Pick<About, 'asked' | 'variables'>

/**
 * The body of `POST /api/v1/broadcasts`. Throws PARAMETER_INVALID for a condition without a value, which would otherwise select
 * everybody.
 */
export function submissionOf(draft: Draft, about: AskedOf) {
  const { catalog, targets, title, kind, language } = draft
  const project = draft.project.trim()
  const permit = draft.permit.trim()
  const where = filterOf(draft, about.variables)
  const mappings = mappingsFor(draft, about)
  const purpose = [draft.purpose, draft.disease.trim()].filter((term) => term !== '')
  const inRounds = isFitInRounds(draft, about)
  const named = title.trim() === '' && inRounds ? draft.picked.model.formula.slice(0, LENGTHS.title) : title.trim()
  return {
    data_catalog_name: catalog,
    targets: inRounds ? rosterOf(about.asked) : (targets ?? '*'),
    script_type: kind === 'script' ? language : kind,
    script_content: contentOf(draft, about),
    ...(where === undefined ? {} : { where }),
    ...(draft.set === '' ? {} : { set: draft.set }),
    ...(purpose.length === 0 ? {} : { purpose }),
    ...(project === '' ? {} : { project }),
    ...(permit === '' ? {} : { permit }),
    ...(named === '' ? {} : { title: named }),
    ...(kind === 'script' && draft.outputs.trim() !== '' ? { outputs: promisedIn(draft.outputs) } : {}),
    ...(kind === 'script' && draft.files.length > 0
      ? { uploaded_file_ids: draft.files.map(({ file_id }) => file_id) }
      : {}),
    ...(mappings.length === 0 ? {} : { mappings }),
    ...(draft.level === 'P1' || kind === 'script' ? {} : { privacy: chargeOf(draft) })
  } satisfies BroadcastSubmission
}

/** Whether the question is round 0 of a model that the institutions fit together. The answers of all of them make the next round. */
export function isFitInRounds(
  { kind, picked }: Pick<Draft, 'kind' | 'picked'>,
  { asked }: Pick<About, 'asked'>
): boolean {
  return kind === 'statistic' && isModelName(picked.name) && isInRounds(picked.model, asked)
}

/** The declared outputs, which the form has checked already; none if the text is invalid. */
function promisedIn(text: string): readonly OutputDeclarationInput[] {
  const read = readOutputs(text)
  return read.ok ? read.outputs : []
}

function contentOf({ kind, sql, script, picked }: Draft, { asked }: AskedOf): string {
  if (kind === 'sql') return sql
  return kind === 'script' ? script : statisticText(callOf(picked, asked))
}

function chargeOf({ epsilon, groupsPerSubject, rowsPerSubject }: Draft) {
  const read = readEpsilon(epsilon)
  return {
    level: 'P2' as const,
    epsilon: read.ok ? read.epsilon : epsilon.trim(),
    groups_per_subject: groupsPerSubject,
    rows_per_subject: rowsPerSubject
  }
}

/** The body of `POST /api/v1/analysis-requests`: the same question to one institution, with a description for its stewards. */
export function analysisOf(draft: Draft, about: AskedOf, target: string): AnalysisSubmission {
  const { targets: _, title = '', ...asked } = submissionOf(draft, about)
  const { name, institution, email, why } = draft.person
  return {
    ...asked,
    target_node_id: target,
    analysis_title: title,
    analysis_description: why.trim(),
    requester_name: name.trim(),
    requester_institution: institution.trim(),
    requester_email: email.trim()
  }
}

/** The call of a statistic, with only the arguments that the statistic has. `asked`: the institutions, which a model in rounds names. */
export function callOf(
  { name, variables, by, level, q, kurtosis, interval, pairwise, value, ...picked }: Picked,
  asked: About['asked'] = []
) {
  if (isModelName(name)) return callOfModel(picked.model, asked)
  if (isSurvival(name)) return callOfSurvival(name, picked.survival, by)
  const read = readQuantiles(q)
  const levels = read.ok ? read.levels : []
  const given: Record<string, unknown> = {
    ...([...OF_LEVEL, 'meta'].includes(name) && level !== '' ? { level } : {}),
    ...(name === 'quantile' && levels.length > 0 ? { q: levels } : {}),
    ...(name === 'moments' && kurtosis ? { kurtosis } : {}),
    ...(WITH_INTERVAL.includes(name) && interval ? { interval } : {}),
    ...(name === 'anova' && pairwise ? { pairwise } : {}),
    ...(name === 'pca' && !picked.scaled ? { scale: false } : {}),
    ...(name === 'combat' && by.length > 0 ? { covariates: [...by] } : {}),
    ...(name === 'one_sample' && value.trim() !== '' ? { value: readValue(value) } : {})
  }
  const keyed = UNGROUPED.includes(name) ? [] : by
  return { name, variables: [...variables], by: [...keyed], arguments: given }
}

/** The program that the form describes, as it is signed and compared. */
export function programOf(
  draft: Pick<Draft, 'kind' | 'sql' | 'language' | 'script' | 'picked'>,
  { asked }: Pick<About, 'asked'>
): Program {
  const { kind, sql, language, script, picked } = draft
  if (kind === 'sql') return { kind, sql }
  return kind === 'script'
    ? { kind, language, code: script }
    : { kind, statistic: statisticSchema.parse(callOf(picked, asked)) }
}

/** The filter of all conditions and `whereElse`. Throws PARAMETER_INVALID for an incomplete condition. */
export function filterOf(
  { conditions, whereElse }: Pick<Draft, 'conditions' | 'whereElse'>,
  variables: readonly SharedVariable[]
): Filter | undefined {
  const comparisons = conditions.map((condition): Comparison => {
    const reason = unfinished(condition, variables)
    if (reason !== undefined) throw StimnetError.told('PARAMETER_INVALID', reason)
    const values = condition.values.filter((value) => value.trim() !== '')
    const typed = values.map((value) => typedValue(value, condition.column, variables))
    const op = condition.op === '=' && typed.length > 1 ? 'in' : condition.op
    return { column: condition.column, op, values: typed }
  })
  const parts = whereElse === null ? comparisons : [...comparisons, whereElse]
  const [first, second] = parts
  if (first === undefined) return undefined
  return second === undefined ? first : { all: parts }
}

function typedValue(text: string, column: string, variables: readonly SharedVariable[]): FilterValue {
  const found = variables.find(({ ref }) => ref === column)
  return found && isNumeric(found.variable) ? Number(text) : text
}
