/** What to do about a question that an institution refused because of who signed it. */
import type { BroadcastPart } from '@stimnet/sdk'

const KEY_PAGE_CODES = ['EXPIRED', 'NOT_YET_VALID', 'SIGNATURE_INVALID', 'AUDIENCE_MISMATCH', 'MALFORMED', 'TOO_LARGE']

/** One sentence a cause, with the institutions it is about. `own`: this browser signed it with the researcher's own key. */
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
  const unfit = own ? refused(...KEY_PAGE_CODES) : ''
  return [
    ...(unknown === '' ? [] : [own ? keyUnknown(unknown) : gatewayUnknown(unknown)]),
    ...(custody === '' ? [] : [`${custody}: only a signature of your own counts there. Sign with your own key.`]),
    ...(unfit === ''
      ? []
      : [
          `${unfit}: the signature or a credential did not hold. Are the clock of this machine and your credentials right?`
        ])
  ]
}

function keyUnknown(names: string): string {
  return `${names}: your key is not known there. Send its id to the stewards, who list it among their requesters; or have your own institution vouch for it, and add the credential. Then ask again.`
}

function gatewayUnknown(names: string): string {
  return `${names}: the accounts of this gateway may not ask there. A key of your own may, once the stewards list it or your institution vouches for it.`
}
