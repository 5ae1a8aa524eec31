/** Schema terms of a request: comparison of the catalog with the contract, and the catalog renamed by the request's mappings. */
import type { Catalog } from '@stimnet/data'
import { bitsOfContract, type PrivacySettings } from '@stimnet/privacy'
import {
  type AnalysisSet,
  compareSchemas,
  differencesInWords,
  isPowerOfTen,
  type OutputDeclaration,
  type PrivacyAsk,
  type Program,
  type SchemaTerms,
  StimnetError,
  scaleOf
} from '@stimnet/protocol'

/** Significant digits that represent every double exactly, so that nothing is rounded. */
const EXACT_DIGITS = 17

/** The statements of a request about the catalog, and its question. */
export interface SchemaAsk {
  readonly schema: SchemaTerms
  readonly program: Program
  readonly privacy: PrivacyAsk
  /** The id of this peer: mappings for other peers are ignored. */
  readonly self: string
  readonly settings: PrivacySettings | undefined
  /** The analysis set of the request. The request does not fit if the set has another definition here, or none. */
  readonly set?: AnalysisSet | undefined
}

/**
 * The catalog in the variable names of the request. Reads no data. Throws SCHEMA_MISMATCH if a variable differs from the
 * contract, as after a change of the catalog; VARIABLE_UNKNOWN or PARAMETER_INVALID for a mapping that does not fit.
 */
export function catalogInWordsOf(ask: SchemaAsk, catalog: Catalog): Catalog {
  const { contract } = ask.schema
  const mappings = ask.schema.mappings.filter(({ peer }) => peer === ask.self)
  const tables = ask.program.kind === 'script'
  if (mappings.length > 0 && ask.privacy.level === 'P2') {
    const reason = 'A mapping is for exact numbers: P2 is asked for in the words of each catalog.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
  // A number that is rounded in several units discloses the digits that the rounding removed.
  const rounds = (ask.settings?.significantDigits ?? EXACT_DIGITS) < EXACT_DIGITS
  if (!tables && rounds && mappings.some(({ scale }) => !isPowerOfTen(scaleOf(scale)))) {
    const reason = 'This catalog rounds its answers: here a mapping may move the decimal point, and no more.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
  // A script with a contract sees only the variables of the contract, so that no other column can be taken for one of them.
  const seen = mappings.length > 0 || (tables && contract.length > 0) ? catalog.mapped({ contract, mappings }) : catalog
  const uses = contract.map(({ variable, breakpoints }) => ({ variable, binned: breakpoints.length > 0 }))
  const here = { site: ask.self, descriptor: catalog.descriptor }
  const { differences } = compareSchemas([here], { uses, tables, contract, mappings, set: givenIn(ask) })
  if (differences.length === 0) return seen
  const reason = `${catalog.descriptor.name} here differs from what the request assumes: ${differencesInWords(differences)}.`
  throw new StimnetError('SCHEMA_MISMATCH', 'comparing a contract', { reason })
}

/** The set of a request if the request gives a definition. A set that is only named is looked up in the catalog later. */
function givenIn({ set }: SchemaAsk): AnalysisSet | undefined {
  return set !== undefined && set.completeOn.length > 0 ? set : undefined
}

/**
 * Throws CONTRACT_INVALID for outputs declared by a program that is not a script, and for outputs that could disclose more
 * bits than a script may, even about the smallest cohort. These are refused at admission, because after the run only a code
 * could state the reason.
 */
export function assertOutputsFit(
  outputs: readonly OutputDeclaration[],
  program: Program,
  settings: PrivacySettings | undefined
): void {
  if (outputs.length === 0) return
  if (program.kind !== 'script') refuse('Only a script declares outputs: what the node computes has its own.')
  if (settings === undefined) return
  const { k, scriptBitsMax } = settings
  const least = bitsOfContract(outputs, { ...settings, subjects: k })
  if (least <= scriptBitsMax) return
  refuse(
    `The declared outputs can disclose ${least} bits or more, and a script may disclose ${scriptBitsMax} here. Declare fewer, or ` +
      'with fewer digits.'
  )
}

function refuse(reason: string): never {
  throw StimnetError.told('CONTRACT_INVALID', reason)
}
