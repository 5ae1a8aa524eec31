/** `stimnet crate`: exports and reads requests and results as Five Safes RO-Crates. */
import { readFile, writeFile } from 'node:fs/promises'
import { CLIENT_OPTIONS, clientFor, command, EXIT, type Io, oneOf, printable, refuse } from '@stimnet/machine'
import { jobIds } from './jobs.ts'
import { wholeId } from './whole-id.ts'

const ACTIONS = ['export', 'read', 'submit'] as const

/** `stimnet crate`. Exit code 1: the crate is invalid. */
export const crateCommand = command({
  name: 'crate',
  usage: 'export ID [--out FILE] | read FILE | submit FILE --yes  [--url URL]',
  summary: 'Exports a request with its result as a Five Safes RO-Crate, or submits one from a crate.',
  details: `
\`export\` writes a zip archive with one BagIt bag: what was asked, by whom, for which project; what each institution decided;
the safe outputs, and the receipts that prove them (stimnet verify). \`read\` prints the submission in a crate of
somebody else, \`submit\` submits it for your account. Assessments in a crate are ignored, and nothing in it is fetched.

  stimnet crate export 3f2a91c4 --out study.zip
  stimnet crate read request.zip`,
  options: {
    ...CLIENT_OPTIONS,
    out: { type: 'string', value: 'FILE', help: 'Where to write (default stimnet-ID.zip)' },
    yes: { type: 'boolean', help: 'Confirm that you have read the crate, and submit it' }
  },
  positionals: [2, 2, `ACTION (${ACTIONS.join(', ')})`, 'ID or FILE'],
  run: async (values, [action = '', named = ''], io) => {
    const chosen = oneOf('the action', action, ACTIONS)
    const client = await clientFor(values.url)
    switch (chosen) {
      case 'export': {
        const id = await wholeId(named, () => jobIds(client))
        const file = values.out ?? `stimnet-${id.replaceAll(/[^A-Za-z0-9-]/g, '')}.zip`
        await writeFile(file, await client.crate(id), { flag: 'wx' }).catch(refuseToReplace)
        io.err(`Wrote ${file}\n`)
        return EXIT.ok
      }
      case 'read': {
        const { submission, warnings } = await client.readCrate(await readCrateFile(named))
        warn(warnings, io)
        io.out(`${shown(submission)}\n`)
        return EXIT.ok
      }
      case 'submit': {
        const { submission, warnings } = await client.readCrate(await readCrateFile(named))
        warn(warnings, io)
        if (!values.yes) {
          io.err(
            `${shown(submission)}\nThis will be asked in your name. Read it, then repeat the command with --yes.\n`
          )
          return EXIT.usage
        }
        const { id } = await client.submitBroadcast(submission)
        io.out(`${id}\n`)
        io.err(`Submitted. stimnet job ${id} shows its progress.\n`)
        return EXIT.ok
      }
    }
  }
})

async function readCrateFile(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => refuse(`${file} cannot be read`, cause))
}

/** JSON in which invisible characters and control characters are escaped, so that nothing is hidden. */
function shown(submission: object): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(submission, null, 2).replaceAll(/[^\P{C}\n]/gu, (signs) =>
    Array.from({ length: signs.length }, (_, at) => escaped(signs.charAt(at))).join('')
  )
}

function warn(warnings: readonly string[], io: Io): void {
  for (const warning of warnings) io.err(`${printable(warning)}\n`)
}

function refuseToReplace(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'EEXIST') throw cause
  refuse('A file of that name exists already: give another name with --out.', cause)
}
