/** The command `stimnet`: finds the subcommand, runs it, and turns what it throws into a line that says what to do. */
import { type Code, StimnetError } from '@stimnet/protocol'
import { EXIT, exitOfCode, helpOf, type Io, runCommand } from './cli/arguments.ts'
import { COMMANDS } from './cli/commands.ts'
import { VERSION } from './version.ts'

const OVERVIEW = `StimNet ${VERSION}: analyse clinical data where it lies.

usage: stimnet COMMAND [OPTIONS]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

stimnet COMMAND --help says more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 peer not reachable.
`

async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = COMMANDS.find((candidate) => candidate.name === rest[0])
    io.out(asked ? helpOf(asked) : OVERVIEW)
    return name === undefined ? EXIT.usage : EXIT.ok
  }
  if (name === '--version') {
    io.out(`${VERSION}\n`)
    return EXIT.ok
  }
  const definition = COMMANDS.find((candidate) => candidate.name === name)
  if (!definition) {
    io.err(`stimnet: there is no command ${JSON.stringify(name)}\n\n${OVERVIEW}`)
    return EXIT.usage
  }
  try {
    return await runCommand(definition, rest, io)
  } catch (error) {
    return tell(error, io)
  }
}

/** Expected failures by code and reason; what nobody foresaw with its stack, since it is our mistake. */
function tell(error: unknown, io: Io): number {
  if (!(error instanceof StimnetError)) {
    io.err(`stimnet: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return EXIT.failed
  }
  const reason = IN_A_TERMINAL[error.code] ?? error.reason
  const detail = error.message === error.reason ? '' : `\n${error.message}`
  io.err(`stimnet: ${error.code}: ${reason}${detail}\n`)
  return exitOfCode(error.code)
}

/** Where the code's own meaning speaks to a client of the REST API, or says too little to somebody at a terminal. */
const IN_A_TERMINAL: Partial<Record<Code, string>> = {
  UNAUTHENTICATED: 'Log in first: stimnet login NAME.',
  PEER_UNREACHABLE: 'The gateway cannot be reached. Is the peer running (stimnet start), and is this its address?',
  STORE_UNAVAILABLE:
    'The database is in use or cannot be written. While the peer runs it holds the database: stop it first, or ask its gateway.'
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopping.abort(new StimnetError('CANCELLED', `stopped by ${signal}`)))
}
process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  signal: stopping.signal
})
