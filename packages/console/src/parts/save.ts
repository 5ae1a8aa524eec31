/** Saves a text or bytes as a file of the reader's own machine; nothing is sent anywhere. */

/** A browser may first ask its user where to put it, and reads it only then. */
const READ_MS = 60_000

/** `name`: the file name with its extension. */
export function saveFile(name: string, type: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), READ_MS)
}
