/** Shortens keys and ids to their first and last characters. */

/** The shortened id; short ids are not changed. */
export function short(id: string): string {
  return id.length > 20 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id
}
