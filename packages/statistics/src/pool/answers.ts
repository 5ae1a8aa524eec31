/**
 * Checks whether the answers of sites belong to the question, and which of these answers are alike: a dishonest site may sign the
 * answer to another question.
 */
import {
  type CatalogDescriptor,
  messages,
  type Output,
  type OutputDeclaration,
  type Program,
  type StatisticCall,
  type TableOutput,
  type TypedOutput,
  type TypedValue,
  type VariableContract
} from '@stimnet/protocol'
import { isOfModel, unlikeAsked } from '../models/answers.ts'
import { planOfStatistic } from '../named.ts'

/** The question: the program, and the assumed properties of its variables. */
export interface AskedProgram {
  readonly program: Program
  readonly contract: readonly VariableContract[]
  /** For a model in rounds, after the first round: the estimates that follow from the answers to the previous round. */
  readonly estimates?: readonly string[]
}

const KIND_WORDS: Readonly<Record<Output['kind'], string>> = {
  table: 'a table',
  values: 'values of a script',
  typed: 'declared outputs of a script'
}

function kindAsked({ kind }: Program, outputs: readonly OutputDeclaration[]): Output['kind'] {
  if (kind !== 'script') return 'table'
  return outputs.length > 0 ? 'typed' : 'values'
}

/**
 * The reason why an output cannot be the answer to the question, such as `with a model of another formula than was asked`;
 * undefined if there is none. `outputs` is the contract of a script.
 */
export function otherThanAsked(
  output: Output,
  { asked, outputs }: { readonly asked: AskedProgram | undefined; readonly outputs: readonly OutputDeclaration[] }
): string | undefined {
  if (asked !== undefined && output.kind !== kindAsked(asked.program, outputs))
    return `with ${KIND_WORDS[output.kind]}, which the question did not request`
  if (outputs.length > 0 && output.kind === 'typed' && shapeOfTyped(output) !== shapeDeclared(outputs))
    return 'with other outputs than were declared'
  if (asked?.program.kind !== 'statistic' || output.kind !== 'table') return undefined
  const { statistic } = asked.program
  const isModel = output.columns.some(({ kind }) => kind === 'gram')
  if (isModel !== isOfModel(statistic))
    return isModel ? 'with a model, which the question did not request' : 'without a model'
  for (const { parts } of output.rows) {
    for (const part of Object.values(parts)) {
      const unlike = 'gram' in part ? unlikeAsked(part.gram, statistic, asked) : undefined
      if (unlike !== undefined) return `with a model of ${unlike} than was asked`
    }
  }
  return undefined
}

/** Answers of one shape, or none if the shapes are equally common. */
export interface Agreed<T> {
  readonly agreed: readonly T[]
  /** Whether two shapes are equally common, so that nobody can tell which is right. */
  readonly isTied: boolean
}

/**
 * The answers of the requested shape. If no answer has it, or it is not known, those of the most common shape. If two shapes are
 * equally common, none: a wrong answer that looks right is worse than none.
 */
export function alike<T>(all: readonly T[], shapeOf: (one: T) => string, asked?: string): Agreed<T> {
  const byShape = Map.groupBy(all, shapeOf)
  const wanted = asked === undefined ? undefined : byShape.get(asked)
  if (wanted !== undefined) return { agreed: wanted, isTied: false }
  const [most = [], next] = [...byShape.values()].sort((a, b) => b.length - a.length)
  const isTied = next !== undefined && next.length === most.length
  return { agreed: isTied ? [] : most, isTied }
}

/** The note on sites that answered with different columns, or models, of which none is more common than all others. */
export function tieNote(sites: readonly string[], what: string): string {
  return `${sites.join(', ')} answered with different ${what}, equally often: it is unknown which is right, so none is pooled.`
}

/** The columns of a table in the form in which they are compared. */
export function shapeOfColumns(columns: TableOutput['columns']): string {
  return JSON.stringify(
    columns.map(({ name, role, kind, unit, argument }) => [name, role, kind, unit ?? '', argument ?? ''])
  )
}

const HAS_UNIT = ['sum', 'mean', 'sd', 'quantile']

/**
 * The columns of the answer to a statistic in the form in which they are compared; undefined if the contract does not determine
 * them.
 */
export function shapeAsked({ program, contract }: AskedProgram): string | undefined {
  if (program.kind !== 'statistic' || contract.length === 0) return undefined
  // A contract does not state for which tables a person has several rows. For these, rows are counted in addition to people.
  const [one, several] = [true, false].map((isOne) => shapeOver(program.statistic, contract, isOne))
  return one === several ? one : undefined
}

function shapeOver(
  statistic: StatisticCall,
  contract: readonly VariableContract[],
  oneRowPerSubject: boolean
): string | undefined {
  const unitOf = (ref: string) => contract.find(({ variable }) => variable === ref)?.unit ?? ''
  try {
    const { groupBy, measures } = planOfStatistic(statistic, descriptorIn(contract, oneRowPerSubject))
    const keys = groupBy.map(({ name, variable }) => [name, 'key', 'key', unitOf(variable), ''])
    const numbers = measures.map((measure) => {
      const unit = HAS_UNIT.includes(measure.kind) && 'variable' in measure ? unitOf(measure.variable) : ''
      const argument = measure.kind === 'share' ? measure.level : measure.kind === 'quantile' ? measure.q : ''
      return [measure.name, 'measure', measure.kind, unit, argument]
    })
    return JSON.stringify([...keys, ...numbers])
  } catch {
    // The contract of a question names the variables that it compares, which may be fewer than the question uses.
    return undefined
  }
}

/** A catalog of the variables of a contract. */
function descriptorIn(contract: readonly VariableContract[], oneRowPerSubject: boolean): CatalogDescriptor {
  const tables = Map.groupBy(contract, ({ variable }) => variable.slice(0, variable.indexOf('.')))
  return {
    ...messages.CatalogDescriptor.decode(new Uint8Array()),
    tables: [...tables].map(([name, variables]) => ({
      name,
      description: '',
      oneRowPerSubject,
      variables: variables.map(({ variable, type, unit, levels, breakpoints }) => ({
        name: variable.slice(name.length + 1),
        type,
        unit,
        description: '',
        levels: [...levels],
        breakpoints: [...breakpoints],
        minimum: 0,
        maximum: 0,
        bounded: true,
        missingShare: 0,
        missingTold: false,
        identifying: false,
        derivation: ''
      }))
    }))
  }
}

/** The outputs of a script in the form in which they are compared: everything except their numbers. */
export function shapeOfTyped({ outputs }: TypedOutput): string {
  return JSON.stringify(outputs.map((value) => [value.name, value.kind, value.unit, labelsOf(value)]))
}

function labelsOf(value: TypedValue): readonly (string | number)[] {
  if ('categories' in value) return value.categories
  if ('edges' in value) return value.edges
  return value.kind === 'coefficients' ? value.terms.map(({ term }) => term) : []
}

function shapeDeclared(outputs: readonly OutputDeclaration[]): string {
  return JSON.stringify(
    outputs.map(({ name, kind, unit, categories, edges, terms }) => {
      // A quantile is one number, and its grid stays at the institution.
      const labels = kind === 'quantile' ? [] : [...categories, ...edges, ...terms]
      return [name, kind, unit, labels]
    })
  )
}
