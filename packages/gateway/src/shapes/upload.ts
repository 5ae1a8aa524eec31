/** Uploaded files for the wire, and as a submission names them. */
import type { BroadcastSubmission, UploadedFile } from '@stimnet/api'
import type { UploadView } from '../peer.ts'
import { isoOf } from './time.ts'

/** As the peer takes them. */
export function uploadsAsked({ uploaded_file_ids: ids }: Pick<BroadcastSubmission, 'uploaded_file_ids'>) {
  return ids && ids.length > 0 ? { uploads: ids.map(String) } : {}
}

/** A file for the wire. */
export function uploadOf(view: UploadView): UploadedFile {
  return {
    id: view.number,
    file_id: view.id,
    filename: view.filename,
    file_type: view.kind,
    name: view.name,
    size: view.size,
    sha256: view.sha256,
    uploaded_at: isoOf(view.uploadedAtMs),
    expires_at: isoOf(view.expiresAtMs)
  }
}
