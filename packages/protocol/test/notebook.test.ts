import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cellsOf, readNotebook } from '../src/index.ts'

const code = (more: object) => ({ cell_type: 'code', ...more })
const cellsIn = (notebook: object) => cellsOf(JSON.stringify(notebook))
const reasonOf = (text: string) => {
  const read = readNotebook(text)
  return read.ok ? '' : read.reason
}

describe('a notebook', () => {
  test('is its code cells in order, in both forms in which notebooks are written', () => {
    const cells = [
      code({ source: ['a = 1\n', 'b = 2'] }),
      { cell_type: 'markdown', source: 'words' },
      code({ source: 'c' })
    ]
    assert.deepEqual(cellsIn({ cells }), ['a = 1\nb = 2', 'c'])
    assert.deepEqual(
      cellsIn({ worksheets: [{ cells: [code({ input: 'a' })] }, { cells: [code({ input: ['b'] })] }] }),
      ['a', 'b']
    )
  })

  test('has its own commands replaced, each line where it was', () => {
    assert.deepEqual(cellsIn({ cells: [code({ source: '%time x\n  !pip install y\nz = 5 % 2' })] }), [
      'pass\n  pass\nz = 5 % 2'
    ])
  })

  test('that could be read in two ways is none: whoever approves must have read what runs', () => {
    const [shown, run] = [code({ source: 'harmless' }), code({ source: 'harmful' })]
    assert.match(
      reasonOf(JSON.stringify({ cells: [shown], worksheets: [{ cells: [run] }] })),
      /both cells and worksheets/
    )
    assert.match(reasonOf(JSON.stringify({ cells: [shown], worksheets: null })), /both cells and worksheets/)
    assert.match(reasonOf(JSON.stringify({ cells: [code({ source: 'a', input: 'b' })] })), /entry 1 .*source and input/)
  })

  test('with cells of another shape is none', () => {
    for (const cells of [
      ['x'],
      [code({})],
      [code({ source: 3 })],
      [code({ source: ['a', 3] })],
      [{ cell_type: 'Code', source: 'a' }],
      [{ source: 'a' }],
      [null],
      []
    ]) {
      assert.notEqual(reasonOf(JSON.stringify({ cells })), '', JSON.stringify(cells))
    }
    for (const text of ['', '{', '[]', 'null', '{"cells": 3}', '{"worksheets": [{}]}']) {
      assert.notEqual(reasonOf(text), '', text)
    }
  })
})
