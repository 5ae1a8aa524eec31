/** The uploaded files of an account, for the gateway. */
import type { Account, GatewayPeer, UploadView } from '@stimnet/gateway'
import { StimnetError } from '@stimnet/protocol'
import type { RequestStore } from '../store/requests.ts'
import type { UploadRecord, UploadStore } from '../store/uploads.ts'

/** Dependencies of the methods for uploads. */
export interface UploadViewParts {
  readonly uploads: UploadStore
  readonly requests: Pick<RequestStore, 'open'>
}

/** The gateway's methods for uploads. */
export function uploadMethods({
  uploads,
  requests
}: UploadViewParts): Pick<GatewayPeer, 'upload' | 'uploads' | 'removeUpload'> {
  return {
    upload: async (file, account) => viewOf(await uploads.add({ ...file, owner: account.name })),
    uploads: (account, kind) => uploads.list(account.name, kind).map(viewOf),
    removeUpload: async (named: string, account: Account) => {
      const found = uploads.find(account.name, named)
      if (!found) return false
      const open = await requests.open()
      if (open.some((request) => request.uploads?.some(({ id }) => id === found.id))) {
        const reason = 'A request that has not ended needs this file. Cancel it, or wait for its end.'
        throw new StimnetError('PARAMETER_INVALID', reason, { reason })
      }
      return uploads.remove(account.name, found.id)
    }
  }
}

function viewOf({ owner: _, ...view }: UploadRecord): UploadView {
  return view
}
