/** `stimnet key`: makes or shows a researcher's own signing key, so that the researcher need not trust any gateway. */
import { clientSettings, command, EXIT, loadOrCreateSeed, readSeed } from '@stimnet/machine'
import { cryptographicRandom, signerFromSeed } from '@stimnet/protocol'

/** `stimnet key`. It never replaces an existing key. */
export const keyCommand = command({
  name: 'key',
  usage: '[FILE] [--show]',
  summary: 'Makes your signing key, or shows the id of the one you have.',
  details: `
Give the key id to the institutions you want to ask; their stewards add it to \`requesters\`. With a key,
\`stimnet run\` signs for you and the receipts name you. Without one, the gateway signs for your account.
Keep the file secret: whoever has it can ask in your name. To withdraw a key, have the stewards remove its id.

  stimnet key
  stimnet key --show`,
  options: { show: { type: 'boolean', help: 'Only show the id; do not make a key' } },
  positionals: [0, 1],
  run: async (values, [file = clientSettings().keyFile], io) => {
    const existing = await readSeed(file)
    if (!existing && values.show) {
      io.err(`There is no key in ${file}: stimnet key makes one.\n`)
      return EXIT.failed
    }
    const { id } = await signerFromSeed(existing ?? (await loadOrCreateSeed(file, cryptographicRandom)))
    io.out(`${id}\n`)
    io.err(`${existing ? 'Key in' : 'Made'} ${file}\n`)
    return EXIT.ok
  }
})
