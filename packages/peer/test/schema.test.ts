import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSql } from '@stimnet/data'
import { disclose, effectiveSettings, SpanLedger, variableFacts } from '@stimnet/privacy'
import {
  type OutputDeclaration,
  outputContractSchema,
  type Program,
  privacyAskSchema,
  type StimnetError,
  type VariableContract,
  type VariableMapping
} from '@stimnet/protocol'
import { assertOutputsFit, catalogInWordsOf, type SchemaAsk } from '../src/jobs/admit/schema.ts'
import { compareCatalogs } from '../src/requests/schema.ts'
import { makeWorld } from '../../../test/data-world.ts'

const SELF = 'peer-a'
const CONFIG = {
  name: 'trial',
  subject_key: 'id',
  synthetic: true,
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'arm', type: 'category', levels: ['drug', 'sugar', 'none'] },
        { name: 'dose', type: 'number', unit: 'mg', decimals: 2, minimum: 0, maximum: 1000, breakpoints: [10, 500] }
      ]
    }
  ]
}
/** Forty people on the drug, three on sugar, twenty on nothing. */
const PEOPLE = Array.from({ length: 63 }, (_, i) => `p${i},${i < 40 ? 'drug' : i < 43 ? 'sugar' : 'none'},${i + 0.25}`)

const catalog = await (await makeWorld(CONFIG, { 'people.csv': `id,arm,dose\n${PEOPLE.join('\n')}\n` })).open()

const SQL: Program = { kind: 'sql', sql: 'SELECT arm, COUNT(DISTINCT id) AS n FROM people GROUP BY arm' }
const SCRIPT: Program = { kind: 'script', language: 'python', code: '' }
const ARM: VariableContract = {
  ...{ variable: 'people.arm', type: 'category', unit: '', breakpoints: [] },
  levels: ['drug', 'sugar', 'none']
}
const GRAMS: VariableContract = { variable: 'people.dose', type: 'number', unit: 'g', levels: [], breakpoints: [] }
const mapping = (more: Partial<VariableMapping>): VariableMapping => ({
  ...{ peer: SELF, variable: 'people.dose', local: 'people.dose', levels: [], scale: '' },
  ...more
})
const P1 = privacyAskSchema.parse({ level: 'P1' })

function read(schema: Partial<SchemaAsk['schema']>, more: Partial<SchemaAsk> = {}) {
  const settings = effectiveSettings({ preset: 'default' })
  const terms = { contract: [], mappings: [], ...schema }
  return catalogInWordsOf({ schema: terms, program: SQL, privacy: P1, settings, self: SELF, ...more }, catalog)
}
function codeOf(run: () => unknown): string {
  try {
    run()
    return 'fine'
  } catch (error) {
    return (error as StimnetError).code
  }
}

test('without contract and mapping a catalog is what it is, and mappings for others are none of its business', () => {
  assert.equal(read({}), catalog)
  assert.equal(read({ contract: [ARM] }), catalog)
  assert.equal(read({ contract: [ARM], mappings: [mapping({ peer: 'peer-b', local: 'people.nothing' })] }), catalog)
})

test('a variable that is not what the contract says is refused in words about both', () => {
  const other = { ...ARM, levels: ['none', 'drug', 'sugar'] }
  assert.throws(() => read({ contract: [other] }), {
    code: 'SCHEMA_MISMATCH',
    reason: /people\.arm, levels "drug, sugar, none" instead of "none, drug, sugar"/
  })
  assert.equal(
    codeOf(() => read({ contract: [GRAMS] })),
    'SCHEMA_MISMATCH'
  )
  assert.equal(
    codeOf(() => read({ contract: [{ ...ARM, variable: 'people.group' }] })),
    'SCHEMA_MISMATCH'
  )
  const swapped = [{ ...GRAMS, unit: 'mg' }, ARM]
  assert.equal(
    codeOf(() => read({ contract: swapped })),
    'fine',
    'SQL reads by name'
  )
  assert.equal(
    codeOf(() => read({ contract: swapped }, { program: SCRIPT })),
    'SCHEMA_MISMATCH',
    'a script may not'
  )
})

test('where answers are rounded, no mapping moves where: only the decimal point', () => {
  const rounding = { settings: effectiveSettings({ preset: 'opensafely' }) }
  const scaled = (scale: string, unit: string) => ({ contract: [{ ...GRAMS, unit }], mappings: [mapping({ scale })] })
  assert.equal(
    codeOf(() => read(scaled('0.001', 'g'), rounding)),
    'fine'
  )
  assert.equal(
    codeOf(() => read(scaled('0.0154', 'grain'), rounding)),
    'PARAMETER_INVALID'
  )
  assert.equal(
    codeOf(() => read(scaled('0.0154', 'grain'))),
    'fine'
  )
})

test('differentially private numbers are not asked for through a mapping', () => {
  const privacy = privacyAskSchema.parse({ level: 'P2', epsilon: '1' })
  const terms = { contract: [GRAMS], mappings: [mapping({ scale: '0.001' })] }
  assert.equal(
    codeOf(() => read(terms, { privacy })),
    'PARAMETER_INVALID'
  )
})

test('merging levels now this way and now that does not part the few from the many', async () => {
  const settings = effectiveSettings({ preset: 'default' })
  let ledgers = { subjects: SpanLedger.start(catalog.subjects) }
  const ask = async (contract: VariableContract[], mappings: VariableMapping[]) => {
    const view = read({ contract, mappings })
    const plan = parseSql(SQL.kind === 'sql' ? SQL.sql : '', view.descriptor)
    const cohort = await view.cohort(undefined)
    const disclosed = disclose(
      { kind: 'table', plan, reduction: await view.reduce(plan, cohort), defining: [] },
      {
        ...{ settings, policyHash: '', epoch: '', cohortHash: '', codeHash: '', image: '' },
        ...{ cohort, ledgers, synthetic: true, variables: variableFacts(view.descriptor, view.sourceOf) }
      }
    )
    if (!disclosed.ok) return []
    ledgers = disclosed.ledgers
    const { output } = disclosed.output
    return output.kind === 'table' ? output.rows.map(({ values }) => values) : []
  }
  const merged = { ...ARM, levels: ['treated', 'untreated'] }
  const into = (drug: string, sugar: string, none: string) =>
    mapping({
      ...{ variable: 'people.arm', local: 'people.arm' },
      levels: [
        { local: 'drug', level: drug },
        { local: 'sugar', level: sugar },
        { local: 'none', level: none }
      ]
    })
  assert.deepEqual(await ask([merged], [into('treated', 'treated', 'untreated')]), [
    ['treated', 43],
    ['untreated', 20]
  ])
  // Forty together with forty-three, or twenty-three together with twenty, would disclose the three people on sugar.
  assert.deepEqual(await ask([merged], [into('treated', 'untreated', 'untreated')]), [])
  const plain = await ask([], [])
  assert.ok(!plain.flat().includes(40) && !plain.flat().includes(3))
})

test('outputs that could tell too much are refused before the run, with the number of bits', () => {
  const settings = effectiveSettings({ preset: 'default' })
  const outputs = (count: number): OutputDeclaration[] =>
    outputContractSchema.parse(Array.from({ length: count }, (_, i) => ({ name: `t${i}`, kind: 'test' as const })))
  assert.doesNotThrow(() => assertOutputsFit(outputs(3), SCRIPT, settings))
  assert.throws(() => assertOutputsFit(outputs(32), SCRIPT, settings), {
    code: 'CONTRACT_INVALID',
    reason: /can disclose \d+ bits or more, and a script may disclose 256 here/
  })
  assert.equal(
    codeOf(() => assertOutputsFit(outputs(1), SQL, settings)),
    'CONTRACT_INVALID'
  )
})

test('a script is compared over all that it may read, a query over what it uses', () => {
  const { descriptor } = catalog
  const [table] = descriptor.tables
  assert.ok(table)
  const without = {
    ...descriptor,
    tables: [{ ...table, variables: table.variables.filter(({ name }) => name === 'arm') }]
  }
  const found = [
    { peerId: 'peer-a', descriptor },
    { peerId: 'peer-b', descriptor: without }
  ]
  const compare = (program: Program, more: object = {}) =>
    compareCatalogs({ program, cohort: [], terms: { contract: [], mappings: [] }, found, ...more })
  assert.deepEqual(compare(SQL).differences, [])
  assert.deepEqual(
    compare(SCRIPT).differences.map(({ site, variable }) => [site, variable]),
    [['peer-b', 'people.dose']]
  )
  assert.deepEqual(
    compare(SCRIPT, { terms: { contract: [ARM], mappings: [] } }).differences,
    [],
    'what it says it uses'
  )
  assert.equal(compare(SQL, { cohort: ['dose'] }).differences.length, 1, 'a cohort’s variables count')
  const nonsense: Program = { kind: 'sql', sql: 'SELECT nonsense' }
  assert.deepEqual(compare(nonsense), { contract: [], differences: [], skeleton: [] }, 'each peer will say so itself')
})
