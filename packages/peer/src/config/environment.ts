/** The environment of this process itself, for those who hide a secret in it and look who hands it on. */

/** Not for settings: those are in the configuration. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
