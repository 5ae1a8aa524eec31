/** Typed outputs as text for a terminal: one line per number, pooled and for each institution. */
import { counted } from '@stimnet/protocol'
import { printable, tableOf } from '@stimnet/machine'
import type { TypedValue } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { barsOf } from './plot.ts'

type Line = [output: string, of: string, value: number | null, unit: string]

/** Each number of an output; null if the number was withheld or cannot be pooled. */
export function linesOf(value: TypedValue): Line[] {
  const line = (of: string, number: number | null): Line => [value.name, of, number, value.unit]
  switch (value.kind) {
    case 'table':
      return value.counts.map((count, i) => line(value.categories[i] ?? '', count))
    case 'histogram':
      return value.counts.map((count, i) => line(`[${value.edges[i]},${value.edges[i + 1]})`, count))
    case 'coefficients':
      return value.terms.flatMap(({ term, estimate, se }) => [line(term, estimate), line(`${term} (se)`, se)])
    case 'test':
      return [line('statistic', value.statistic), line('df', value.df), line('p', value.p)]
    case 'curve':
      return value.values.map((number, i) => line(String(value.edges[i]), number))
    default:
      return [line(value.kind, value.value)]
  }
}

/** A plot for outputs that have a shape: counts by category or bin, and values along a curve. */
function picture(value: TypedValue): string[] {
  if (value.kind !== 'table' && value.kind !== 'histogram' && value.kind !== 'curve') return []
  return barsOf(
    value.name,
    linesOf(value).map(([, label, number]) => ({ label, value: number }))
  )
}

const HEAD = ['output', 'of', 'value', 'unit']

/** The pooled outputs with the method of pooling, followed by the outputs of each part. */
export function typedLines({ pooled, parts }: Broadcast): string[] {
  const lines: string[] = []
  if (pooled?.outputs) {
    const rows = pooled.outputs.flatMap(({ output, method, sites }) =>
      method === 'none' ? [] : linesOf(output).map((line) => [...line, method, sites.length])
    )
    if (rows.length > 0) {
      lines.push(`\nPooled over ${counted(pooled.sites.length, 'institution')}\n`)
      lines.push(tableOf([...HEAD, 'pooled', 'institutions'], rows))
      for (const { output, method } of pooled.outputs) if (method !== 'none') lines.push(...picture(output))
    }
  }
  for (const { output, institution, peer_id } of parts) {
    if (output?.kind !== 'typed') continue
    lines.push(`\n${printable(institution || peer_id)}\n`, tableOf(HEAD, output.outputs.flatMap(linesOf)))
  }
  return lines
}
