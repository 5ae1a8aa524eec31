/** A JSON parser that refuses duplicate names in an object, because some readers use the first of the two values and others the last. */

/** Parses a text. Throws SyntaxError for invalid JSON and for an object with a duplicate name. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const twice = nameTwice(text)
  if (twice !== undefined)
    throw new SyntaxError(`the name ${JSON.stringify(twice.slice(0, 80))} stands twice in an object`)
  return value
}

/** A name that occurs twice in an object of a valid JSON text; undefined if there is none. */
function nameTwice(text: string): string | undefined {
  /** For each open object, the names read so far; undefined for each open array. */
  const open: (Set<string> | undefined)[] = []
  let isName = false
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : undefined)
    else if (token === '}' || token === ']') open.pop()
    const names = open.at(-1)
    if (isName && token.startsWith('"') && names !== undefined) {
      const name = JSON.parse(token) as string
      if (names.has(name)) return name
      names.add(name)
    }
    isName = names !== undefined && (token === '{' || token === ',')
  }
  return undefined
}
