/** `stimnet login`: obtains an access token for the client commands. */
import { CLIENT_OPTIONS, command, EXIT, gatewayUrl, type Io, keepSession, readPassword } from '@stimnet/machine'
import { loginByBrowser } from './sign-on.ts'

/** `stimnet login`. Exit code 4: the name or password is wrong, the account is locked, or the login provider refuses. */
export const loginCommand = command({
  name: 'login',
  usage: 'NAME | --provider PROVIDER  [--url URL] [--insecure-login]',
  summary: 'Logs in at a gateway. Commands that ask this gateway then use the token.',
  details: `
  stimnet login ada
  stimnet login ada --url https://peer.example.org < password.txt
  stimnet login --provider clinic

The password is one line on standard input. With --provider you log in at your institution's login page instead: open the
printed address in a browser on this machine. The token is kept in ~/.config/stimnet/session.json, readable for you alone,
until it expires. While you are logged in at this gateway alone, commands without --url ask it. stimnet logout ends it. Programs should use an API key: stimnet api-key.`,
  options: {
    url: CLIENT_OPTIONS.url,
    'insecure-login': { type: 'boolean', help: 'Send the password unencrypted to another machine' },
    provider: { type: 'string', value: 'PROVIDER', help: 'The name of a login provider of the gateway' }
  },
  positionals: [0, 1],
  run: async (values, [name], io) => {
    if ((name === undefined) === (values.provider === undefined)) {
      io.err('stimnet login: give either your NAME, or --provider\n')
      return EXIT.usage
    }
    const at = await gatewayUrl(values.url)
    if (isInTheClear(at)) {
      if (!values['insecure-login']) {
        io.err(
          `stimnet login: ${at} is another machine without TLS: anybody between could read the password. ${REMEDY}\n`
        )
        return EXIT.usage
      }
      io.err(`Warning: password and token are sent to ${at} unencrypted.\n`)
    }
    if (values.provider !== undefined) return byProvider(at, values.provider, io)
    // If the user did not name a gateway, its URL is shown before the password is entered.
    if (values.url === undefined) io.err(`Logging in at ${at}.\n`)
    const password = await readPassword(io)
    await keepSession(at, (client) => client.authenticate(name ?? '', password))
    io.err(`Logged in at ${at} as ${name}.\n`)
    return EXIT.ok
  }
})

const REMEDY = 'Use its https address; --insecure-login sends the password all the same.'

/** Whether a URL is plain HTTP to another machine. */
function isInTheClear(at: string): boolean {
  const url = URL.parse(at)
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '')
  return url?.protocol === 'http:' && !isHere
}

async function byProvider(at: string, provider: string, io: Io): Promise<number> {
  await keepSession(at, (client) => loginByBrowser(client, { at, provider, io }))
  io.err(`Logged in at ${at} with ${provider}.\n`)
  return EXIT.ok
}
