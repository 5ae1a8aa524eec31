/**
 * The descriptions of the variables of a program on which the asked institutions agree. They are signed with the program, so that
 * each institution compares them with its own data.
 */
import {
  columnsOf,
  CONTRACT_VARIABLES_MAX,
  type Filter,
  type Program,
  programText,
  StimnetError,
  type VariableContract,
  type VariableMapping
} from '@stimnet/protocol'
import { compareFoundCatalogs, type FoundCatalog } from '@stimnet/sdk'

/** The variables on which the institutions must agree. */
interface Agreeing {
  readonly program: Program
  readonly where: Filter | undefined
  readonly mappings?: readonly VariableMapping[]
}

/**
 * The variables to be signed with a program. Empty for a script to one institution, which may read all variables. SQL and scripts
 * are not parsed here: the contract has each variable whose name occurs in the text and that all institutions describe alike; the
 * gateway compares the variables that differ. Throws SCHEMA_MISMATCH if the institutions differ in a variable of a statistic.
 */
export function agreedContract(
  asked: readonly FoundCatalog[],
  { program, where, mappings = [] }: Agreeing
): VariableContract[] {
  if (asked.length < 2 && program.kind === 'script') return []
  const options = { program, mappings, ...(where === undefined ? {} : { where }) }
  const { contract, differences } = compareFoundCatalogs(asked, options)
  const [first] = differences
  if (program.kind === 'statistic') {
    if (first === undefined) return contract.slice(0, CONTRACT_VARIABLES_MAX)
    const name = asked.find(({ peer_id }) => peer_id === first.site)?.institution ?? first.site
    const reason = `The institutions describe a variable differently: ${first.field} of ${first.variable} is “${first.found}” at ${name}, not “${first.expected}”.`
    throw new StimnetError('SCHEMA_MISMATCH', 'comparing catalogs', { reason })
  }
  const isUsed = mentionedBy(program, where)
  const isMapped = (ref: string) => mappings.some((one) => one.variable === ref)
  const differing = new Set(differences.map(({ variable }) => variable))
  return contract
    .filter(({ variable }) => !differing.has(variable) && (isUsed(variable) || isMapped(variable)))
    .slice(0, CONTRACT_VARIABLES_MAX)
}

/**
 * Returns a test whether a program or its cohort mentions `table.variable`, that is, the variable's name as a whole word. True of
 * every variable for a statistic, whose variables are known.
 */
export function mentionedBy(program: Program, where: Filter | undefined): (ref: string) => boolean {
  if (program.kind === 'statistic') return () => true
  const text = [programText(program), ...(where ? columnsOf(where) : [])].join('\n')
  return (ref) => {
    // Characters with a meaning in a regular expression are removed.
    const name = ref.slice(ref.indexOf('.') + 1).replaceAll(/[^\w-]/g, '')
    return new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'i').test(text)
  }
}
