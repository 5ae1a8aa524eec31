/** The door: makes a safe output of an aggregate, or refuses. Pure; what it returns takes effect when it is published. */
import {
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
import { claimOf, claimOfNoise, claimOfScope, claimOfScript } from './rules/claims.ts'
import { gateCohort } from './rules/cohort-gate.ts'
import { judgeTyped } from './script/contract-check.ts'
import { NoisyTable } from './dp/release.ts'
import type { Defining } from './judge/defining.ts'
import { factsIn, type VariableFacts } from './judge/facts.ts'
import { bitsMaxOf } from './judge/information.ts'
import { type LeftOut, LeftOutDraft } from './judge/left-out.ts'
import { countOf } from './judge/numbers.ts'
import type { Possible } from './judge/possible.ts'
import { roundCount, toDigits } from './judge/precision.ts'
import { type Suppressed, suppress } from './judge/suppress.ts'
import { type Ledgers, LedgersDraft, tellEverything } from './ledgers.ts'
import { type SafeOutput, takeMaker } from './safe-output.ts'
import { judgeScript } from './script/script-output.ts'
import type { PrivacySettings } from './rules/settings.ts'
import { columnsOfPlan, rowOf } from './table-output.ts'

const makeSafeOutput = takeMaker()

/** What a program produced. It stays inside the walls. */
export type Aggregate =
  | {
      readonly kind: 'table'
      readonly plan: Plan
      readonly reduction: Reduction
      /** Variables that say who is in a group and that others are not taken to know, with the groups without them. */
      readonly defining: readonly Defining[]
      /** Who could be in it, as far as others can follow; absent where they can follow all of it. */
      readonly possible?: Possible
      /** Whom `reduction` was made without. */
      readonly leftOut?: LeftOut
    }
  | {
      readonly kind: 'script'
      /** The JSON text that the script wrote, unread. */
      readonly result: string
      /** The words it may say: its own literals, the parameters', and the catalog's public words. */
      readonly literals: ReadonlySet<string>
      /** What the request declared; without any the default contract holds. */
      readonly outputs?: readonly OutputDeclaration[]
      /** Who could be in its cohort, as far as others can follow; absent where they can follow all of it. */
      readonly possible?: Possible
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
  /** See `variableFacts`. Of a variable it does not know nothing is taken for granted. */
  readonly variables: ReadonlyMap<VariableRef, VariableFacts>
}

/** A safe output, or the one code of its refusal. */
export type Disclosed =
  | {
      readonly ok: true
      readonly output: SafeOutput
      /** To store in the batch that publishes; the very same objects where everything told follows from earlier answers. */
      readonly ledgers: Ledgers
      /** Groups and cells that were withheld: each tells that it was. */
      readonly withheld: number
    }
  | {
      readonly ok: false
      readonly code: 'COHORT_NOT_RELEASABLE' | 'OUTPUT_NOT_RELEASABLE'
      /** For the local audit log alone: it is about data. */
      readonly why: string
    }

/**
 * Applies the rules in force to an aggregate. Gate, ledgers and suppression all fail with the same code. Throws NODE_ERROR
 * where `ledgers` lacks the rows that the aggregate is made of.
 */
export function disclose(aggregate: Aggregate, context: DisclosureContext): Disclosed {
  if (!gateCohort(context.cohort.size, context.settings).ok)
    return refuse('COHORT_NOT_RELEASABLE', 'the cohort is too small')
  return aggregate.kind === 'table' ? discloseTable(aggregate, context) : discloseScript(aggregate, context)
}

/**
 * A safe output of a table with noise in every number. No gate and no ledger of spans: nothing about whether and how it answers
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

/**
 * Whom a table is to be reduced without, so that more of it can be told; undefined for nobody. Judged by the ledgers as they
 * are: what then is disclosed is judged again.
 */
export function leaveOut(
  aggregate: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext
): LeftOut | undefined {
  const leftOut = new LeftOutDraft(context.cohort.universe)
  suppressed(aggregate, context, leftOut)
  return leftOut.result()
}

function suppressed(
  { plan, reduction, defining, possible, leftOut: madeWithout }: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext,
  leftOut?: LeftOutDraft
): Suppressed {
  const { synthetic, ledgers, partsMin } = context
  const settings = { ...context.settings, synthetic }
  return suppress(plan, reduction, {
    ...{ settings, facts: factsIn(context.variables), ledgers, defining, possible, partsMin, madeWithout },
    ...(leftOut === undefined ? {} : { leftOut })
  })
}

function discloseTable(aggregate: Extract<Aggregate, { kind: 'table' }>, context: DisclosureContext): Disclosed {
  const { plan, leftOut } = aggregate
  const { settings } = context
  const facts = factsIn(context.variables)
  const { rows, ledgers, shownCount, why, groupsWithheld: groups } = suppressed(aggregate, context)
  const shown = rows.filter((row) => row.shown)
  if (shown.length === 0) return refuse('COHORT_NOT_RELEASABLE', `nothing of the table can stand (${why.join('; ')})`)
  const columns = columnsOfPlan(plan, facts)
  const outputRows = shown.map((row) => rowOf(row, { settings, facts, shownCount }))
  const cells = outputRows.reduce((sum, row) => sum + plan.measures.length - Object.keys(row.parts).length, 0)
  const withheld = { groups, cells }
  const told = new LedgersDraft(ledgers)
  const whole = countOf({ subjects: context.cohort })
  // The size of the cohort is a total: with a group withheld it would give the group's size away.
  const total = leftOut === undefined && groups === 0 && told.isWithin(whole) ? shownCount(whole.of) : null
  const words = leftOut === undefined ? [] : leftOutInWords(leftOut, settings)
  const suppressedCells = cells + groups * plan.measures.length
  const disclosure: DisclosureCard = {
    ...cardOf(context, { level: 'P1', subjects: total, suppressed: suppressedCells, bits: null }),
    precision: settings.precision,
    information: informationOf(aggregate, ledgers, context)
  }
  return pass(
    {
      kind: 'table',
      columns,
      rows: outputRows,
      withheld,
      ...(words.length === 0 ? {} : { left_out: words }),
      ...testsOf(plan, { columns, rows: outputRows, withheld, disclosure }),
      disclosure
    },
    ledgers,
    groups + cells
  )
}

/** Neither which group they are of nor how many: a few are never told from none in a group. */
function leftOutInWords({ people, columns, pairs }: LeftOut, { k }: PrivacySettings): string[] {
  const why = 'so that no two answers differ by fewer than'
  const of = [...columns.keys(), ...[...pairs.keys()].map((pair) => pair.split(' ').join(' and '))]
  return [
    ...(people === undefined ? [] : [`Some people were left out of the whole answer, ${why} ${k} people.`]),
    ...of.map((name) => `Some people were left out of ${name}, ${why} ${k} people.`)
  ]
}

/** Of each variable that the answer tells of and that others are not taken to know: bits told of a value, on average. */
function informationOf(
  { plan, defining }: Extract<Aggregate, { kind: 'table' }>,
  { subjects, rows }: Ledgers,
  context: DisclosureContext
): NonNullable<DisclosureCard['information']> {
  const facts = factsIn(context.variables)
  const measured = plan.measures.flatMap((one) =>
    'variables' in one ? one.variables : 'variable' in one ? [one.variable] : []
  )
  const variables = [...new Set([...measured, ...defining.map(({ variable }) => variable)])]
  return variables.flatMap((variable) => {
    const { own, identifying } = facts(variable)
    if (identifying) return []
    const told = [subjects, ...(rows === undefined ? [] : [rows.ledger])].reduce(
      (sum, one) => sum + one.bitsEach(own),
      0
    )
    // To two digits, upwards: the exact one would tell how many there are.
    return [{ variable, told: roundedUp(told), max: toDigits(bitsMaxOf(facts(variable), context.settings), 3) }]
  })
}

function roundedUp(bits: number): number {
  return Math.ceil(bits * 20) / 20
}

/** Of released numbers alone. */
function testsOf(
  { tests = [] }: Plan,
  table: Pick<TableOutput, 'columns' | 'rows' | 'withheld' | 'disclosure'>
): Pick<TableOutput, 'tests'> {
  return tests.length === 0 ? {} : { tests: testsOfOutput(tests, table) }
}

function discloseTyped(
  result: string,
  outputs: readonly OutputDeclaration[],
  context: DisclosureContext,
  next: Ledgers
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
    next,
    judged.withheld
  )
}

function discloseScript(
  { result, literals, outputs = [], possible }: Extract<Aggregate, { kind: 'script' }>,
  context: DisclosureContext
): Disclosed {
  const next = tellEverything({ cohort: context.cohort, possible }, context.ledgers, context.settings.k)
  if (next === undefined)
    return refuse('COHORT_NOT_RELEASABLE', 'the cohort is told apart from earlier ones by few people')
  if (outputs.length > 0) return discloseTyped(result, outputs, context, next)
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
    next,
    judged.withheld
  )
}

function roundedSize({ cohort, settings }: DisclosureContext): number {
  return roundCount(cohort.size, settings)
}

function pass(output: Output, ledgers: Ledgers, withheld: number): Disclosed {
  const safe = makeSafeOutput(output)
  if (safe.bytes.length > LIMITS.outputBytesMax)
    return refuse('OUTPUT_NOT_RELEASABLE', 'more than a safe output can hold')
  return { ok: true, output: safe, ledgers, withheld }
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
