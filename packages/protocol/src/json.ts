/** JSON from outside, read as everybody reads it: a name that stands twice in one object is read by some as the first and by some as the last. */

/** Throws SyntaxError for what is no JSON, and for an object with a name twice. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const twice = nameTwice(text)
  if (twice !== undefined)
    throw new SyntaxError(`the name ${JSON.stringify(twice.slice(0, 80))} stands twice in an object`)
  return value
}

/** Of a text that is JSON. */
function nameTwice(text: string): string | undefined {
  /** Names so far of each open object; undefined for an array. */
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
