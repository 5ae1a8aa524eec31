/** `stimnet review`: shows what a steward will see of a program, before the program is sent. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { command, EXIT, type Io, oneOf, refuse, tableOf } from '@stimnet/machine'
import { LIMITS } from '@stimnet/protocol'

const LANGUAGES = ['python', 'r', 'jupyter', 'sql'] as const
type Language = (typeof LANGUAGES)[number]

const ENDINGS: Readonly<Record<string, Language>> = { '.py': 'python', '.r': 'r', '.ipynb': 'jupyter', '.sql': 'sql' }

/** Exit code 1: the program cannot be parsed. */
export const reviewCommand = command({
  name: 'review',
  usage: 'FILE [--language LANGUAGE] [--json]',
  summary: 'Lists what a program imports and uses, with line numbers, as stewards see it.',
  details: `
For .py, .r and .ipynb: imports, and apparent uses of files, the network, other programs, the environment, code made
at run time (eval), native code, time or random numbers. For .sql: tables, join keys, groups, aggregates and filters. The
program is parsed and never run, and nothing is sent.

The list is advice: a program can hide anything from its reader. The sandbox isolates the program in any case (stimnet
sandbox test). A catalog may refuse scripts by these kinds (refuse_programs_that).

  stimnet review report.py
  stimnet review report.ipynb --json`,
  options: {
    language: {
      type: 'string',
      value: 'LANGUAGE',
      help: `${LANGUAGES.join(', ')} (default: by the ending of the file name)`
    },
    json: { type: 'boolean', help: 'Print the findings as JSON' }
  },
  positionals: [1, 1, 'FILE'],
  run: async (values, [file = ''], io) => {
    const language = values.language ? oneOf('--language', values.language, LANGUAGES) : languageOf(file)
    const text = await readProgram(file)
    return language === 'sql' ? reviewQuery(text, values, io) : reviewScript(language, text, values, io)
  }
})

interface Asked {
  readonly json?: boolean | undefined
}

async function reviewScript(language: Exclude<Language, 'sql'>, text: string, { json }: Asked, io: Io) {
  // Loaded when needed, so that client commands start without the grammars.
  const { reviewOf } = await import('@stimnet/sandbox')
  const review = await reviewOf(language, text)
  const exit = review.imports.ok ? EXIT.ok : EXIT.failed
  if (json) {
    io.out(`${JSON.stringify({ language, ...review }, null, 2)}\n`)
    return exit
  }
  if (!review.imports.ok) {
    const { line, why } = review.imports
    io.err(`${why ?? `This cannot be parsed as ${language}: see line ${line}.`}\n`)
    return exit
  }
  const inCells = language === 'jupyter'
  const rows = review.findings.map(({ kind, what, means, line, cell }) => [
    ...(inCells ? [cell ?? null] : []),
    ...[line, kind, what, means ?? '']
  ])
  if (rows.length > 0) io.out(tableOf([...(inCells ? ['cell'] : []), 'line', 'kind', 'as written', 'which is'], rows))
  else io.err('Nothing was found.\n')
  if (review.isCut) io.err('The list is not complete: there is more.\n')
  return exit
}

async function reviewQuery(text: string, { json }: Asked, io: Io) {
  const { reviewOfSql } = await import('@stimnet/data')
  const findings = reviewOfSql(text)
  if (json) io.out(`${JSON.stringify({ language: 'sql', findings }, null, 2)}\n`)
  else
    io.out(
      tableOf(
        ['line', 'kind', 'what'],
        findings.map(({ line, kind, what }) => [line, kind, what])
      )
    )
  return EXIT.ok
}

function languageOf(file: string): Language {
  const language = ENDINGS[extname(file).toLowerCase()]
  if (language) return language
  return refuse(`${file}: the language does not follow from the name; add --language ${LANGUAGES.join('|')}`)
}

async function readProgram(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    return refuse(`${file} cannot be read`, cause)
  }
  if (Buffer.byteLength(text) <= LIMITS.scriptBytesMax) return text
  return refuse(`${file} is larger than ${LIMITS.scriptBytesMax / 1024} KiB`)
}
