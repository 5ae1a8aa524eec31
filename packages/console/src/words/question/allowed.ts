/** The permitted values of a parameter in a standing approval, in words. */

/** "years = 1", "years = 1, 2 or 3", "years from 1 to 5"; any other shape is shown as JSON. */
export function allowedInWords(name: string, allowed: unknown): string {
  const { one_of: oneOf, minimum, maximum } = Object(allowed) as Record<string, unknown>
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${name} from ${minimum} to ${maximum}`
  if (!Array.isArray(oneOf) || oneOf.length === 0) return `${name}: ${JSON.stringify(allowed)}`
  const values = oneOf.map((value) => JSON.stringify(value))
  const last = values.pop()
  return values.length === 0 ? `${name} = ${last}` : `${name} = ${values.join(', ')} or ${last}`
}
