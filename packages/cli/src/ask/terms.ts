/** The terms of a request that are read from files: typed outputs, the variable contract, and mappings of a site's variables to it. */
import { readFile } from 'node:fs/promises'
import { printable, type Values } from '@stimnet/machine'
import {
  contractListSchema,
  differencesInWords,
  mappingListSchema,
  outputContractSchema,
  type OutputDeclarationInput,
  type QuestionInput,
  StimnetError
} from '@stimnet/protocol'
import { compareFoundCatalogs, type FoundCatalog } from '@stimnet/sdk'
import type { ZodType } from 'zod'
import { skeletonText } from '../answer/schema-text.ts'

/** The additional options of commands that run scripts. */
export const SCRIPT_TERMS_OPTIONS = {
  outputs: { type: 'string', value: 'FILE', help: 'The typed outputs that the script releases, as JSON' }
} as const

/** The options for terms of every command that sends a question to peers. */
export const TERMS_OPTIONS = {
  contract: { type: 'string', value: 'FILE', help: 'The description of each variable that you expect, as JSON' },
  mapping: { type: 'string', value: 'FILE', help: 'How the variables of each institution read in those words, as JSON' }
} as const

/** The terms of a request. Terms that are not given are omitted. */
export type Terms = Pick<QuestionInput, 'outputs' | 'contract' | 'mappings'>

/** Reads the terms. Throws PARAMETER_INVALID or CONTRACT_INVALID with the file and the position. */
export async function termsOf(
  values: Values<typeof TERMS_OPTIONS> & Partial<Values<typeof SCRIPT_TERMS_OPTIONS>>
): Promise<Terms> {
  const { outputs, contract, mapping } = values
  return {
    ...(outputs === undefined
      ? {}
      : {
          outputs: await readList(
            outputs,
            outputContractSchema as ZodType<OutputDeclarationInput[]>,
            'CONTRACT_INVALID'
          )
        }),
    ...(contract === undefined ? {} : { contract: await readList(contract, contractListSchema, 'PARAMETER_INVALID') }),
    ...(mapping === undefined ? {} : { mappings: await readList(mapping, mappingListSchema, 'PARAMETER_INVALID') })
  }
}

async function readList<T>(
  file: string,
  schema: ZodType<T>,
  code: 'CONTRACT_INVALID' | 'PARAMETER_INVALID'
): Promise<T> {
  const refuse = (why: string, cause?: unknown) => {
    return StimnetError.told(code, `${file}: ${why}`, cause)
  }
  const value: unknown = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch((cause: unknown) => {
      throw refuse('cannot be read as JSON', cause)
    })
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refuse(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim())
}

/**
 * The terms to sign, including the contract on which the chosen peers agree, so that each peer compares its catalog with the contract.
 * Throws SCHEMA_MISMATCH with the differences of each site and a mapping to complete.
 */
export function agreedTerms(
  ask: Terms & Pick<QuestionInput, 'program' | 'where' | 'set'>,
  chosen: readonly FoundCatalog[]
): Terms {
  const { contract = [], mappings = [], outputs } = ask
  const kept = { ...(outputs ? { outputs } : {}), contract, mappings }
  if (chosen.length < 2 && ask.set === undefined) return kept
  const report = compareFoundCatalogs(chosen, {
    program: ask.program,
    contract,
    mappings,
    ...(ask.where ? { where: ask.where } : {}),
    ...(ask.set === undefined ? {} : { set: ask.set })
  })
  if (report.differences.length === 0) return { ...kept, contract: report.contract }
  const nameOf = (site: string) => chosen.find(({ peer_id }) => peer_id === site)?.institution || site
  const words = printable(differencesInWords(report.differences, nameOf))
  const reason = `The catalogs of these peers differ in what the program uses: ${words}.\n${skeletonText(report.skeleton)}`
  throw StimnetError.told('SCHEMA_MISMATCH', reason)
}
