/** `stimnet logout`: invalidates the access token of the client commands. */
import { CLIENT_OPTIONS, clientFor, command, dropSession, EXIT, gatewayUrl } from '@stimnet/machine'
import { codeOf } from '@stimnet/protocol'

/**
 * `stimnet logout`. Exit code 3: the gateway did not answer, so the token stays valid there until it expires. The local copy is deleted in
 * any case.
 */
export const logoutCommand = command({
  name: 'logout',
  usage: '[--url URL]',
  summary: 'Logs out: the gateway ends the token, and this machine deletes it.',
  details: `
  stimnet logout
  stimnet logout --url https://peer.example.org`,
  options: { url: CLIENT_OPTIONS.url },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const at = await gatewayUrl(values.url)
    const client = await clientFor(at)
    try {
      await client.signOut()
    } catch (error) {
      // An invalid token does not have to be invalidated.
      if (codeOf(error) !== 'UNAUTHENTICATED') throw error
    } finally {
      await dropSession(at)
    }
    io.err(`Logged out at ${at}.\n`)
    return EXIT.ok
  }
})
