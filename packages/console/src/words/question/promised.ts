/** A declared output in words. */
import { outputDeclarationSchema } from '@stimnet/protocol'

/** "mean change: mean, −199 to 199 points, 4 digits"; an invalid declaration is shown as JSON. */
export function promisedInWords(output: unknown): string {
  const parsed = outputDeclarationSchema.safeParse(output)
  if (!parsed.success) return JSON.stringify(output)
  const { name, kind, lower, upper, unit, digits, categories, terms, edges, of, category } = parsed.data
  const bounds = lower === undefined || upper === undefined ? '' : `${lower} to ${upper}`
  const parts = [categories.join(', '), terms.join(', '), edges.length > 0 ? `at ${edges.join(', ')}` : '', bounds]
  const said = parts.filter((part) => part !== '').join('; ')
  const whose = of === undefined ? '' : ` of ${of}${category === undefined ? '' : `, ${category}`}`
  return `${name}: ${kind}${whose}${said === '' ? '' : `, ${said}`}${unit === '' ? '' : ` ${unit}`}, ${digits} digits`
}
