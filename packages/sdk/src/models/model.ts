/** Models over institutions: requested, awaited, and fitted here to the signed answers. */
import type { Broadcast, BroadcastSubmission, FoundCatalog } from '@stimnet/api'
import {
  type Clock,
  type Code,
  type Filter,
  isCode,
  MODEL_ROUNDS_MAX,
  type ModelResult,
  printable,
  type QuestionInput,
  type Signer,
  StimnetError,
  systemClock
} from '@stimnet/protocol'
import { askedProgramOf } from '../asked.ts'
import { type Awaited, type AwaitedOptions, withAwaited } from '../awaited.ts'
import { compareFoundCatalogs } from '../schema.ts'
import { type SignedRequest, signRequest } from '../signed/sign.ts'
import { statisticText } from '../statistic.ts'
import { type VerifiedBroadcast, verifyAndPool } from '../signed/verify.ts'
import { type ModelAsked, modelCall } from './families.ts'
import { checkModel, isLeftToMapping } from './formula.ts'
import { fitInRounds, type ModelRound, modelOfRounds, roundAnswered, roundNotes } from './rounds.ts'
import { type CoefficientRow, coefficientRows, type ForestRow, forestRows } from './rows.ts'
import { modelText } from './text.ts'

/** The cohort, the targets and the signer of a model. */
export interface ModelOptions
  extends Omit<ModelAsked, 'formula' | 'roster' | 'round'>,
    Pick<QuestionInput, 'purpose' | 'project' | 'permit' | 'title' | 'mappings' | 'privacy'> {
  /** The name of the catalog. */
  readonly catalog: string
  /** Cohort. Default: everybody in the catalog. */
  readonly where?: Filter
  /** PeerIds or node ids. Default: every institution that offers the catalog. */
  readonly targets?: readonly string[]
  /** The researcher's own key; then only receipts of this very request count. Default: the gateway signs for the account. */
  readonly signer?: Signer
  /** With `signer`: JWTs of institutions that vouch for its key. */
  readonly credentials?: readonly string[]
  /** For a model in rounds: called after each round; the next round waits for it. */
  readonly onRound?: (round: ModelRound) => unknown
  /**
   * Called repeatedly while institutions have not answered, first after some seconds. `round`: null unless the model is fitted in
   * rounds.
   */
  readonly onAwaited?: (awaited: Awaited & { readonly round: number | null }) => unknown
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** The fit of one institution alone. */
export interface ModelSite {
  /** PeerId of the institution. */
  readonly site: string
  readonly institution: string
  readonly n: number
  /** Residual standard deviation. */
  readonly sigma: number | null
  readonly coefficients: readonly CoefficientRow[]
}

/** A fitted model. */
export interface Model {
  /** The canonical formula. */
  readonly formula: string
  /** Number of people in the fit. */
  readonly n: number
  readonly coefficients: readonly CoefficientRow[]
  /** The fit of each institution alone. */
  readonly sites: readonly ModelSite[]
  /** Institutions that are not in the model, each with the code of the reason. */
  readonly missing: readonly { readonly site: string; readonly institution: string; readonly code: string }[]
  /** Remarks for the reader, for example about an institution with other levels. */
  readonly notes: readonly string[]
  /** All numbers of the fit: df, sigma, R², log-likelihood, AIC. */
  readonly result: ModelResult
  /** The verified answers of the institutions; for a model in rounds, those of the last round that all institutions answered. */
  readonly verified: VerifiedBroadcast
  /** For a model in rounds: each round with its signed answers. */
  readonly rounds?: readonly ModelRound[]
  /** Tables of all coefficients and of each institution, as text. */
  summary(): string
  /** A coefficient at each institution, then the pooled one. Throws PARAMETER_INVALID for an unknown term. */
  forest(term: string): ForestRow[]
}

/** The client methods that fitting a model needs. */
export interface ModelClient {
  meshCatalogs(words: string, options?: { signal?: AbortSignal }): Promise<FoundCatalog[]>
  health(options?: { signal?: AbortSignal }): Promise<{ readonly peer_id: string }>
  submitBroadcast(
    submission: BroadcastSubmission | SignedRequest,
    options?: { signal?: AbortSignal }
  ): Promise<{ readonly id: string }>
  watchBroadcast(id: string, options?: { signal?: AbortSignal }): AsyncIterable<Broadcast>
  broadcast(id: string, options?: { signal?: AbortSignal }): Promise<Broadcast>
}

/**
 * Asks for a model and waits for it. Throws before anything is sent: NO_PROVIDERS, PARAMETER_INVALID, VARIABLE_UNKNOWN or
 * VARIABLE_AMBIGUOUS (a `FormulaError` if the error has a position in the formula), SCHEMA_MISMATCH. Throws the code of the first
 * institution if no institution released anything to which a model can be fitted. With `privacy` of P2, the model spends a budget;
 * `privacyCost` returns its price beforehand. A logistic or Poisson model with a number as a term is fitted in up to four rounds; after an
 * interruption, the same call continues the fit.
 */
export async function askModel(client: ModelClient, formula: string, options: ModelOptions): Promise<Model> {
  const { catalog, targets, signal } = options
  const waiting = signal === undefined ? {} : { signal }
  const found = (await client.meshCatalogs(catalog, waiting)).filter(
    ({ name, peer_id, node_id }) =>
      name === catalog && (targets === undefined || targets.includes(peer_id) || targets.includes(node_id))
  )
  if (found.length === 0) {
    const reason = `No peer that can be reached offers ${catalog}.`
    throw new StimnetError('NO_PROVIDERS', reason, { reason })
  }
  // The request of a model in rounds names its institutions.
  const roster = found.map(({ peer_id }) => peer_id).sort()
  const asked = { ...options, formula, roster }
  const checked = checkModel(found, asked)
  if (!checked.ok && !isLeftToMapping(checked, options.mappings)) throw checked.error
  const ask = (round?: ModelAsked['round']) =>
    askStatistic(client, modelCall(round === undefined ? asked : { ...asked, round }), {
      found,
      options,
      round: round?.round ?? null
    })
  // With a mapping, only the answer shows whether the model needs rounds. A model with noise has no rounds.
  const isNoisy = options.privacy?.level === 'P2'
  if (!isNoisy && (checked.ok ? checked.inRounds : options.family !== undefined && options.family !== 'gaussian')) {
    const roundsMax = options.site === 'meta' ? 0 : MODEL_ROUNDS_MAX
    return modelFrom(await fitInRounds({ roster, ask, roundsMax, onRound: options.onRound }))
  }
  const { broadcast, known } = await ask()
  return modelIn(broadcast, known)
}

/** Submits one question, signed for the account or with the researcher's key, and waits for its end. */
async function askStatistic(
  client: ModelClient,
  statistic: ReturnType<typeof modelCall>,
  {
    found,
    options,
    round
  }: { readonly found: readonly FoundCatalog[]; readonly options: ModelOptions; readonly round: number | null }
): Promise<{ broadcast: Broadcast; known: NonNullable<Parameters<typeof verifyAndPool>[1]> }> {
  const { catalog, where, targets, signer, clock, signal, onAwaited } = options
  const waiting = signal === undefined ? {} : { signal }
  const ended = (id: string) =>
    endOf(client, id, {
      ...waiting,
      clock: clock ?? systemClock,
      onAwaited: onAwaited && ((awaited) => onAwaited({ ...awaited, round }))
    })
  const terms = termsOf(options)
  const timed = clock === undefined ? {} : { clock }
  const program = { kind: 'statistic', statistic } as const
  // A roster must be the targets, even if another institution offers the catalog meanwhile.
  const named = 'roster' in statistic.arguments ? found.map(({ peer_id }) => peer_id) : (targets ?? '*')
  if (signer === undefined) {
    const { id } = await client.submitBroadcast(
      {
        ...terms,
        targets: named,
        data_catalog_name: catalog,
        script_type: 'statistic',
        script_content: statisticText(statistic)
      } as BroadcastSubmission,
      waiting
    )
    const broadcast = await ended(id)
    const asked = { program, contract: (broadcast.asked && askedProgramOf(broadcast.asked)?.contract) ?? [] }
    return { broadcast, known: { asked, ...timed } }
  }
  const contract = agreedOn(found, { program, where, mappings: options.mappings })
  const signed = await signRequest({
    catalog,
    program,
    signer,
    ...terms,
    ...timed,
    targets: found.map(({ peer_id }) => peer_id),
    carrier: (await client.health(waiting)).peer_id,
    contract,
    ...(options.credentials === undefined ? {} : { credentials: options.credentials })
  })
  const { id } = await client.submitBroadcast(signed, waiting)
  const asked = { program, contract }
  const known = { requestHash: signed.hash, peers: signed.targets, asked, ...timed }
  return { broadcast: await ended(id), known }
}

/** The terms that both kinds of submission have. */
function termsOf({ where, purpose, project, permit, title, mappings, privacy }: ModelOptions) {
  return {
    ...(where === undefined ? {} : { where }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(project === undefined ? {} : { project }),
    ...(permit === undefined ? {} : { permit }),
    ...(title === undefined ? {} : { title }),
    ...(mappings === undefined ? {} : { mappings }),
    ...(privacy === undefined ? {} : { privacy })
  }
}

/** The contract on which the institutions agree. Throws SCHEMA_MISMATCH if they differ. */
function agreedOn(
  found: readonly FoundCatalog[],
  {
    where,
    mappings,
    program
  }: {
    readonly program: Parameters<typeof compareFoundCatalogs>[1]['program']
    readonly where: Filter | undefined
    readonly mappings: QuestionInput['mappings']
  }
) {
  const options = {
    program,
    ...(where === undefined ? {} : { where }),
    ...(mappings === undefined ? {} : { mappings })
  }
  const { contract, differences } = compareFoundCatalogs(found, options)
  const [first] = differences
  if (first === undefined) return contract
  const name = found.find(({ peer_id }) => peer_id === first.site)?.institution ?? first.site
  const reason = printable(
    `The institutions describe a variable differently: ${first.field} of ${first.variable} is “${first.found}” at ${name}, not “${first.expected}”.`
  )
  throw new StimnetError('SCHEMA_MISMATCH', reason, { reason })
}

async function endOf(
  client: ModelClient,
  id: string,
  { clock, onAwaited, ...waiting }: AwaitedOptions & { readonly signal?: AbortSignal }
): Promise<Broadcast> {
  for await (const _ of withAwaited(client.watchBroadcast(id, waiting), { clock, onAwaited })) void _
  return client.broadcast(id, waiting)
}

/** The model in an answer, computed from its receipts only. Throws the code of the first institution if there is no model. */
export async function modelIn(broadcast: Broadcast, options: Parameters<typeof verifyAndPool>[1] = {}): Promise<Model> {
  const verified = await verifyAndPool(broadcast, options)
  const [result] = verified.pooled.models ?? []
  return modelMade(result, { broadcast, verified })
}

/** The model of the last round that every institution answered. Throws the errors of `modelIn`. */
function modelFrom(rounds: readonly ModelRound[]): Model {
  const { broadcast, verified } = roundAnswered(rounds)
  const model = modelMade(modelOfRounds(rounds), { broadcast, verified })
  const names = new Map(broadcast.parts.map(({ peer_id, institution }) => [peer_id, institution || peer_id]))
  const more = roundNotes(rounds, (site) => names.get(site) ?? site)
  return {
    ...model,
    notes: [...model.notes, ...more],
    rounds,
    summary: () => [model.summary(), ...more.map((note) => `${printable(note)}\n`)].join('')
  }
}

function modelMade(
  result: ModelResult | undefined,
  { broadcast, verified }: { readonly broadcast: Broadcast; readonly verified: VerifiedBroadcast }
): Model {
  const names = new Map(broadcast.parts.map(({ peer_id, institution }) => [peer_id, institution || peer_id]))
  const nameOf = (site: string) => names.get(site) ?? site
  if (result === undefined) throw noModel(broadcast, verified, nameOf)
  return {
    formula: result.formula,
    n: result.n,
    result,
    verified,
    coefficients: coefficientRows(result, nameOf),
    sites: (result.sites ?? []).map(({ site, n, sigma, coefficients }) => ({
      site,
      institution: nameOf(site),
      n,
      sigma,
      coefficients: coefficientRows({ ...result, coefficients }, nameOf)
    })),
    missing: verified.pooled.missing.map(({ site, code }) => ({ site, institution: nameOf(site), code })),
    notes: verified.pooled.notes,
    summary: () => modelText(result, nameOf),
    forest: (term) => forestRows(result, term, nameOf)
  }
}

/**
 * The error that states for each institution why it contributed nothing. Reasons, and codes without a receipt, are stated by the
 * gateway only.
 */
function noModel(
  broadcast: Broadcast,
  { parts, pooled }: VerifiedBroadcast,
  nameOf: (site: string) => string
): StimnetError {
  const codeAt = (site: string) => pooled.missing.find((one) => one.site === site)?.code
  const codes = [...parts.map(({ peerId, code }) => code ?? codeAt(peerId)), broadcast.code].flatMap((code): Code[] =>
    code && isCode(code) ? [code] : []
  )
  const each = parts.map(({ peerId, code }) => {
    const why = broadcast.parts.find(({ peer_id }) => peer_id === peerId)?.reason
    return `${nameOf(peerId)}: ${code ?? codeAt(peerId) ?? 'no model'}${why ? ` (${why})` : ''}`
  })
  // Notes about institutions that answered but whose answers do not count.
  const unlike = parts.some(({ output }) => output !== null) ? pooled.notes : []
  const reason =
    `No institution gave what a model can be fitted to. ${each.join(' ') || (broadcast.reason ?? '')} ${unlike.join(' ')}`.trim()
  const text = printable(reason)
  return new StimnetError(codes[0] ?? 'OUTPUT_NOT_RELEASABLE', text, { reason: text })
}
