/** The part of a page of docs that a program writes: what stands between its two markers. */
import { readFile, writeFile } from 'node:fs/promises'

/** Puts `text` between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. Throws where the page has no such markers. */
export async function writeBetween(page: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const before = await readFile(page, 'utf8')
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no markers ${begin} and ${end}`)
  await writeFile(page, `${before.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${before.slice(to)}`)
}
