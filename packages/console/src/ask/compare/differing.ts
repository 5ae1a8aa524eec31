/** The variables of a question that the institutions describe differently. */
import { KEY_TYPE, type VariableContract, type VariableMapping } from '@stimnet/protocol'
import { compareFoundCatalogs, type FoundCatalog } from '@stimnet/sdk'
import { isNumeric } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import { mentionedBy } from './agreed.ts'
import type { Draft } from '../draft/draft.ts'
import { isSame, isWhole, type LocalVariable, mappingsAmong } from '../draft/mappings.ts'
import { filterOf, programOf } from '../draft/submission.ts'
import { unfinished } from '../draft/unfinished.ts'

/** A variable that one institution describes differently from the others, or did before it was mapped. */
export interface Difference {
  readonly peer: string
  readonly institution: string
  /** `table.variable`, as in the question. */
  readonly variable: string
  /** The differences as sentences; empty if the mapping resolves them. */
  readonly faults: readonly string[]
  /** The definition of the variable at most of the other institutions. */
  readonly wanted: VariableContract | undefined
  /** The institution's variables in the same table that could be mapped to the variable. */
  readonly candidates: readonly LocalVariable[]
  /** The mapping on the form; undefined if there is none. */
  readonly mapping: VariableMapping | undefined
  /** The initial mapping. Fields that only the researcher can fill are empty. */
  readonly skeleton: VariableMapping
}

/** The differing variables of a question; empty if only one institution is asked. `own`: the researcher's own key signs. */
export function differencesIn(draft: Draft, about: About, { own }: { own: boolean }): Difference[] {
  const { asked } = about
  if (asked.length < 2) return []
  const program = programOf(draft, about)
  const conditions = draft.conditions.filter((one) => unfinished(one, about.variables) === undefined)
  const where = filterOf({ ...draft, conditions }, about.variables)
  const given = mappingsAmong(draft.mappings, about)
  const report = compareFoundCatalogs(asked, { program, mappings: given.filter(isWhole), ...(where ? { where } : {}) })
  // The gateway assumes that a script uses every variable; a request signed here names only those that the script mentions.
  const isUsed = program.kind === 'script' && !own ? () => true : mentionedBy(program, where)
  const open = report.skeleton.filter((one) => isUsed(one.variable) || given.some((said) => isSame(said, one)))
  const settled = given.filter((said) => !open.some((one) => isSame(said, one)))
  // Sorted, so that a row stays in its position when it is settled.
  const rows = [...open, ...settled].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return rows.map((skeleton): Difference => {
    const { peer, variable } = skeleton
    const site = asked.find(({ peer_id }) => peer_id === peer)
    const wanted = report.contract.find((one) => one.variable === variable)
    const faults = report.differences.filter(
      (one) => one.site === peer && [variable, tableOf(variable)].includes(one.variable)
    )
    return {
      peer,
      variable,
      wanted,
      skeleton,
      institution: site?.institution || site?.node_id || peer,
      faults: faults.map(({ field, expected, found }) => `${field}: “${found}”, not “${expected}”`),
      candidates: site ? candidatesIn(site, tableOf(variable), wanted) : [],
      mapping: given.find((said) => isSame(said, skeleton))
    }
  })
}

/** The variables of a table that have the same kind as the wanted one, or all of its variables if there are none. */
function candidatesIn(site: FoundCatalog, table: string, wanted: VariableContract | undefined): LocalVariable[] {
  const { tables = [], subject_key: key = '' } = site.schema_definition ?? {}
  if (wanted?.type === KEY_TYPE) return [{ ref: `${table}.${key}`, type: KEY_TYPE, unit: '', levels: [] }]
  const variables = tables.find(({ name }) => name === table)?.variables ?? []
  const all = variables.map(({ name, type, unit, levels }) => ({ ref: `${table}.${name}`, type, unit, levels }))
  const numeric = wanted !== undefined && isNumeric(wanted)
  const alike = all.filter((one) => (numeric ? isNumeric(one) : one.type === wanted?.type))
  return alike.length > 0 ? alike : all
}

function keyOf({ variable, peer }: VariableMapping): string {
  return `${variable} ${peer}`
}

function tableOf(ref: string): string {
  return ref.slice(0, Math.max(0, ref.indexOf('.')))
}
