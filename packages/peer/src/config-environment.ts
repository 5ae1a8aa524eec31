/** The environment of this process itself, for the one command that hides a secret in it and looks who hands it on. */

/** Not for settings: those are in the configuration. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
