/** A request signed by the researcher's own key, so that neither gateway nor asking peer need be trusted. */
import {
  type About,
  aboutToMessage,
  type Clock,
  checkFilter,
  contractToMessage,
  cryptographicRandom,
  type Filter,
  filterToMessage,
  LIMITS,
  messages,
  type OutputDeclarationInput,
  type PrivacyAskInput,
  type Program,
  parseKeyId,
  privacyAskToMessage,
  programToMessage,
  type RandomSource,
  type Signer,
  StimnetError,
  schemaTermsToMessage,
  seal,
  systemClock,
  toHex,
  type UploadedFile,
  uploadsToMessage,
  type VariableContractInput,
  type VariableMappingInput
} from '@stimnet/protocol'

/** What is asked, of whom, and who signs. */
export interface SignRequestOptions {
  readonly signer: Signer
  readonly catalog: string
  readonly program: Program
  /** PeerIds; nobody else may run it. */
  readonly targets: readonly string[]
  /**
   * PeerId of the peer whose gateway it is submitted to (`peer_id` of `Client.health`): no other may bring it. Needed with
   * several targets, each of which holds the request and could otherwise take another's answer.
   */
  readonly carrier?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Column to value or list of values; all must hold. */
  readonly filters?: Readonly<Record<string, unknown>>
  /** The full filter language; joined to `filters` by and. */
  readonly where?: Filter
  /** GA4GH DUO terms. */
  readonly purpose?: readonly string[]
  readonly project?: string
  /** Which claim is asked for; P1 unless given. */
  readonly privacy?: PrivacyAskInput
  /** Typed outputs that a script promises; the default contract unless given. */
  readonly outputs?: readonly OutputDeclarationInput[]
  /** What each variable is taken to be: a peer that differs refuses. */
  readonly contract?: readonly VariableContractInput[]
  /** How a site's own variables read in the request's. */
  readonly mappings?: readonly VariableMappingInput[]
  /** Files that a script reads, as an upload of them was answered; upload them before you submit. */
  readonly uploads?: readonly Pick<UploadedFile, 'name' | 'sha256' | 'size'>[]
  readonly title?: string
  /** People decide first, also where the catalog would run it by itself. */
  readonly review?: boolean
  /** For those people. */
  readonly about?: About
  /** JWTs of institutions that vouch for the signer; see `stimnet vouch`. */
  readonly credentials?: readonly string[]
  /** Default: each catalog's own limit. */
  readonly wallTimeMsMax?: number
  readonly clock?: Clock
  readonly random?: RandomSource
  /** Default five minutes, at most ten: how long a peer may still accept it. */
  readonly lifetimeMs?: number
}

/** A signed request, ready for `submitBroadcast`. */
export interface SignedRequest {
  readonly envelope: Uint8Array
  /** The same as text: a compact JWS. */
  readonly text: string
  /** By this a receipt names the request it answers. */
  readonly hash: string
  readonly targets: readonly string[]
}

const LIFETIME_MS_DEFAULT = LIMITS.requestLifetimeMsMax / 2

/** Throws KEY_UNSUPPORTED for a target or carrier that is no PeerId, FILTER_INVALID, PARAMETER_INVALID, LIFETIME_TOO_LONG, TOO_LARGE. */
export async function signRequest(options: SignRequestOptions): Promise<SignedRequest> {
  const targets = [...new Set(options.targets.map(parseKeyId))]
  if (targets.length === 0) throw new StimnetError('PARAMETER_INVALID', 'a request without a target')
  const carrier = options.carrier === undefined ? '' : parseKeyId(options.carrier)
  if (carrier === '' && targets.length > 1) {
    const reason = 'A request to several institutions names its carrier: the PeerId of the gateway it is submitted to.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const lifetimeMs = options.lifetimeMs ?? LIFETIME_MS_DEFAULT
  if (!(lifetimeMs <= LIMITS.requestLifetimeMsMax)) throw new StimnetError('LIFETIME_TOO_LONG', 'signing a request')
  const random = options.random ?? cryptographicRandom
  const { bytes: envelope, hash } = await seal({
    type: 'job-request',
    body: bodyOf(options, { carrier, broadcast: targets.length > 1 ? toHex(random.bytes(16)) : '' }),
    signer: options.signer,
    clock: options.clock ?? systemClock,
    audience: targets,
    lifetimeMs,
    nonce: random.bytes(16)
  })
  return { envelope, text: new TextDecoder().decode(envelope), hash, targets }
}

function bodyOf(options: SignRequestOptions, named: { carrier: string; broadcast: string }): Uint8Array {
  const { where } = options
  return messages.JobRequest.encode({
    catalog: options.catalog,
    purpose: [...(options.purpose ?? [])],
    project: options.project ?? '',
    // The serving peer joins `filters` to this, since it alone knows which of them are variables.
    ...(where === undefined ? {} : { cohort: filterToMessage(checkFilter(where)) }),
    program: programToMessage(options.program),
    parametersJson: JSON.stringify(options.parameters ?? {}),
    filtersJson: JSON.stringify(options.filters ?? {}),
    wallTimeMsMax: options.wallTimeMsMax ?? 0,
    custody: 'requester',
    title: options.title ?? '',
    ...named,
    review: options.review ?? false,
    credentials: [...(options.credentials ?? [])],
    ...(options.about === undefined ? {} : { about: aboutToMessage(options.about) }),
    ...(options.privacy === undefined ? {} : { privacy: privacyAskToMessage(options.privacy) }),
    outputs: contractToMessage(options.outputs ?? []),
    uploads: uploadsToMessage((options.uploads ?? []).map(({ name, sha256, size }) => ({ name, sha256, size }))),
    ...schemaTermsToMessage({ contract: options.contract ?? [], mappings: options.mappings ?? [] })
  })
}
