/** Release of a differentially private table: draws the noise, so that no number of the table is exact. */
import type {
  BoundedReduction,
  CatalogDescriptor,
  DpCard,
  OutputColumn,
  OutputRow,
  RandomSource,
  VariableRef
} from '@stimnet/protocol'
import { factsIn, type VariableFacts } from '../judge/facts.ts'
import { columnsOfPlan } from '../table-output.ts'
import { chargedOf } from './cost.ts'
import { drawNoise } from './draw.ts'
import { errorsOf, rowsAssumed } from './error.ts'
import type { DpPlan } from './plan.ts'
import { rowsOfNoise } from './table.ts'

const TOKEN = Symbol('made by releaseNoisy')

/** A table with noise in every number. Only `releaseNoisy` can create a NoisyTable, so that no exact table can pass for one. */
export class NoisyTable {
  readonly columns: readonly OutputColumn[]
  readonly rows: readonly OutputRow[]
  readonly dp: DpCard
  readonly #made = true

  /** For `releaseNoisy` only: throws TypeError without the private token. */
  constructor(token: symbol, table: { columns: OutputColumn[]; rows: OutputRow[]; dp: DpCard }) {
    if (token !== TOKEN) throw new TypeError('a noisy table is made by releaseNoisy() alone')
    this.columns = table.columns
    this.rows = table.rows
    this.dp = table.dp
    Object.freeze(this)
  }

  static isNoisy(value: unknown): value is NoisyTable {
    return typeof value === 'object' && value !== null && #made in value && value.#made
  }
}

/** The inputs of a release besides the plan and the reduction. */
export interface ReleaseTerms {
  readonly descriptor: CatalogDescriptor
  readonly variables: ReadonlyMap<VariableRef, VariableFacts>
  readonly scope: DpCard['ledger_scope']
  readonly random: RandomSource
}

/**
 * Draws the noise and makes the table. Call this function only when the charge is on disk, and never again for an answer
 * that was shown.
 */
export function releaseNoisy(plan: DpPlan, reduction: BoundedReduction, terms: ReleaseTerms): NoisyTable {
  const { descriptor, variables, scope, random } = terms
  const noisy = drawNoise(plan, reduction, random)
  const columns = columnsOfPlan(plan.plan, factsIn(variables))
  return new NoisyTable(TOKEN, {
    columns,
    rows: rowsOfNoise(plan, noisy, { descriptor, columns }),
    dp: cardOf(plan, descriptor, scope)
  })
}

/** The disclosure card's part about differential privacy. It follows from the request and the catalog's description alone. */
function cardOf(plan: DpPlan, descriptor: CatalogDescriptor, scope: DpCard['ledger_scope']): DpCard {
  const { charge, bounded } = plan
  const { epsilon, rho } = chargedOf(charge)
  return {
    adjacency: 'add-remove-subject',
    mechanism: plan.mechanism,
    epsilon,
    rho: epsilon === null ? rho : null,
    delta: 0,
    nano_rho: String(charge.nanoRho),
    numbers: plan.numbers.length,
    groups_per_subject: bounded.groupsPerSubject,
    rows_per_subject: bounded.rowsPerSubject,
    sites_per_person: plan.sitesPerPerson,
    bounds: plan.bounds.map(({ variable, decimals, lower, upper }) => ({
      variable,
      lower: Number(lower) / 10 ** decimals,
      upper: Number(upper) / 10 ** decimals
    })),
    columns: errorsOf(plan, descriptor, rowsAssumed(plan, descriptor)).map((column) => ({
      name: column.name,
      sd: column.sd,
      error_95: column.error95,
      rank_error_95: column.rankError95,
      assumes_rows: column.assumesRows
    })),
    ledger_scope: scope,
    mode: descriptor.mode === 'dp' ? 'dp' : 'sdc'
  }
}
