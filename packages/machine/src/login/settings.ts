/**
 * Settings of the client commands, from the environment. They are separate from the peer's configuration, so that clients can start without
 * one.
 */
import { join } from 'node:path'

/** The settings of the client commands. */
export interface ClientSettings {
  /** The gateway in STIMNET_URL. */
  readonly url: string | undefined
  /** The file with the current token for each gateway. */
  readonly sessionFile: string
  /** The file with the researcher's own key. */
  readonly keyFile: string
  /** The file with credentials that institutions issued to the key's holder, one JWT per line. */
  readonly credentialsFile: string
  readonly token: string | undefined
}

/** Reads STIMNET_URL, STIMNET_TOKEN, STIMNET_KEY and STIMNET_CREDENTIALS. By default, files are in the user's configuration folder. */
export function clientSettings(environment: NodeJS.ProcessEnv = process.env): ClientSettings {
  const home = environment.XDG_CONFIG_HOME ?? join(environment.HOME ?? environment.USERPROFILE ?? '.', '.config')
  return {
    url: environment.STIMNET_URL || undefined,
    sessionFile: join(home, 'stimnet', 'session.json'),
    keyFile: environment.STIMNET_KEY ?? join(home, 'stimnet', 'researcher.key'),
    credentialsFile: environment.STIMNET_CREDENTIALS ?? join(home, 'stimnet', 'credentials.jwt'),
    token: environment.STIMNET_TOKEN
  }
}
