/** Tests of the description of a catalog in HealthDCAT-AP: what is declared, and nothing else. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import { catalogConfigSchema } from '@stimnet/data'
import { stringify } from 'yaml'
import { demoCatalogs } from '../../../scripts/demo/catalogs.ts'
import { recordingIo } from '../../../test/recording-io.ts'
import { scratchFolder } from '../../../test/mesh.ts'
import { catalogCommand } from '../src/cli/catalog/catalog.ts'
import { healthDcatOf } from '../src/catalogs/health-dcat.ts'

const PEER = { institution: 'University Hospital North', node_id: 'north' }
const DCAT = {
  ...{ identifier: 'https://data.example.org/dbs', contact: 'mailto:data@example.org' },
  ...{ access_body: { name: 'Data access body', contact: 'https://hdab.example.org' } },
  ...{ access_url: 'https://hdab.example.org/apply', provenance: 'A trial.' },
  ...{ health_categories: ['https://example.org/category/RQSH'], types: ['https://example.org/type/STATISTICAL'] }
}
const trial = (changes: object = {}) => catalogConfigSchema.parse({ ...demoCatalogs('nowhere')[0], ...changes })
const NON_PUBLIC = { '@id': 'http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC' }

test('a catalog that declares everything has all that the profile requires of data about people', () => {
  const use = { permission: 'DUO:0000007', diseases: ['MONDO:0005180'], modifiers: ['DUO:0000045'] }
  const config = trial({ synthetic: false, missingness: 'untold', permit: 'required', dcat: DCAT, data_use: use })
  const { dataset, undeclared } = healthDcatOf(config, PEER)
  assert.deepEqual(undeclared, [])
  for (const name of [
    ...['dct:title', 'dct:description', 'dct:identifier', 'dct:accessRights', 'dct:type', 'dct:provenance'],
    ...['dcat:theme', 'dcat:keyword', 'dcat:contactPoint', 'dcat:distribution', 'dcatap:applicableLegislation'],
    ...['healthdcatap:healthCategory', 'healthdcatap:hdab', 'healthdcatap:hasStructuredData']
  ]) {
    assert.ok(Object.hasOwn(dataset, name), name)
  }
  assert.equal(dataset['@id'], DCAT.identifier)
  assert.deepEqual(dataset['dct:accessRights'], NON_PUBLIC)
  assert.deepEqual(dataset['dcat:contactPoint'], {
    '@type': 'vcard:Kind',
    'vcard:hasEmail': { '@id': 'mailto:data@example.org' }
  })
  const rights = dataset['dct:rights'] as Record<string, string>[]
  assert.match(rights[1]?.['rdfs:label'] ?? '', /only under a data permit/)
  assert.deepEqual(
    rights.slice(2).map((one) => one['@id']),
    ['DUO_0000007', 'MONDO_0005180', 'DUO_0000045'].map((term) => `http://purl.obolibrary.org/obo/${term}`)
  )
  // Every prefix that is used is declared.
  const prefixes = [...JSON.stringify(dataset).matchAll(/"([a-z]+):[A-Za-z]+":/g)].map(([, prefix]) => prefix ?? '')
  for (const prefix of prefixes) assert.ok(Object.hasOwn(dataset['@context'] as object, prefix), prefix)
})

test('variables are those that can be asked for, and never the subject key', () => {
  const [subjects, ...others] = trial().tables
  const secret = { name: 'ward', type: 'category', levels: ['a', 'b'], offered: false }
  const tables = [{ ...subjects, variables: [...(subjects?.variables ?? []), secret] }, ...others]
  const { dataset } = healthDcatOf(trial({ tables }), PEER)
  const text = JSON.stringify(dataset)
  assert.doesNotMatch(text, /subject_id|ward|nowhere/)
  const group = dataset['healthdcatap:hasVariables'] as { 'csvw:table': { 'csvw:column': object[] }[] }
  assert.deepEqual(group['csvw:table'][0]?.['csvw:column'].slice(0, 2), [
    {
      ...{ '@type': 'csvw:Column', 'csvw:name': 'age', 'csvw:title': 'age', 'csvw:datatype': 'integer' },
      'dct:description': 'Age at inclusion. Unit: a.'
    },
    {
      ...{ '@type': 'csvw:Column', 'csvw:name': 'sex', 'csvw:title': 'sex', 'csvw:datatype': 'string' },
      'dct:description': 'One of: female, male.'
    }
  ])
})

test('nobody is counted: a number of people is there only where it is declared', () => {
  const number = 'healthdcatap:numberOfUniqueIndividuals'
  assert.equal(healthDcatOf(trial(), PEER).dataset[number], undefined)
  const noisy = trial({ mode: 'dp', missingness: 'untold', declared_subjects: 300 })
  assert.deepEqual(healthDcatOf(noisy, PEER).dataset[number], { '@value': '300', '@type': 'xsd:nonNegativeInteger' })
})

test('the command writes it from the configuration alone, and names what is not declared', async (t) => {
  const folder = await scratchFolder(t)
  const file = join(folder, 'stimnet.yaml')
  const [first] = demoCatalogs('nowhere')
  const write = (changes: object) =>
    writeFile(file, stringify({ institution: 'North', catalogs: [{ ...first, synthetic: false, ...changes }] }))
  await write({ missingness: 'untold', access_level: 'private' })
  const io = recordingIo()
  assert.equal(await runCommand(catalogCommand, ['dcat', 'clinical_trial_data', '--config', file], io), 1)
  assert.equal(JSON.parse(io.said.out)['dct:publisher']['foaf:name'], 'North')
  assert.match(
    io.said.err,
    /is private[\s\S]*dcat\.access_body, dcat\.access_url, dcat\.health_categories, dcat\.contact/
  )

  await write({ missingness: 'untold', dcat: DCAT })
  const whole = recordingIo()
  const out = join(folder, 'trial.jsonld')
  const args = ['dcat', 'clinical_trial_data', '--config', file, '--out', out]
  assert.equal(await runCommand(catalogCommand, args, whole), 0)
  assert.deepEqual(whole.said, { out: '', err: '' })
  assert.equal(JSON.parse(await readFile(out, 'utf8'))['@type'], 'dcat:Dataset')
  await assert.rejects(runCommand(catalogCommand, ['dcat', 'nothing', '--config', file], whole), {
    code: 'CATALOG_UNKNOWN'
  })
})
