import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { institutionNames, type PooledOutput, withInstitutions } from '@stimnet/protocol'

const [NORTH, SOUTH, WEST] = ['North111', 'South222', 'West3333'].map((end) => `12D3KooW${end.padStart(44, 'x')}`) as [
  string,
  string,
  string
]
const site = (id: string, institution: string) => ({ site: id, institution })

describe('the notes of a pooled answer', () => {
  const pooled = {
    ...{ columns: [], rows: [], sites: [NORTH, SOUTH], missing: [{ site: WEST, code: 'QUEUE_FULL' }] },
    tests: [{ note: `Without ${SOUTH}.`, sites: [NORTH] }],
    models: [{ note: `${NORTH} and ${SOUTH} differ.` }],
    notes: [`${NORTH} withheld 2 cell(s).`, `${WEST} is not in it.`, 'Nothing else.']
  } as unknown as PooledOutput

  test('name institutions, and its lists of sites stay PeerIds', () => {
    const { tests, models, notes, ...rest } = withInstitutions(pooled, [site(NORTH, 'North'), site(SOUTH, 'South')])
    assert.deepEqual(notes, ['North withheld 2 cell(s).', `${WEST} is not in it.`, 'Nothing else.'])
    assert.deepEqual([tests?.[0]?.note, models?.[0]?.note], ['Without South.', 'North and South differ.'])
    assert.deepEqual([tests?.[0]?.sites, rest.sites, rest.missing], [[NORTH], [NORTH, SOUTH], pooled.missing])
    assert.deepEqual(rest.institutions, { [NORTH]: 'North', [SOUTH]: 'South' })
  })

  test('tell institutions of one name apart by the end of their PeerIds, and name none that has no name', () => {
    const names = institutionNames([site(NORTH, 'Clinic'), site(SOUTH, 'Clinic'), site(WEST, '')])
    assert.deepEqual(names, { [NORTH]: 'Clinic (…North111)', [SOUTH]: 'Clinic (…South222)', [WEST]: WEST })
  })

  test('do not take the PeerId of another for the name of an institution', () => {
    const { notes } = withInstitutions(pooled, [site(NORTH, SOUTH), site(SOUTH, 'South')])
    assert.equal(notes[0], `${NORTH} withheld 2 cell(s).`)
  })
})
