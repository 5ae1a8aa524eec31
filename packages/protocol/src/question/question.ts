/** A question: what a request asks, whoever signs it and whoever runs it; to the wire and from it. */
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

/** What is asked. */
export interface Question extends SchemaTerms {
  readonly catalog: string
  readonly program: Program
  /** What a script finds as its parameters. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Column to value or list of values, all of which must hold: the cohort in the form that the documented API takes. */
  readonly filters: Readonly<Record<string, unknown>>
  /** The cohort in the full filter language; joined to `filters` by and. */
  readonly where?: Filter
  /** The name of an analysis set of the catalog, to which the cohort is restricted. */
  readonly set?: string
  /** GA4GH DUO terms. */
  readonly purpose: readonly string[]
  readonly project: string
  /** The id of the data permit under which it is asked; absent for none. */
  readonly permit?: string
  /** Which claim is asked for, and what it may spend. */
  readonly privacy: PrivacyAsk
  /** Typed outputs that a script promises; empty for the default contract. */
  readonly outputs: readonly OutputDeclaration[]
  /** Files that a script reads beside its tables. */
  readonly uploads: readonly UploadedFile[]
  readonly title: string
  /** People decide first, also where the catalog would run it by itself. */
  readonly review: boolean
}

/** What has another form, or more of it, where a question is written. */
interface Written {
  /** P1 unless given. */
  readonly privacy?: PrivacyAskInput
  readonly outputs?: readonly OutputDeclarationInput[]
  /** What each variable is taken to be: a peer that differs refuses. */
  readonly contract?: readonly VariableContractInput[]
  /** How a site's own variables read in the request's. */
  readonly mappings?: readonly VariableMappingInput[]
  /** For the people who decide. */
  readonly about?: About
  /** Default: each catalog's own limit. */
  readonly wallTimeMsMax?: number
}

/** A question as it is written: what has a default may be left out. */
export type QuestionInput = Pick<Question, 'catalog' | 'program'> & Partial<Omit<Question, keyof Written>> & Written

/** To the wire. Throws FILTER_INVALID, PARAMETER_INVALID, CONTRACT_INVALID. */
export function questionToMessage(question: QuestionInput): Encodable<wire.JobRequest> {
  const { where, about, privacy, uploads = [], contract = [], mappings = [] } = question
  return {
    catalog: question.catalog,
    purpose: [...(question.purpose ?? [])],
    project: question.project ?? '',
    // The serving peer joins `filters` to this, since it alone knows which of them are variables.
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

/** From the wire; its description is read by itself, with `aboutFromMessage`. Throws what its parts throw. */
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
