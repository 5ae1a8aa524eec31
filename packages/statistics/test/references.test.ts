/**
 * Tests that an institution where nobody has the reference level of a category states that its own coefficients are relative to
 * another level.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitModel } from '../src/index.ts'
import { referenceNotes } from '../src/models/references.ts'
import { type Declared, measureOf, type ModelRow, partOf } from './models-fixtures.ts'

const DECLARED: Declared = { y: 1, gene: ['none', 'GBA', 'LRRK2'], sex: ['f', 'm'] }

function rowsOf(genes: readonly string[]): ModelRow[] {
  return Array.from({ length: 30 }, (_, i) => ({
    ...{ y: (i * 7) % 11, gene: genes[i % genes.length] ?? '', sex: i % 4 === 0 ? 'f' : 'm' }
  }))
}

function notesOf(formula: string, second: readonly string[], effects: 'none' | 'meta' = 'none'): string[] {
  const measure = measureOf(formula, DECLARED, effects)
  const sites = [['none', 'GBA', 'LRRK2'], second].map((genes, at) => ({
    ...{ site: `s${at}`, gram: partOf(measure, rowsOf(genes), DECLARED) }
  }))
  return referenceNotes(sites, fitModel(sites))
}

test('a site without the reference is named with the level that its own coefficients compare with', () => {
  assert.deepEqual(notesOf('y ~ gene + sex', ['GBA', 'LRRK2']), [
    's1 has nobody with gene none: by itself its coefficients of gene compare with LRRK2, and not with none as those of the others.'
  ])
  assert.match(
    notesOf('y ~ gene + sex', ['GBA', 'LRRK2'], 'meta')[0] ?? '',
    /as those of the others\. They are left out of what is combined\.$/
  )
})

test('nothing is said where everybody has it, where another level is missing, without an intercept, and of one site', () => {
  assert.deepEqual(notesOf('y ~ gene + sex', ['none', 'GBA', 'LRRK2']), [])
  assert.deepEqual(notesOf('y ~ gene + sex', ['none', 'LRRK2']), [])
  assert.deepEqual(notesOf('y ~ gene - 1', ['GBA', 'LRRK2']), [])
  const own = [{ site: 's', gram: partOf(measureOf('y ~ gene', DECLARED), rowsOf(['GBA', 'LRRK2']), DECLARED) }]
  assert.deepEqual(referenceNotes(own, fitModel(own)), [])
})
