/** The uploaded files of an account, for the gateway. */
import { isoOf, type UploadedFile } from '@stimnet/api'
import type { Account, GatewayPeer } from '@stimnet/gateway'
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
    upload: async (file, account) => fileOf(await uploads.add({ ...file, owner: account.name })),
    uploads: (account, kind) => uploads.list(account.name, kind).map(fileOf),
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

function fileOf({
  id,
  number,
  filename,
  kind,
  name,
  size,
  sha256,
  uploadedAtMs,
  expiresAtMs
}: UploadRecord): UploadedFile {
  return {
    id: number,
    file_id: id,
    filename,
    file_type: kind,
    name,
    size,
    sha256,
    uploaded_at: isoOf(uploadedAtMs),
    expires_at: isoOf(expiresAtMs)
  }
}
