/** Keys and ids for people: their beginning and their end, by which they are told apart. */

/** Short ones as they are. */
export function short(id: string): string {
  return id.length > 20 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id
}
