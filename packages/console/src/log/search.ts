/** Searches the records that were read. Every search word must occur in the record. */
import type { AuditRecord } from '@stimnet/sdk'

/** The matching records, in the order given: newest first. */
export function matching(records: readonly AuditRecord[], text: string, kind: string): AuditRecord[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return records.filter((record) => {
    if (kind !== '' && record.kind !== kind) return false
    if (words.length === 0) return true
    const { sequence, at, actor, job_id: job, code, detail, hash } = record
    const all = [sequence, at, record.kind, actor, job, code, hash, JSON.stringify(detail)].join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

/** The kinds of record that occur, sorted. */
export function kindsOf(records: readonly AuditRecord[]): string[] {
  return [...new Set(records.map(({ kind }) => kind))].sort()
}

/** Merges two readings of one log, newest record first, without duplicates. */
export function merged(one: readonly AuditRecord[], other: readonly AuditRecord[]): AuditRecord[] {
  const bySequence = new Map([...one, ...other].map((record) => [record.sequence, record]))
  return [...bySequence.values()].sort((a, b) => b.sequence - a.sequence)
}
