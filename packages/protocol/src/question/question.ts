/** A question, the content of a request independent of its signer and carrier, and its conversion to and from the wire. */
import type { Encodable, wire } from '../wire/wire.ts'
import { type About, aboutToMessage } from './about.ts'
import { checkFilter, type Filter, filterFromMessage, filterToMessage } from './cohort.ts'
import {
  contractFromMessage,
  contractToMessage,
  type OutputDeclaration,
  type OutputDeclarationInput
} from './contract/contract.ts'
import { type PrivacyAsk, type PrivacyAskInput, privacyAskFromMessage, privacyAskToMessage } from './privacy-ask.ts'
import { type Program, parseJsonObject, programFromMessage, programToMessage } from './program.ts'
import { type UploadedFile, uploadsFromMessage, uploadsToMessage } from './upload.ts'
import {
  type SchemaTerms,
  schemaTermsFromMessage,
  schemaTermsToMessage,
  type VariableContractInput,
  type VariableMappingInput
} from './contract/variable-contract.ts'

/** The content of a request. */
export interface Question extends SchemaTerms {
  readonly catalog: string
  readonly program: Program
  /** Parameters that a script receives. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The cohort in the simple REST form: column to value or list of values, all of which must hold. */
  readonly filters: Readonly<Record<string, unknown>>
  /** The cohort in the full filter language; both `filters` and `where` must hold. */
  readonly where?: Filter
  /** The name of the catalog's analysis set to which the cohort is restricted. */
  readonly set?: string
  /** Purpose, as GA4GH DUO terms. */
  readonly purpose: readonly string[]
  readonly project: string
  /** The id of the data permit under which the question is asked; absent if there is none. */
  readonly permit?: string
  /** The requested assurance level, and the budget that the question may spend. */
  readonly privacy: PrivacyAsk
  /** Typed outputs that a script declares; empty for the default contract. */
  readonly outputs: readonly OutputDeclaration[]
  /** Files that a script reads in addition to its tables. */
  readonly uploads: readonly UploadedFile[]
  readonly title: string
  /** Whether stewards decide first, even if the catalog would run the program without asking. */
  readonly review: boolean
}

/** The fields that differ in a question as input, before defaults. */
interface Written {
  /** Default: P1. */
  readonly privacy?: PrivacyAskInput
  readonly outputs?: readonly OutputDeclarationInput[]
  /** The requester's definitions of variables. A peer whose definitions differ refuses the request. */
  readonly contract?: readonly VariableContractInput[]
  /** Mappings of sites' variables to those of the request. */
  readonly mappings?: readonly VariableMappingInput[]
  /** The description for the stewards who decide. */
  readonly about?: About
  /** Time limit of a run, ms. Default: the catalog's own limit. */
  readonly wallTimeMsMax?: number
}

/** A question as input. Fields with a default may be left out. */
export type QuestionInput = Pick<Question, 'catalog' | 'program'> & Partial<Omit<Question, keyof Written>> & Written

/** Encodes a question for the wire. Throws FILTER_INVALID, PARAMETER_INVALID, CONTRACT_INVALID. */
export function questionToMessage(question: QuestionInput): Encodable<wire.JobRequest> {
  const { where, about, privacy, uploads = [], contract = [], mappings = [] } = question
  return {
    catalog: question.catalog,
    purpose: [...(question.purpose ?? [])],
    project: question.project ?? '',
    // The serving peer combines `filters` with the cohort, since only it knows which filters are variables.
    ...(where === undefined ? {} : { cohort: filterToMessage(checkFilter(where)) }),
    ...(question.set === undefined ? {} : { set: { name: question.set } }),
    ...(question.permit === undefined ? {} : { permit: question.permit }),
    program: programToMessage(question.program),
    parametersJson: JSON.stringify(question.parameters ?? {}),
    filtersJson: JSON.stringify(question.filters ?? {}),
    wallTimeMsMax: question.wallTimeMsMax ?? 0,
    title: question.title ?? '',
    review: question.review ?? false,
    ...(about === undefined ? {} : { about: aboutToMessage(about) }),
    ...(privacy === undefined ? {} : { privacy: privacyAskToMessage(privacy) }),
    outputs: contractToMessage(question.outputs ?? []),
    uploads: uploadsToMessage(uploads.map(({ name, sha256, size }) => ({ name, sha256, size }))),
    ...schemaTermsToMessage({ contract, mappings })
  }
}

/** Decodes a question from the wire, except for its description, which `aboutFromMessage` decodes. Throws the errors of its parts. */
export function questionFromMessage(request: wire.JobRequest): Question {
  return {
    catalog: request.catalog,
    program: programFromMessage(request.program),
    parameters: parseJsonObject(request.parametersJson),
    filters: parseJsonObject(request.filtersJson),
    ...(request.cohort ? { where: filterFromMessage(request.cohort) } : {}),
    ...(request.set ? { set: request.set.name } : {}),
    purpose: request.purpose,
    project: request.project,
    ...(request.permit === '' ? {} : { permit: request.permit }),
    privacy: privacyAskFromMessage(request.privacy),
    outputs: contractFromMessage(request.outputs),
    uploads: uploadsFromMessage(request.uploads),
    title: request.title,
    review: request.review,
    ...schemaTermsFromMessage(request)
  }
}
