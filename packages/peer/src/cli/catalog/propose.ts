/** The action `propose` of `stimnet catalog`. */
import { EXIT, type Io, printable, refuse } from '@stimnet/machine'
import { isName } from '@stimnet/protocol'

interface ProposeOptions {
  readonly name: string | undefined
  readonly subjectKey: string | undefined
  readonly peopleMin: number
  readonly json: boolean
}

/** Writes the proposal to standard output, and what a person must decide to standard error. */
export async function proposeAction(files: readonly string[], options: ProposeOptions, io: Io): Promise<number> {
  const { name, subjectKey, peopleMin, json } = options
  if (name !== undefined && !isName(name)) {
    refuse('--name has letters, digits, _ and -, at most 64, and begins with a letter')
  }
  const { proposeCatalog } = await import('@stimnet/data')
  const { yaml, decisions } = await proposeCatalog(files, {
    baseDir: process.cwd(),
    peopleMin,
    ...(name === undefined ? {} : { name }),
    ...(subjectKey === undefined ? {} : { subjectKey })
  })
  if (json) {
    io.out(`${JSON.stringify({ yaml, decisions }, null, 2)}\n`)
    return EXIT.ok
  }
  io.out(yaml)
  io.err('Decide, line by line of the proposal. These sentences have words and counts of your data: keep them here.\n')
  for (const { line, about, text } of decisions) io.err(`line ${line}, ${printable(about)}: ${printable(text)}\n`)
  io.err('Then: stimnet catalog check FILE. Paths in the proposal are relative to this folder.\n')
  return EXIT.ok
}
