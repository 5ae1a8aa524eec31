/** Requests signed with the researcher's own key, so that neither the gateway nor the asking peer need be trusted. */
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

/** The question, its targets and its signer. Files that the question names must be uploaded before it is submitted. */
export type SignRequestOptions = QuestionInput & {
  readonly signer: Signer
  /** PeerIds of the peers that may run the request. */
  readonly targets: readonly string[]
  /**
   * PeerId of the peer whose gateway receives the request (`peer_id` of `Client.health`); only this peer may deliver it. Required with
   * several targets, each of which has the request and could otherwise collect another target's answer.
   */
  readonly carrier?: string
  /** JWTs of institutions that vouch for the signer's key; see `stimnet vouch`. */
  readonly credentials?: readonly string[]
  readonly clock?: Clock
  readonly random?: RandomSource
  /** Validity of the request, ms. Default: five minutes; maximum: ten minutes. */
  readonly lifetimeMs?: number
}

/** A signed request, ready for `submitBroadcast`. */
export interface SignedRequest {
  readonly envelope: Uint8Array
  /** The envelope as text: a compact JWS. */
  readonly text: string
  /** Hash by which receipts refer to the request. */
  readonly hash: string
  readonly targets: readonly string[]
}

const LIFETIME_MS_DEFAULT = LIMITS.requestLifetimeMsMax / 2

/**
 * Signs a request. Throws KEY_UNSUPPORTED if a target or the carrier is not a PeerId, FILTER_INVALID, PARAMETER_INVALID,
 * LIFETIME_TOO_LONG, TOO_LARGE.
 */
export async function signRequest(options: SignRequestOptions): Promise<SignedRequest> {
  const targets = [...new Set(options.targets.map(parseKeyId))]
  if (targets.length === 0) throw new StimnetError('PARAMETER_INVALID', 'a request without a target')
  const carrier = options.carrier === undefined ? '' : parseKeyId(options.carrier)
  if (carrier === '' && targets.length > 1) {
    const reason = 'A request to several institutions names its carrier: the PeerId of the gateway it is submitted to.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
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
