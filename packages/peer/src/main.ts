/** The command `stimnet`: finds the subcommand, runs it and sets its exit code. */
import { StimnetError } from '@stimnet/protocol'
import { type Command, EXIT, EXIT_TEXT, helpOf, type Io, runCommand } from './cli/terminal/arguments.ts'
import { ASKING, COMMANDS, SERVING } from './cli/commands.ts'
import { didYouMean } from './cli/terminal/nearest.ts'
import { outputTo, ReaderGone } from './cli/terminal/output.ts'
import { printable } from './cli/terminal/table.ts'
import { tell } from './cli/terminal/tell.ts'
import { askLine } from './cli/terminal/ask-line.ts'
import { VERSION } from './version.ts'

const OVERVIEW = `StimNet ${VERSION}: analyse clinical data where they are.

usage: stimnet COMMAND [OPTIONS]

A first answer, from a running peer:
  stimnet login ada
  stimnet catalogs parkinson
  stimnet run examples/change-by-sex.sql --catalog clinical_trial_data

To run a peer of your own:
  stimnet init ./peer --institution "University Hospital North"
  stimnet account add ada --config ./peer/stimnet.yaml
  stimnet start --config ./peer/stimnet.yaml

For researchers:
${listed(ASKING)}

For institutions:
${listed(SERVING)}

stimnet COMMAND --help shows the options of a command, with examples.
Exit codes: ${EXIT_TEXT}.
`

function listed(commands: readonly Command[]): string {
  return commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')
}

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
    const names = [...COMMANDS.map((candidate) => candidate.name), '--help', '--version']
    io.err(
      `stimnet: There is no command ${printable(name)}.${didYouMean(name, names)}\nstimnet --help lists all commands.\n`
    )
    return EXIT.usage
  }
  try {
    return await runCommand(definition, rest, io)
  } catch (error) {
    return error instanceof ReaderGone ? EXIT.ok : tell(error, io)
  }
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopping.abort(new StimnetError('CANCELLED', `stopped by ${signal}`)))
}
process.exitCode = await main(process.argv.slice(2), {
  out: outputTo(process.stdout),
  err: outputTo(process.stderr),
  interactive: process.stderr.isTTY === true,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askLine : undefined,
  signal: stopping.signal
})
