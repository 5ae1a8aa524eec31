/** What the client commands take from the environment; apart from the peer's configuration, so that they start without it. */
import { join } from 'node:path'

/** Where the client commands look when not told otherwise. */
export interface ClientSettings {
  readonly url: string
  /** The session file: who is logged in where. */
  readonly sessionFile: string
  /** The researcher's own key. */
  readonly keyFile: string
  /** What institutions vouch for of its holder: one JWT a line. */
  readonly credentialsFile: string
  readonly token: string | undefined
}

/** STIMNET_URL, STIMNET_TOKEN, STIMNET_KEY, STIMNET_CREDENTIALS; files under the user's configuration folder. */
export function clientSettings(environment: NodeJS.ProcessEnv = process.env): ClientSettings {
  const home = environment.XDG_CONFIG_HOME ?? join(environment.HOME ?? environment.USERPROFILE ?? '.', '.config')
  return {
    url: environment.STIMNET_URL ?? 'http://127.0.0.1:8000',
    sessionFile: join(home, 'stimnet', 'session.json'),
    keyFile: environment.STIMNET_KEY ?? join(home, 'stimnet', 'researcher.key'),
    credentialsFile: environment.STIMNET_CREDENTIALS ?? join(home, 'stimnet', 'credentials.jwt'),
    token: environment.STIMNET_TOKEN
  }
}
