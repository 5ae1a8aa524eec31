/** A variable mapping as a sentence. */
import type { VariableMapping } from '@stimnet/protocol'

/** Example: "people.sex at North is people.gender: m is male, w is female; its numbers times 0.4536". */
export function mappingInWords(
  { variable, local, levels, scale }: Omit<VariableMapping, 'peer'>,
  institution: string
): string {
  const pairs = levels.map((pair) => `${pair.local} is ${pair.level}`)
  const said = [
    ...(pairs.length === 0 ? [] : [pairs.join(', ')]),
    ...(scale === '' ? [] : [`its numbers times ${scale}`])
  ]
  return `${variable} at ${institution} is ${local}${said.length === 0 ? '' : `: ${said.join('; ')}`}`
}
