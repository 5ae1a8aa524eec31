/** The door: makes a safe output of an aggregate, or refuses. Pure; what it returns takes effect when it is published. */
import {
  type CatalogDescriptor,
  type DisclosureCard,
  LIMITS,
  type Output,
  type OutputDeclaration,
  type Plan,
  type Reduction,
  type SubjectSet,
  type TableOutput,
  type VariableRef
} from '@stimnet/protocol'
import { testsOfOutput } from '@stimnet/statistics'
import type { Partition } from './atoms.ts'
import type { VariableFacts } from './cell-basis.ts'
import { claimOf, claimOfNoise, claimOfScope, claimOfScript } from './claims.ts'
import { gateCohort } from './cohort-gate.ts'
import { judgeTyped } from './contract-check.ts'
import { NoisyTable } from './dp/release.ts'
import type { Ledgers } from './ledgers.ts'
import { roundCount } from './rounding.ts'
import { type SafeOutput, takeMaker } from './safe-output.ts'
import { judgeScript } from './script-output.ts'
import type { PrivacySettings } from './settings.ts'
import { suppress, type TableRow } from './suppress.ts'
import { columnsOfPlan, rowOf } from './table-output.ts'

export type { VariableFacts } from './cell-basis.ts'

const makeSafeOutput = takeMaker()

/** What a program produced. It stays inside the walls. */
export type Aggregate =
  | { readonly kind: 'table'; readonly plan: Plan; readonly reduction: Reduction }
  | {
      readonly kind: 'script'
      /** The JSON text that the script wrote, unread. */
      readonly result: string
      /** The words it may say: its own literals, the parameters', and the catalog's public words. */
      readonly literals: ReadonlySet<string>
      /** What the request declared; without any the default contract holds. */
      readonly outputs?: readonly OutputDeclaration[]
    }

/** Everything that disclosure depends on beside the aggregate. */
export interface DisclosureContext {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly epoch: string
  readonly cohortHash: string
  readonly codeHash: string
  readonly image: string
  /** Who was in it, as evaluated by the node. */
  readonly cohort: SubjectSet
  /** Of the ledger scope, as it is now: call again under the single writer, and publish with what that call returns. */
  readonly ledgers: Ledgers
  readonly synthetic: boolean
  /** Stewards who approved exactly this; absent for none. */
  readonly reviewers?: number
  /** Of a table: fewest subjects of what it tells apart, where that is to be more than k. */
  readonly partsMin?: number
  /** See `variableFacts`. A variable it does not know counts as unbounded. */
  readonly variables: ReadonlyMap<VariableRef, VariableFacts>
}

/** A safe output, or the one code of its refusal. */
export type Disclosed =
  | {
      readonly ok: true
      readonly output: SafeOutput
      /** To store in the batch that publishes; the very same objects where nothing was split. */
      readonly ledgers: Ledgers
    }
  | {
      readonly ok: false
      readonly code: 'COHORT_NOT_RELEASABLE' | 'OUTPUT_NOT_RELEASABLE'
      /** For the local audit log alone: it is about data. */
      readonly why: string
    }

/** Units and bounds of a catalog's variables. */
export function variableFacts(descriptor: CatalogDescriptor): Map<VariableRef, VariableFacts> {
  return new Map(
    descriptor.tables.flatMap((table) =>
      table.variables.map((variable): [VariableRef, VariableFacts] => [
        `${table.name}.${variable.name}`,
        {
          bounded: variable.bounded,
          cells: variable.type === 'category' ? variable.levels.length : variable.breakpoints.length + 1,
          ...(variable.unit === '' ? {} : { unit: variable.unit })
        }
      ])
    )
  )
}

/**
 * Applies the rules in force to an aggregate. Gate, atoms and suppression all fail with the same code. Throws NODE_ERROR
 * where `ledgers` lacks the rows that the aggregate is made of.
 */
export function disclose(aggregate: Aggregate, context: DisclosureContext): Disclosed {
  if (!gateCohort(context.cohort.size, context.settings).ok)
    return refuse('COHORT_NOT_RELEASABLE', 'the cohort is too small')
  return aggregate.kind === 'table' ? discloseTable(aggregate, context) : discloseScript(aggregate, context)
}

/**
 * A safe output of a table with noise in every number. No gate and no atoms: nothing about whether and how it answers
 * depends on data, and a refusal that does would itself be outside of differential privacy.
 */
export function discloseNoisy(
  table: NoisyTable,
  context: Pick<
    DisclosureContext,
    'settings' | 'policyHash' | 'epoch' | 'cohortHash' | 'codeHash' | 'image' | 'synthetic'
  >
): SafeOutput {
  if (!NoisyTable.isNoisy(table)) throw new TypeError('a noisy table is made by releaseNoisy() alone')
  return makeSafeOutput({
    kind: 'table',
    columns: [...table.columns],
    rows: [...table.rows],
    withheld: { groups: 0, cells: 0 },
    disclosure: {
      level: 'P2',
      claim: claimOfNoise(table.dp, context.synthetic),
      preset: context.settings.preset,
      policy_hash: context.policyHash,
      // Neither holds for noisy numbers: a group of one is answered for like any other.
      k: 0,
      round_base: 1,
      epoch: context.epoch,
      cohort_hash: context.cohortHash,
      subjects: null,
      suppressed_cells: 0,
      bits: null,
      code_hash: context.codeHash,
      image: context.image,
      dp: table.dp
    }
  })
}

/** The same output again, from the bytes that left before; the store of this peer alone may bring them. */
export function discloseAgain(json: string): SafeOutput {
  return makeSafeOutput(JSON.parse(json) as Output)
}

function refuse(code: 'COHORT_NOT_RELEASABLE' | 'OUTPUT_NOT_RELEASABLE', why: string): Disclosed {
  return { ok: false, code, why }
}

function discloseTable(
  { plan, reduction }: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext
): Disclosed {
  const { settings } = context
  const facts = (variable: VariableRef): VariableFacts => context.variables.get(variable) ?? { bounded: false }
  const { rows, ledgers, why } = suppress(plan, reduction, {
    settings,
    facts,
    ledgers: context.ledgers,
    partsMin: context.partsMin
  })
  const shown = rows.filter((row) => row.shown)
  if (shown.length === 0) return refuse('COHORT_NOT_RELEASABLE', `nothing of the table can stand (${why.join('; ')})`)
  const columns = columnsOfPlan(plan, facts)
  const outputRows = shown.map((row) => rowOf(row, settings))
  const groups = rows.length - shown.length
  const cells = outputRows.reduce((sum, row) => sum + plan.measures.length - Object.keys(row.parts).length, 0)
  const suppressed = cells + groups * plan.measures.length
  // The size of the cohort is a total: with a group withheld it would give the group's size away.
  const total = groups === 0 && ledgers.subjects.isUnionOfAtoms(context.cohort) ? totalOf(rows, context) : null
  return pass(
    {
      kind: 'table',
      columns,
      rows: outputRows,
      withheld: { groups, cells },
      ...testsOf(plan, { columns, rows: outputRows, withheld: { groups, cells } }),
      disclosure: cardOf(context, { level: 'P1', subjects: total, suppressed, bits: null })
    },
    ledgers
  )
}

/** Of released numbers alone. */
function testsOf(
  { tests = [] }: Plan,
  table: Pick<TableOutput, 'columns' | 'rows' | 'withheld'>
): Pick<TableOutput, 'tests'> {
  return tests.length === 0 ? {} : { tests: testsOfOutput(tests, table) }
}

function discloseTyped(
  result: string,
  outputs: readonly OutputDeclaration[],
  context: DisclosureContext,
  next: Partition
): Disclosed {
  const { cohort, settings } = context
  const judged = judgeTyped(result, { outputs, settings, subjects: cohort.size })
  if (!judged.ok) return refuse('OUTPUT_NOT_RELEASABLE', judged.why)
  const { level, claim } = claimOfScript({ ...context, reviewers: context.reviewers ?? 0, isTyped: true })
  const facts = { level, subjects: roundedSize(context), suppressed: judged.withheld }
  return pass(
    {
      kind: 'typed',
      outputs: [...judged.outputs],
      withheld: { values: judged.withheld },
      disclosure: cardOf(context, { ...facts, bits: judged.bits, claim })
    },
    withSubjects(context.ledgers, next)
  )
}

function discloseScript(
  { result, literals, outputs = [] }: Extract<Aggregate, { kind: 'script' }>,
  context: DisclosureContext
): Disclosed {
  const admission = context.ledgers.subjects.admit([context.cohort], context.settings.k)
  if (!admission.ok) return refuse('COHORT_NOT_RELEASABLE', 'the cohort splits an atom')
  if (outputs.length > 0) return discloseTyped(result, outputs, context, admission.next)
  const judged = judgeScript(result, {
    literals,
    k: context.settings.k,
    bitsMax: context.settings.scriptBitsMax,
    subjects: context.cohort.size
  })
  if (!judged.ok) return refuse('OUTPUT_NOT_RELEASABLE', judged.why)
  return pass(
    {
      kind: 'values',
      values: judged.values,
      withheld: { leaves: judged.withheld },
      disclosure: cardOf(context, {
        ...claimOfScript({ ...context, reviewers: context.reviewers ?? 0, isTyped: false }),
        subjects: roundedSize(context),
        suppressed: judged.withheld,
        bits: judged.bits
      })
    },
    withSubjects(context.ledgers, admission.next)
  )
}

/**
 * Where counts are rounded, a total is the sum of the rounded ones: rounded by itself it would say in which direction they
 * were. Groups that share somebody or leave somebody out have no total then.
 */
function totalOf(rows: readonly TableRow[], context: DisclosureContext): number | null {
  if (context.settings.roundBase === 1) return context.cohort.size
  const sizes = rows.map(({ group }) => group.support.size)
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  if (sum(sizes) !== context.cohort.size) return null
  return sum(sizes.map((size) => roundCount(size, context.settings)))
}

function roundedSize({ cohort, settings }: DisclosureContext): number {
  return roundCount(cohort.size, settings)
}

function withSubjects(ledgers: Ledgers, subjects: Partition): Ledgers {
  return subjects === ledgers.subjects ? ledgers : { ...ledgers, subjects }
}

function pass(output: Output, ledgers: Ledgers): Disclosed {
  const safe = makeSafeOutput(output)
  if (safe.bytes.length > LIMITS.outputBytesMax)
    return refuse('OUTPUT_NOT_RELEASABLE', 'more than a safe output can hold')
  return { ok: true, output: safe, ledgers }
}

interface CardFacts {
  readonly level: DisclosureCard['level']
  readonly subjects: number | null
  readonly suppressed: number
  readonly bits: number | null
  /** In place of the level's own. */
  readonly claim?: string
}

function cardOf(context: DisclosureContext, facts: CardFacts): DisclosureCard {
  const { settings } = context
  return {
    level: facts.level,
    claim: (facts.claim ?? claimOf(facts.level, settings.k, context.synthetic)) + claimOfScope(settings.scope),
    preset: settings.preset,
    policy_hash: context.policyHash,
    k: settings.k,
    round_base: settings.roundBase,
    scope: settings.scope,
    epoch: context.epoch,
    cohort_hash: context.cohortHash,
    subjects: facts.subjects,
    suppressed_cells: facts.suppressed,
    bits: facts.bits,
    ...(context.reviewers ? { reviewers: context.reviewers } : {}),
    code_hash: context.codeHash,
    image: context.image
  }
}
