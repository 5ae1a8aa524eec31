/** Saves text or bytes as a file on the user's own machine. Nothing is sent. */

/** Time for which the content stays available, ms. A browser may first ask its user for the folder, and reads the content only then. */
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
