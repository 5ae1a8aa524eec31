/** The environment variables of this process, for the secrets of databases that a catalog names by variable. */

/** All variables. What a catalog may take from them is in its `postgres` section. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
