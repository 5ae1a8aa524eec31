/** What the asked institutions take the variables of a program to be: signed with it, so that each holds its own data against it. */
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
 * Empty for a script to one institution alone, which is given all that there is. What a query or a script uses is not read here: of all variables those that it mentions
 * are named, where all agree on them, and the gateway compares what differs. Throws SCHEMA_MISMATCH for a statistic.
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

/** Whether a program, or who it is about, mentions `table.variable`: by its name as a whole word. All that a statistic is compared in. */
export function mentionedBy(program: Program, where: Filter | undefined): (ref: string) => boolean {
  if (program.kind === 'statistic') return () => true
  const text = [programText(program), ...(where ? columnsOf(where) : [])].join('\n')
  return (ref) => {
    // Names have nothing in them that a pattern would read.
    const name = ref.slice(ref.indexOf('.') + 1).replaceAll(/[^\w-]/g, '')
    return new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'i').test(text)
  }
}
