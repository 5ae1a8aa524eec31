/**
 * Disclosure control: turns an aggregate into a safe output, or refuses it. Pure: the returned ledgers
 * take effect only when they are published.
 */
import {
  type AnalysisSet,
  type DisclosureCard,
  type GramMeasure,
  type GramPart,
  LIMITS,
  type Output,
  type OutputDeclaration,
  type Plan,
  type Reduction,
  type SubjectSet,
  type TableOutput,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { fitOwnModel, gramIn, testsOfOutput } from '@stimnet/statistics'
import { claimOf, claimOfNoise, claimOfScope, claimOfScript } from './rules/claims.ts'
import { gateCohort } from './rules/cohort-gate.ts'
import { judgeTyped } from './script/contract-check.ts'
import { NoisyTable } from './dp/release.ts'
import { factsIn, type VariableFacts } from './judge/facts.ts'
import { bitsMaxOf } from './judge/information.ts'
import { type LeftOut, LeftOutDraft } from './judge/left-out.ts'
import type { KnownValues } from './judge/known.ts'
import { countOf } from './judge/numbers.ts'
import type { Possible } from './judge/possible.ts'
import { digitsTell, roundCount, toDigits, withSpacing } from './judge/precision.ts'
import { type Suppressed, type SuppressionRules, suppress, type TableCell, type TableRow } from './judge/suppress.ts'
import { withScriptTrace, withTrace } from './judge/trace.ts'
import { type Ledgers, LedgersDraft, tellEverything } from './ledgers.ts'
import { judgeModel } from './model/judge.ts'
import type { JudgedPart } from './model/judged.ts'
import { gramPartOf } from './model/part.ts'
import { type SafeOutput, takeMaker } from './safe-output.ts'
import { definingIn, type RareGroups, type Unsaid } from './judge/unsaid.ts'
import { factsShown, type ShownFact } from './shown-facts.ts'
import { judgeScript } from './script/script-output.ts'
import type { Weights } from './judge/cells/weighing.ts'
import type { PrivacySettings } from './rules/settings.ts'
import { columnsOfPlan, rowOf } from './table-output.ts'

const makeSafeOutput = takeMaker()

/** The unfiltered result of a program. It never leaves the institution. */
export type Aggregate =
  | (Unsaid & {
      readonly kind: 'table'
      readonly plan: Plan
      readonly reduction: Reduction
      /** The groups about which others know less than about the remaining groups. */
      readonly rare?: RareGroups | undefined
      /** For each subject, the values of the measured variables that others are assumed to know; see `Catalog.valuesOf`. */
      readonly known?: KnownValues
      /** The values by which people are weighed; see `Weights`. */
      readonly weights?: Weights
      /** The variables of the question that have a value for every person in the catalog. Any other variable may lack values. */
      readonly complete?: ReadonlySet<VariableRef>
      /**
       * For each measured variable with few distinct values: the distance between these values over the whole catalog; see
       * `spacingOf`.
       */
      readonly spacing?: ReadonlyMap<VariableRef, number>
      /** The people who were left out of `reduction`. */
      readonly leftOut?: LeftOut
      /**
       * For a plan with a model: the answers to the questions behind the model (see `questionsIn`), over the people of the
       * model.
       */
      readonly questions?: readonly JudgedPart[]
      /**
       * For a model that left out people by their number of rows: the answer to `rowsOfEverybody`, judged as a question of
       * its own.
       */
      readonly everybody?: JudgedPart
    })
  | {
      readonly kind: 'script'
      /** The JSON text that the script wrote, not yet parsed. */
      readonly result: string
      /**
       * The strings that the result may contain: the literals of the script and its parameters, and the public words of the
       * catalog.
       */
      readonly literals: ReadonlySet<string>
      /** The outputs that the request declares. Without declared outputs, the default contract applies. */
      readonly outputs?: readonly OutputDeclaration[]
      /** Everybody who could be in the cohort as far as others can tell; absent where others know every condition. */
      readonly possible?: Possible
    }
  | {
      /** A script that may not run over its cohort. */
      readonly kind: 'refused'
      readonly why: string
      /** Everybody who could be in the cohort as far as others can tell; absent where others know every condition. */
      readonly possible?: Possible
    }

/** All inputs of disclosure control besides the aggregate. */
export interface DisclosureContext {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly epoch: string
  readonly cohortHash: string
  /** The analysis set that the cohort is restricted to. */
  readonly analysisSet?: AnalysisSet | undefined
  readonly codeHash: string
  readonly image: string
  /** The subjects of the cohort, as evaluated by the node. */
  readonly cohort: SubjectSet
  /**
   * The current ledgers of the scope. Call `disclose` again under the single writer, and publish
   * with the ledgers that this call returns.
   */
  readonly ledgers: Ledgers
  readonly synthetic: boolean
  /** Number of stewards who approved exactly this request; absent if none did. */
  readonly reviewers?: number
  /** For a table: a minimum larger than k for the number of subjects that its numbers may single out. */
  readonly partsMin?: number
  /**
   * Facts about the variables; see `variableFacts`. A variable without facts is treated as unknown, with the most cautious
   * assumptions.
   */
  readonly variables: ReadonlyMap<VariableRef, VariableFacts>
}

/** `MODEL_SEPARATED`: everything else about the model may be released, but the model has no finite estimates. */
type Refusal = 'COHORT_NOT_RELEASABLE' | 'OUTPUT_NOT_RELEASABLE' | 'MODEL_SEPARATED'

/** A safe output, or the code of the refusal. */
export type Disclosed =
  | {
      readonly ok: true
      readonly output: SafeOutput
      /**
       * To be stored in the batch that publishes. The unchanged input objects if everything disclosed follows from earlier
       * answers.
       */
      readonly ledgers: Ledgers
      /** Number of withheld groups, cells, values and digits. Each withholding is itself information about the data. */
      readonly withheld: number
      /** The facts about data that the answer discloses beside its numbers. */
      readonly shown: readonly ShownFact[]
    }
  | {
      readonly ok: false
      readonly code: Refusal
      /** For the local audit log only, since it depends on data. */
      readonly why: string
      /**
       * The ledgers to store with the refusal, in which the people over whom the question was asked are recorded. Absent
       * if nothing is recorded.
       */
      readonly ledgers?: Ledgers
    }

/**
 * Applies the rules in force to an aggregate. Cohort gate, ledgers and suppression all refuse with COHORT_NOT_RELEASABLE, so
 * that the code does not show which of them refused. The contract of a script and the size limit refuse with
 * OUTPUT_NOT_RELEASABLE. Throws NODE_ERROR if `ledgers` has no ledger for the rows of the aggregate.
 */
export function disclose(aggregate: Aggregate, context: DisclosureContext): Disclosed {
  const { settings, ledgers, partsMin = 0 } = context
  const isLarge = gateCohort(context.cohort.size, settings).ok
  const small = refuse('COHORT_NOT_RELEASABLE', SMALL)
  const k = Math.max(settings.k, partsMin)
  if (aggregate.kind !== 'table') {
    const refused = aggregate.kind === 'refused' ? refuse('COHORT_NOT_RELEASABLE', aggregate.why) : small
    const disclosed = isLarge && aggregate.kind === 'script' ? discloseScript(aggregate, context) : refused
    return disclosed.ok ? disclosed : { ...disclosed, ledgers: withScriptTrace(aggregate.possible, ledgers, k) }
  }
  const judged = new Set<object>()
  const disclosed = isLarge ? discloseTable(aggregate, context, judged) : small
  const rules = { facts: factsIn(context.variables), k }
  // Only those questions behind a model that were judged: a refusal depends on no other question.
  const asked = { ...aggregate, questions: aggregate.questions?.filter((one) => judged.has(one)) }
  return { ...disclosed, ledgers: withTrace(asked, disclosed.ledgers ?? ledgers, rules) }
}

const SMALL = 'the cohort is too small'

/**
 * Makes a safe output of a table that has noise in every number. The cohort gate and the span ledger are not applied:
 * whether and how the table is answered does not depend on data, and a refusal that depends on data would not be
 * differentially private. Throws TypeError for a table that `releaseNoisy` did not make.
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
    ...(table.models.length === 0 ? {} : { models: [...table.models] }),
    disclosure: {
      level: 'P2',
      claim: claimOfNoise(table.dp, context.synthetic),
      preset: context.settings.preset,
      policy_hash: context.policyHash,
      // Neither k nor rounding applies to noisy numbers: a group of one subject is answered like any other.
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

/**
 * Makes a safe output again from the JSON text of an output that was released before.
 * Pass only text from this peer's own store.
 */
export function discloseAgain(json: string): SafeOutput {
  return makeSafeOutput(JSON.parse(json) as Output)
}

function refuse(code: Refusal, why: string): Disclosed {
  return { ok: false, code, why }
}

/**
 * Finds the people to leave out of a table so that more of the table can be disclosed; undefined if nobody should be left
 * out. Judges by the current ledgers. The table that is reduced without these people must be judged again.
 */
export function leaveOut(
  aggregate: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext
): LeftOut | undefined {
  // A model is released over all of its people or not at all.
  if (gramIn(aggregate.plan) !== undefined) return undefined
  const leftOut = new LeftOutDraft(context.cohort.universe)
  suppressed(aggregate, context, { leftOut })
  return leftOut.result()
}

function suppressed(
  {
    plan,
    reduction,
    defining,
    possible,
    rare,
    known,
    complete,
    weights,
    leftOut: madeWithout
  }: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext,
  how: Pick<SuppressionRules, 'leftOut' | 'inFullDigits'> = {}
): Suppressed {
  const { synthetic, ledgers, partsMin } = context
  const settings = { ...context.settings, synthetic }
  return suppress(plan, reduction, {
    settings,
    facts: factsIn(context.variables),
    ledgers,
    defining,
    possible,
    rare,
    known,
    complete,
    weights,
    partsMin,
    madeWithout,
    ...how
  })
}

/**
 * Discloses a Gram matrix, if it and the answers to all of its questions may be released. The judged questions are added to
 * `asked`.
 */
function discloseModel(
  measure: GramMeasure,
  aggregate: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext,
  asked: Set<object>
): Disclosed {
  const { plan, leftOut, questions = [], everybody } = aggregate
  const { settings, partsMin = 0 } = context
  const facts = factsIn(context.variables)
  const judged = leftOut
    ? ({ ok: false, why: 'nobody may be left out of a model' } as const)
    : judgeModel({
        measure,
        model: aggregate,
        questions,
        ...(everybody === undefined ? {} : { everybody }),
        settings,
        facts,
        ledgers: context.ledgers,
        synthetic: context.synthetic,
        epoch: context.epoch,
        k: Math.max(settings.k, partsMin),
        suppress: (part, ledgers) => {
          asked.add(part)
          const own = { ...withVariables(context, part), ledgers }
          return suppressed({ kind: 'table', ...part }, own, { inFullDigits: true })
        }
      })
  if (!judged.ok && judged.separated) return refuse('MODEL_SEPARATED', judged.why)
  if (!judged.ok) return refuse('COHORT_NOT_RELEASABLE', `the model cannot be released: ${judged.why}`)
  const { ledgers, people } = judged
  const gram = gramPartOf(measure, judged)
  // The number of people of the model is released. For real people, as in tables, nothing else shows the size of the cohort.
  const isWithin = () => new LedgersDraft(ledgers).isWithin(countOf({ subjects: context.cohort }))
  const whole = people === context.cohort.size || (context.synthetic && isWithin())
  return pass(
    {
      kind: 'table',
      columns: columnsOfPlan(plan, facts),
      rows: [{ values: [gram.n], parts: { [measure.name]: { gram } } }],
      withheld: { groups: 0, cells: 0 },
      models: [fitOwnModel(gram)],
      disclosure: {
        ...cardOf(context, { level: 'P1', subjects: whole ? context.cohort.size : null, suppressed: 0, bits: null }),
        precision: settings.precision,
        information: informationOf(aggregate, ledgers, context)
      }
    },
    { ledgers, withheld: hidesRows(gram) ? 1 : 0 }
  )
}

/** Whether rows were left out of a model and their number is withheld. */
function hidesRows({ clusters }: GramPart): boolean {
  return clusters !== undefined && clusters.left_out > 0 && clusters.rows === undefined
}

/** The context with facts about the variables that only one question has. */
function withVariables(context: DisclosureContext, { variables }: JudgedPart): DisclosureContext {
  return variables === undefined ? context : { ...context, variables: new Map([...context.variables, ...variables]) }
}

/** The questions behind a model that were judged are added to `asked`. */
function discloseTable(
  aggregate: Extract<Aggregate, { kind: 'table' }>,
  context: DisclosureContext,
  asked: Set<object>
): Disclosed {
  const { plan, leftOut, complete = new Set<VariableRef>() } = aggregate
  const model = gramIn(plan)
  if (model !== undefined) return discloseModel(model, aggregate, context, asked)
  const { settings } = context
  const facts = factsIn(context.variables)
  const { rows, ledgers, shownCount, shownWithin, why, groupsWithheld: groups } = suppressed(aggregate, context)
  const shown = rows.filter((row) => row.shown)
  if (shown.length === 0)
    return refuse('COHORT_NOT_RELEASABLE', `no cell of the table can be released (${why.join('; ')})`)
  const columns = columnsOfPlan(plan, facts, leftOut)
  const spaced = withSpacing(facts, aggregate.spacing)
  const tells = (variables: readonly VariableRef[]) =>
    !context.synthetic && digitsTell(variables, { defining: definingIn(aggregate), facts })
  const outputRows = shown.map((row) =>
    rowOf(row, { settings, facts: spaced, shownCount, shownWithin, digitsTell: tells })
  )
  const cells = outputRows.reduce((sum, row) => sum + plan.measures.length - Object.keys(row.parts).length, 0)
  const digits = digitsMissing(shown)
  const withheld = { groups, cells, ...(digits > 0 ? { digits } : {}) }
  const told = new LedgersDraft(ledgers)
  // A person without a value of a key is in no group, and the size of the cohort would show how many such people there are.
  const whole = countOf({ subjects: shown.map(({ group }) => group.support).reduce((all, one) => all.or(one)) })
  // The size of the cohort is a total: together with the shown groups it would disclose the size of a withheld group.
  // Whether the size follows from numbers of values depends on who lacks a value, so for real people only counts of people
  // show it.
  const isAsked = context.synthetic || shown.every(({ cells }) => cells.some(isCountOfPeople))
  const total = leftOut === undefined && groups === 0 && isAsked && told.isWithin(whole) ? shownCount(whole.of) : null
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
    {
      ledgers,
      withheld: groups + cells + digits,
      shown: context.synthetic ? [] : factsShown(aggregate, rows, { facts, complete })
    }
  )
}

/**
 * The largest number of rungs by which numbers of a table are below full digits. A number of values has no digits to
 * withhold.
 */
function digitsMissing(shown: readonly TableRow[]): number {
  const rounded = shown
    .flatMap(({ cells }) => cells)
    .filter(({ basis, measure }) => basis !== null && measure.kind !== 'count')
  return rounded.reduce((most, { rung }) => Math.max(most, rung), 0)
}

/** Whether a cell shows how many people are in its group. */
function isCountOfPeople({ measure, basis }: TableCell): boolean {
  return measure.kind === 'subjects' && basis !== null
}

/**
 * The sentences name neither the group of the people left out nor their number: they must not show whether a group lacks a
 * few people or none.
 */
function leftOutInWords({ people, columns, pairs }: LeftOut, { k }: PrivacySettings): string[] {
  const why = 'so that no two answers differ by fewer than'
  const of = [...columns.keys(), ...[...pairs.keys()].map((pair) => pair.split(' ').join(' and '))]
  return [
    ...(people === undefined ? [] : [`Some people were left out of the whole answer, ${why} ${k} people.`]),
    ...of.map((name) => `Some people were left out of ${name}, ${why} ${k} people.`)
  ]
}

/** For each variable of the answer that others are not assumed to know: the bits disclosed so far per value, on average. */
function informationOf(
  aggregate: Extract<Aggregate, { kind: 'table' }>,
  { subjects, rows }: Ledgers,
  context: DisclosureContext
): NonNullable<DisclosureCard['information']> {
  const facts = factsIn(context.variables)
  const inGroups = definingIn(aggregate).map(({ variable }) => variable)
  const variables = [...new Set([...aggregate.plan.measures.flatMap(variablesOf), ...inGroups])]
  return variables.flatMap((variable) => {
    const { own, identifying, isSet = false } = facts(variable)
    if (identifying || isSet) return []
    const told = [subjects, ...(rows === undefined ? [] : [rows.ledger])].reduce(
      (sum, one) => sum + one.bitsEach(own),
      0
    )
    // The value is rounded up to a multiple of 0.05: the exact value would disclose how many people there are.
    return [{ variable, told: roundedUp(told), max: toDigits(bitsMaxOf(facts(variable), context.settings), 3) }]
  })
}

function roundedUp(bits: number): number {
  return Math.ceil(bits * 20) / 20
}

/** Computes the requested tests from released numbers only. */
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
    { ledgers: next, withheld: judged.withheld }
  )
}

function discloseScript(
  { result, literals, outputs = [], possible }: Extract<Aggregate, { kind: 'script' }>,
  context: DisclosureContext
): Disclosed {
  const next = tellEverything({ cohort: context.cohort, possible }, context.ledgers, context.settings.k)
  if (next === undefined) return refuse('COHORT_NOT_RELEASABLE', 'few people distinguish the cohort from earlier ones')
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
    { ledgers: next, withheld: judged.withheld }
  )
}

function roundedSize({ cohort, settings }: DisclosureContext): number {
  return roundCount(cohort.size, settings)
}

function pass(
  output: Output,
  { ledgers, withheld, shown = [] }: { ledgers: Ledgers; withheld: number; shown?: readonly ShownFact[] }
): Disclosed {
  const safe = makeSafeOutput(output)
  if (safe.bytes.length > LIMITS.outputBytesMax)
    return refuse('OUTPUT_NOT_RELEASABLE', 'the output is larger than a safe output can be')
  return { ok: true, output: safe, ledgers, withheld, shown }
}

function setOnCard({ analysisSet: set }: DisclosureContext): Pick<DisclosureCard, 'analysis_set'> {
  if (set === undefined) return {}
  const where = set.where === undefined ? {} : { where: JSON.stringify(set.where) }
  return { analysis_set: { name: set.name, complete_on: [...set.completeOn], ...where } }
}

interface CardFacts {
  readonly level: DisclosureCard['level']
  readonly subjects: number | null
  readonly suppressed: number
  readonly bits: number | null
  /** Replaces the default claim of the level. */
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
    ...setOnCard(context),
    subjects: facts.subjects,
    suppressed_cells: facts.suppressed,
    bits: facts.bits,
    ...(context.reviewers ? { reviewers: context.reviewers } : {}),
    code_hash: context.codeHash,
    image: context.image
  }
}
