/** Flattens the values of a script, so that those of several institutions fit into one table. */

/** A single value and its path: `model.age`, `counts[2]`. */
export interface Leaf {
  readonly path: string
  readonly value: string | number | boolean | null
}

const LEAVES_MAX = 500

/** All single values with their paths, in order. Empty lists and objects appear as such. */
export function leavesOf(values: unknown, path = ''): Leaf[] {
  if (Array.isArray(values)) {
    return values.flatMap((value, at) => leavesOf(value, `${path}[${at}]`)).slice(0, LEAVES_MAX)
  }
  if (typeof values === 'object' && values !== null) {
    return Object.entries(values)
      .flatMap(([key, value]) => leavesOf(value, path === '' ? key : `${path}.${key}`))
      .slice(0, LEAVES_MAX)
  }
  const isPlain = ['string', 'number', 'boolean'].includes(typeof values)
  return [{ path: path || 'result', value: isPlain ? (values as string | number | boolean) : null }]
}

/** All paths in the order of their first occurrence, without duplicates. */
export function pathsOf(all: readonly (readonly Leaf[])[]): string[] {
  return [...new Set(all.flatMap((leaves) => leaves.map(({ path }) => path)))]
}
