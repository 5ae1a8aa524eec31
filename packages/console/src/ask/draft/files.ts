/** Files of a question, as the form holds and sends them. */
import { LIMITS, StimnetError } from '@stimnet/protocol'
import type { UploadedFile } from '@stimnet/sdk'
import { bytesInWords } from '../../words/number.ts'

/** A file that the script reads. */
export type ChosenFile = Pick<UploadedFile, 'file_id' | 'name' | 'sha256' | 'size'>

/** The file as it is sent, without the fields for its owner. */
export function chosenOf({ file_id, name, sha256, size }: UploadedFile): ChosenFile {
  return { file_id, name, sha256, size }
}

/** The error for a file that is too large for the gateway; undefined if the gateway would accept the file. */
export function tooLarge({ name, size }: { readonly name: string; readonly size: number }): StimnetError | undefined {
  if (size <= LIMITS.uploadBytesMax) return undefined
  const reason = `${name} has ${bytesInWords(size)}; a file may have at most ${bytesInWords(LIMITS.uploadBytesMax)}.`
  return new StimnetError('TOO_LARGE', 'bringing a file', { reason })
}

/** The name that two files share, if any. A script finds its files by name, so names must be unique. */
export function namedAlike(files: readonly ChosenFile[]): string | undefined {
  return files.find(({ name }, at) => files.slice(0, at).some((other) => other.name === name))?.name
}

/** Adds a file; it replaces one of the same name. */
export function withFile(files: readonly ChosenFile[], file: ChosenFile): ChosenFile[] {
  return [...files.filter(({ name }) => name !== file.name), file]
}

/** Removes a file. */
export function withoutFile(files: readonly ChosenFile[], id: string): ChosenFile[] {
  return files.filter(({ file_id }) => file_id !== id)
}
