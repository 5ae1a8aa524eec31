/** A first program for a catalog, so that nobody starts with an empty field. */
import type { SharedVariable } from '../../words/variable.ts'
import { isGroupable, isNumeric } from '../../words/variable.ts'

/** A query that most institutions can answer: counts, and the mean of a number, by group of people. */
export function starterSql(options: {
  variables: readonly SharedVariable[]
  /** Tables with one row per subject. A group of their rows is a group of people. */
  oneRow: readonly string[]
  subjectKey: string
}): string {
  const { variables, oneRow, subjectKey } = options
  const groups = variables.filter(({ variable, table }) => isGroupable(variable) && oneRow.includes(table))
  const numberBeside = (group: SharedVariable) =>
    variables.find((one) => isNumeric(one.variable) && one.table === group.table && one.ref !== group.ref)
  const group = groups.find((one) => numberBeside(one) !== undefined) ?? groups[0]
  const table = group?.table ?? variables[0]?.table ?? 'subjects'
  const number = group ? numberBeside(group) : variables.find((one) => isNumeric(one.variable) && one.table === table)
  const lines = [`COUNT(DISTINCT ${subjectKey}) AS subjects`]
  if (number) lines.push(`AVG(${number.variable.name}) AS mean`, `STDDEV(${number.variable.name}) AS spread`)
  if (!group) return `SELECT ${lines.join(',\n       ')}\nFROM ${table}`
  const { name } = group.variable
  return `SELECT ${[name, ...lines].join(',\n       ')}\nFROM ${table}\nGROUP BY ${name}`
}

/** A script with one output of each kind. */
export function starterScript(language: 'python' | 'r', table: string): string {
  if (language === 'python') {
    return `import stimnet

rows = stimnet.tables["${table}"]
# What is printed about real data stays at the institution; what is in result is checked and may leave.
result = {"rows": len(rows)}
`
  }
  return `rows <- load_data("${table}")
# What is printed about real data stays at the institution; what is in result is checked and may leave.
result <- list(rows = nrow(rows))
`
}
