/** Files of a question, as the form holds them and as it is sent. */
import { LIMITS, StimnetError } from '@stimnet/protocol'
import type { UploadedFile } from '@stimnet/sdk'
import { bytesInWords } from '../../words/number.ts'

/** A file that the script reads. */
export type ChosenFile = Pick<UploadedFile, 'file_id' | 'name' | 'sha256' | 'size'>

/** The file as it is sent, without the fields for its owner. */
export function chosenOf({ file_id, name, sha256, size }: UploadedFile): ChosenFile {
  return { file_id, name, sha256, size }
}

/** What to say of a file that the gateway would refuse after it was sent; undefined where it takes it. */
export function tooLarge({ name, size }: { readonly name: string; readonly size: number }): StimnetError | undefined {
  if (size <= LIMITS.uploadBytesMax) return undefined
  const reason = `${name} has ${bytesInWords(size)}; a file may have at most ${bytesInWords(LIMITS.uploadBytesMax)}.`
  return new StimnetError('TOO_LARGE', 'bringing a file', { reason })
}

/** A script finds its files by name: of two that are called alike it would find one. */
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
