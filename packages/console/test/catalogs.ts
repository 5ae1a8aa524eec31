/** Two institutions with catalogs of the same name, for tests. */
import type { CatalogVariable, FoundCatalog } from '@stimnet/sdk'
import { sharedVariables } from '../src/words/variable.ts'

const variable = (name: string, type: string, more: Partial<CatalogVariable> = {}): CatalogVariable => ({
  ...{ name, type, unit: '', description: '', levels: [], breakpoints: [], minimum: null, maximum: null },
  missing_share: null,
  identifying: false,
  ...more
})

const base: FoundCatalog = {
  ...{ name: 'trial', title: 'A trial', description: 'Synthetic.', data_type: 'clinical', access_level: 'public' },
  ...{ total_records: 150, last_updated: '2026-11-25T00:00:00.000Z', keywords: ['dbs'], epoch: 'ab', synthetic: true },
  ...{ programs: ['statistic', 'sql', 'python'], cohort_size_min: 5, data_use: [], mode: 'sdc', scripts: 'review' },
  ...{ sandbox_grade_min: null, preset: 'default', policy_hash: 'cd' },
  ...{ peer_id: '12D3KooNorth', node_id: 'node-1', institution: 'North' },
  schema_definition: {
    subject_key: 'patient',
    lattice: [{ variable: 'subjects.sex', breakpoints: [] }],
    tables: [
      {
        name: 'subjects',
        description: '',
        one_row_per_subject: true,
        variables: [
          variable('age', 'integer', { breakpoints: [65], minimum: 18, maximum: 100, unit: 'a' }),
          variable('sex', 'category', { levels: ['female', 'male'], missing_share: 0.03 }),
          variable('diagnosis', 'category', { levels: ['mixed', 'tremor'], description: 'Motor subtype' })
        ]
      }
    ]
  }
}

/** North and South. South answers with noise, runs no scripts, and has one more level. */
export const found: readonly FoundCatalog[] = [
  base,
  {
    ...base,
    ...{ peer_id: '12D3KooSouth', node_id: 'node-2', institution: 'South', total_records: 90 },
    ...{ programs: ['statistic', 'sql'], mode: 'dp', data_use: ['DUO:0000007', 'MONDO:0005180'] },
    schema_definition: {
      subject_key: 'patient',
      lattice: [],
      tables: [
        {
          name: 'subjects',
          description: '',
          one_row_per_subject: true,
          variables: [variable('sex', 'category', { levels: ['female', 'male', 'other'] })]
        }
      ]
    }
  }
]

export const variables = sharedVariables(found)
