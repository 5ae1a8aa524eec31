/** Generated parts of documentation pages, placed between two markers. */
import { readFile, writeFile } from 'node:fs/promises'

/** Writes `text` between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. Throws if the page has no such markers. */
export async function writeBetween(page: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const before = await readFile(page, 'utf8')
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no markers ${begin} and ${end}`)
  await writeFile(page, `${before.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${before.slice(to)}`)
}

/** The part of a page from the heading above the markers to the end, for a program that rewrites the rest of the page. */
export async function sectionOf(page: string, name: string): Promise<string> {
  const text = await readFile(page, 'utf8')
  const begin = text.indexOf(`<!-- ${name}: begin -->`)
  const heading = text.lastIndexOf('\n## ', begin)
  if (begin < 0 || heading < 0) throw new Error(`${page} has no heading above <!-- ${name}: begin -->`)
  return text.slice(heading + 1).trimEnd()
}
