/** Sends a question that the researcher's own key signs. The question is stored here before it leaves the browser. */
import {
  type Clock,
  type Code,
  codeOf,
  LIMITS,
  type RandomSource,
  StimnetError,
  signerFromKey
} from '@stimnet/protocol'
import { type Client, type SignedRequest, signRequest } from '@stimnet/sdk'
import { findAsked, nameAsked, rememberAsked } from '../../key/asked.ts'
import { credentialsFor } from '../../key/credentials.ts'
import { type HeldKey, keyOf } from '../../key/keys.ts'
import type { Signable } from './signable.ts'

/** The client and the key with which the question is sent. */
export interface SendingParts {
  readonly client: Pick<Client, 'health' | 'submitBroadcast'>
  readonly clock: Clock
  readonly random: RandomSource
}

/** The question and its signer. */
export interface Sending {
  readonly ask: Signable
  /** The key that the page showed. */
  readonly shown: Pick<HeldKey, 'id' | 'account'>
  /** The name that the page showed for each PeerId. */
  readonly names: Readonly<Record<string, string>>
  /** The same question, signed earlier and not answered. The same bytes are one question, however often they are sent. */
  readonly again: SignedRequest | undefined
  /** Called before the question is sent. */
  readonly signed: (request: SignedRequest) => void
}

/** The errors for a signed request whose time differs too much from the gateway's. */
const UNTIMELY: readonly Code[] = ['EXPIRED', 'NOT_YET_VALID']

/** Returns the gateway's id of the question. Throws the errors of signing and submitting, and KEY_UNSUPPORTED if the key is gone. */
export async function sendSigned(parts: SendingParts, sending: Sending): Promise<string> {
  const { again } = sending
  try {
    if (again) return await hand(parts, sending, again)
  } catch (error) {
    // A gateway that had received the earlier request would return its id even now. It was lost on the way and has expired: sign
    // anew.
    if (!UNTIMELY.includes(codeOf(error))) throw error
  }
  try {
    return await hand(parts, sending, await sign(parts, sending))
  } catch (cause) {
    const code = codeOf(cause)
    if (!UNTIMELY.includes(code)) throw cause
    const reason =
      'The clocks of this machine and of the gateway differ by more than a minute. Correct them, then send it again.'
    throw new StimnetError(code, 'signing at another time', { cause, reason })
  }
}

async function sign(
  { client, clock, random }: SendingParts,
  { ask, shown, names, signed }: Sending
): Promise<SignedRequest> {
  // Read again: another tab may have deleted or replaced the key.
  const held = await keyOf(shown.account)
  if (held?.id !== shown.id) {
    const reason = 'The key that this page showed is no longer in this browser. See the page “Your key”.'
    throw new StimnetError('KEY_UNSUPPORTED', 'signing with a key that is gone', { reason })
  }
  const { peer_id: carrier } = await client.health()
  const nowMs = clock.now()
  const request = await signRequest({
    ...ask,
    carrier,
    clock,
    random,
    signer: signerFromKey(held),
    credentials: credentialsFor(ask.targets, { credentials: held.credentials, nowMs }),
    // As long as for a request that the gateway signs, so that it still reaches an institution that is unreachable for minutes.
    lifetimeMs: LIMITS.requestLifetimeMsMax
  })
  await rememberAsked({ account: shown.account, hash: request.hash, text: request.text, names, atMs: nowMs })
  signed(request)
  return request
}

async function hand({ client }: SendingParts, { shown }: Sending, request: SignedRequest): Promise<string> {
  const { id } = await client.submitBroadcast(request)
  const named = { account: shown.account, hash: request.hash, id }
  await nameAsked(named)
  const asked = await findAsked(shown.account, { id })
  // If another tab has just deleted the stored questions, nothing can be compared; the question's page says so.
  if (asked === undefined || asked.hash === request.hash) return id
  const reason =
    'The gateway answered with the number of another question that this browser signed. Do not trust this gateway.'
  throw new StimnetError('SIGNATURE_INVALID', 'a number of another question', { reason })
}
