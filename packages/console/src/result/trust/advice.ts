/** Advice about a question that an institution refused because of its signer. */
import type { BroadcastPart } from '@stimnet/sdk'

const KEY_PAGE_CODES = ['EXPIRED', 'NOT_YET_VALID', 'SIGNATURE_INVALID', 'AUDIENCE_MISMATCH', 'MALFORMED', 'TOO_LARGE']

/** One sentence per cause, with the institutions concerned. `own`: this browser signed the question with the researcher's own key. */
export function adviceOf(
  parts: readonly Pick<BroadcastPart, 'state' | 'code' | 'institution' | 'node_id'>[],
  { own }: { own: boolean }
): string[] {
  const refused = (...codes: readonly string[]) =>
    parts
      .filter(({ state, code }) => state === 'denied' && code !== null && codes.includes(code))
      .map(({ institution, node_id }) => institution || node_id)
      .join(', ')
  const unknown = refused('REQUESTER_NOT_PERMITTED')
  const custody = refused('CUSTODY_NOT_PERMITTED')
  const withdrawn = refused('CREDENTIAL_WITHDRAWN')
  const unfit = own ? refused(...KEY_PAGE_CODES) : ''
  return [
    ...(unknown === '' ? [] : [own ? keyUnknown(unknown) : gatewayUnknown(unknown)]),
    ...(custody === '' ? [] : [`${custody}: only your own signature is accepted there. Sign with your own key.`]),
    ...(withdrawn === ''
      ? []
      : [
          `${withdrawn}: the institution that vouched for your key has withdrawn that credential. Ask it for a new one.`
        ]),
    ...(unfit === ''
      ? []
      : [
          `${unfit}: the signature or a credential was not valid. Check the clock of this machine and your credentials.`
        ])
  ]
}

function keyUnknown(names: string): string {
  return `${names}: your key is not known there. Ask the stewards to list its id among their requesters, or have your own institution vouch for it and add the credential. Then ask again.`
}

function gatewayUnknown(names: string): string {
  return `${names}: the accounts of this gateway may not ask there. You may ask with a key of your own, once the stewards list it or your institution vouches for it.`
}
