/** `stimnet login`: a token for the client commands. */
import { command, EXIT } from './arguments.ts'
import { readPassword } from './password.ts'
import { CLIENT_OPTIONS, logIn } from './session.ts'

/** Exit code 1: name or password is wrong. */
export const loginCommand = command({
  name: 'login',
  usage: 'NAME [--url URL]',
  summary: 'Logs in at a gateway; the other client commands then use the token.',
  details: `
The password is read from standard input, one line. The token is kept under your configuration folder, closed to others,
until it expires. To log out, delete that file.`,
  options: { url: CLIENT_OPTIONS.url },
  positionals: [1, 1],
  run: async (values, [name = ''], io) => {
    const at = await logIn(values.url, name, await readPassword(io))
    io.err(`Logged in at ${at} as ${name}.\n`)
    return EXIT.ok
  }
})
