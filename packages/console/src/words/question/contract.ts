/** The description of a variable that a question assumes, in words. */
import { isoDate, type VariableContract } from '@stimnet/protocol'

/** Examples: "people.sex: category, one of female, male"; "people.age: integer, in a, cut at 65". */
export function contractInWords({ variable, type, unit, levels, breakpoints }: VariableContract): string {
  const said = [
    type,
    ...(unit === '' ? [] : [`in ${unit}`]),
    ...(levels.length === 0 ? [] : [`one of ${levels.join(', ')}`]),
    ...(breakpoints.length === 0
      ? []
      : [`cut at ${breakpoints.map((point) => (type === 'date' ? isoDate(point) : point)).join(', ')}`])
  ]
  return `${variable}: ${said.join(', ')}`
}
