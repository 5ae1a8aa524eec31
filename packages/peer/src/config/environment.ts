/** The environment of this process, for attacks that hide a secret in it and check whether a sandbox passes it on. */

/** Not for settings, which come from the configuration. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}
