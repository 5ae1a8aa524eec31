/** The environment variables of this process, for the secrets of databases that a catalog names by variable. */

/** All variables. The `postgres` section of a catalog states which of them the catalog may use. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
