/** Short names of a peer and of a catalog, derived from names that people gave. */

/** The name of a peer if nothing else is known. */
export const NODE_ID = 'node-1'
/** Maximum length of a derived name. A name that a person writes may be longer. */
const NAME_MAX = 40

const LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'oe', å: 'aa' }

/**
 * The name of a peer, derived from the name of its institution: a-z, 0-9 and hyphens. Two institutions then rarely share a
 * name, and both can be addressed by it. `node-1` if nothing of the name remains.
 */
export function nodeIdFor(institution: string): string {
  return shortened(institution) || NODE_ID
}

/** Folder names that do not describe the content of the folder. */
const PLAIN_FOLDER =
  /^(data|daten|datasets?|exports?|files|csv|tsv|parquet|downloads?|tmp|temp|raw|desktop|documents|home)$/

/**
 * The name of a catalog, derived from its files: the name of the only file, or of the folder with all files, or of the
 * institution; `catalog` if none of them has a letter.
 */
export function catalogNameFor(files: readonly string[], institution: string): string {
  const [first = '', second] = files.map((file) => file.replaceAll('\\', '/').split('/'))
  const folders = new Set(files.map((file) => file.replaceAll('\\', '/').split('/').slice(0, -1).join('/')))
  const only = second === undefined ? (first.at(-1) ?? '').replace(/\.[^.]+$/, '') : ''
  const folder = folders.size === 1 && second !== undefined ? shortened(first.at(-2) ?? '') : ''
  const told = [shortened(only), PLAIN_FOLDER.test(folder) ? '' : folder, shortened(institution)]
  const name = told.map((one) => one.replaceAll('-', '_').replace(/^[^a-z]+/, '')).find((one) => one !== '')
  return name ?? 'catalog'
}

/** A text reduced to a-z, 0-9 and hyphens, cut at a hyphen if it is too long; empty if nothing remains. */
function shortened(text: string): string {
  const plain = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  if (plain.length <= NAME_MAX) return plain
  const cut = plain.slice(0, NAME_MAX + 1)
  return cut.includes('-') ? cut.slice(0, cut.lastIndexOf('-')) : cut.slice(0, NAME_MAX)
}
