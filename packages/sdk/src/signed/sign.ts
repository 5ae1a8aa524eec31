/** A request signed by the researcher's own key, so that neither gateway nor asking peer need be trusted. */
import {
  type Clock,
  cryptographicRandom,
  LIMITS,
  messages,
  parseKeyId,
  type QuestionInput,
  questionToMessage,
  type RandomSource,
  type Signer,
  StimnetError,
  seal,
  systemClock,
  toHex
} from '@stimnet/protocol'

/** What is asked, of whom, and who signs. Upload the files that it names before you submit it. */
export type SignRequestOptions = QuestionInput & {
  readonly signer: Signer
  /** PeerIds; nobody else may run it. */
  readonly targets: readonly string[]
  /**
   * PeerId of the peer whose gateway it is submitted to (`peer_id` of `Client.health`): no other may bring it. Needed with
   * several targets, each of which holds the request and could otherwise take another's answer.
   */
  readonly carrier?: string
  /** JWTs of institutions that vouch for the signer; see `stimnet vouch`. */
  readonly credentials?: readonly string[]
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
  const credentials = [...(options.credentials ?? [])]
  return messages.JobRequest.encode({ ...questionToMessage(options), ...named, custody: 'requester', credentials })
}
