/** The error caused by noise in an answer, printed below its numbers. */
import { tableOf } from '@stimnet/machine'
import type { Broadcast } from '@stimnet/sdk'

/** The text in place of a missing number. In an answer with noise no number is withheld, but a number can be too noisy. */
export function blankWord({ parts }: Pick<Broadcast, 'parts'>): string {
  return parts.some(({ output }) => output?.disclosure.level === 'P2') ? 'too noisy' : 'withheld'
}

/** A table of errors; empty for an answer without noise. */
export function noiseLines({ pooled }: Broadcast): string[] {
  const rows = pooled?.rows.filter(({ error_95: errors }) => errors !== undefined) ?? []
  if (!pooled || rows.length === 0) return []
  const shown = (value: number | null | undefined) => (typeof value === 'number' ? Number(value.toPrecision(3)) : null)
  const cells = rows.map(({ values, error_95: errors }) =>
    pooled.columns.map(({ role }, i) => (role === 'key' ? (values[i] ?? null) : shown(errors?.[i])))
  )
  return [
    '\nError by the noise: 19 times of 20 at most this much; empty where it is not known\n',
    tableOf(
      pooled.columns.map(({ name }) => name),
      cells
    )
  ]
}
