#!/usr/bin/env node
/** The command `stimnet`: finds the subcommand, runs it and sets its exit code. */
import {
  askLine,
  type Commands,
  EXIT,
  EXIT_TEXT,
  helpOf,
  type Io,
  loadCommands,
  outputTo,
  textTo,
  printable,
  ReaderGone,
  runCommand,
  tell
} from '@stimnet/machine'
import { StimnetError, didYouMean } from '@stimnet/protocol'
import manifest from '../package.json' with { type: 'json' }
import { ASKING, DECIDING } from './commands.ts'

/** Advice on how to install the commands of a peer. */
const PEER_MISSING =
  'The commands of a peer, such as init and start, come with its package: npm install -g @stimnet/peer'

const overviewOf = async (
  serving: Commands | undefined
) => `StimNet ${manifest.version}: analyse clinical data where they are.

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
${await listed(ASKING)}

For stewards and operators:
${await listed(DECIDING)}

For institutions:
${serving === undefined ? `  ${PEER_MISSING}` : await listed(serving)}

stimnet COMMAND --help shows the options of a command, with examples.
Exit codes: ${EXIT_TEXT}.
`

async function listed(commands: Commands): Promise<string> {
  return (await loadCommands(commands)).map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')
}

/**
 * The commands of the peer's package; undefined if the package is not installed. Researchers need neither the package nor its dependencies.
 */
async function servingCommands(): Promise<Commands | undefined> {
  try {
    import.meta.resolve('@stimnet/peer/commands')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
  return (await import('@stimnet/peer/commands')).SERVING
}

async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version') {
    io.out(`${manifest.version}\n`)
    return EXIT.ok
  }
  const isHelp = name === undefined || name === '--help' || name === '-h' || name === 'help'
  const wanted = isHelp ? rest[0] : name
  const own = { ...ASKING, ...DECIDING }
  const isOwn = wanted !== undefined && Object.hasOwn(own, wanted)
  const serving = isOwn ? undefined : await servingCommands()
  const all: Commands = { ...own, ...serving }
  // Only the wanted command is loaded, because a peer keeps in memory whatever its start has loaded.
  const definition = wanted !== undefined && Object.hasOwn(all, wanted) ? await all[wanted]?.() : undefined
  if (isHelp) {
    io.out(definition ? helpOf(definition) : await overviewOf(serving))
    return name === undefined ? EXIT.usage : EXIT.ok
  }
  if (!definition) {
    const near = didYouMean(name, [...Object.keys(all), '--help', '--version'])
    const missing = serving === undefined ? `${PEER_MISSING}\n` : ''
    io.err(`stimnet: There is no command ${printable(name)}.${near}\n${missing}stimnet --help lists all commands.\n`)
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
const [out, err] = [outputTo(process.stdout), outputTo(process.stderr)]
process.exitCode = await main(process.argv.slice(2), {
  // Output that is piped elsewhere, for example to a file, is not changed.
  out: process.stdout.isTTY ? textTo(out) : out,
  err: textTo(err),
  draw: err,
  interactive: process.stderr.isTTY === true,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askLine : undefined,
  signal: stopping.signal
})
