/** Small answers, for tests: one group, one spread. */
import type { DisclosureCard, PooledOutput, TableOutput } from '@stimnet/protocol'
import type { SiteTable } from '../src/result/tables/sites.ts'

export const CARD: DisclosureCard = {
  ...{ level: 'P1', claim: 'Every number rests on at least 5 subjects.', preset: 'default', policy_hash: 'ab' },
  ...{ k: 5, round_base: 1, scope: 'global', epoch: '0123456789abcdef', cohort_hash: 'cd', subjects: 150 },
  ...{ suppressed_cells: 0, bits: null, code_hash: 'ef', image: '' }
}

const COLUMNS: TableOutput['columns'] = [
  { name: 'sex', role: 'key', kind: 'key', variables: ['subjects.sex'] },
  { name: 'sd_age', role: 'measure', kind: 'sd', variables: ['subjects.age'], unit: 'a' }
]

/** Null: the site withheld the cell. */
export function siteOf(name: string, values: readonly number[] | null): SiteTable {
  const n = values?.length ?? 0
  const sum = (values ?? []).reduce((a, b) => a + b, 0)
  const deviations = (values ?? []).reduce((a, b) => a + (b - sum / n) ** 2, 0)
  const row: TableOutput['rows'][number] =
    values === null
      ? { values: ['female', null], parts: {} }
      : {
          values: ['female', Math.sqrt(deviations / (n - 1))],
          parts: { sd_age: { moments: { n, sum, deviations } } }
        }
  const withheld = { groups: 0, cells: values === null ? 1 : 0 }
  const table: TableOutput = { kind: 'table', columns: COLUMNS, rows: [row], withheld, disclosure: CARD }
  return { peerId: `12D3Koo${name}`, name, table }
}

export function pooledOf(sites: readonly SiteTable[]): PooledOutput {
  return {
    columns: COLUMNS.map((column) => ({ ...column, pools: column.role === 'measure' })),
    rows: [{ values: ['female', 4], sites: sites.map(({ peerId }) => peerId) }],
    ...{ sites: sites.map(({ peerId }) => peerId), missing: [], notes: [] }
  }
}
