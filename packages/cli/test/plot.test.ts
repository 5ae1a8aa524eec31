import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { barsOf, pooledPlot } from '../src/answer/plot.ts'

const drawn = (...bars: [string, number | null][]) =>
  barsOf(
    'n by sex',
    bars.map(([label, value]) => ({ label, value }))
  ).join('')

describe('a plot in a terminal', () => {
  test('shows each value by its length, and says what was withheld', () => {
    assert.equal(
      drawn(['female', 64], ['male', 32], ['other', null]),
      `\nn by sex\n  female  ${'█'.repeat(32)} 64\n  male    ${'█'.repeat(16)} 32\n  other   · withheld\n`
    )
  })

  test('says of an answer with noise that a missing number is too noisy, since nothing is withheld from it', () => {
    const output = { kind: 'table', disclosure: { level: 'P2' } }
    const pooled = {
      columns: [
        { name: 'sex', role: 'key' },
        { name: 'r', role: 'measure' }
      ],
      rows: [
        { values: ['female', 0.5], sites: ['N'] },
        { values: ['male', null], sites: [] }
      ],
      sites: ['N']
    }
    assert.match(pooledPlot({ pooled, parts: [{ output }] } as never).join(''), /male +· too noisy\n/)
    assert.match(pooledPlot({ pooled, parts: [{ output: null }] } as never).join(''), /male +· withheld\n/)
  })

  test('says of each bar over how many institutions it is, where they are not all, and that such bars differ by who is in them', () => {
    const columns = ['sex', 'mean', 'sd'].map((name, at) => ({ name, role: at === 0 ? 'key' : 'measure' }))
    const row = (sex: string, sites: string[], own?: string[]) => ({
      values: [sex, 4, 1],
      sites,
      ...(own === undefined ? {} : { column_sites: [null, own, sites] })
    })
    const plotOf = (...rows: object[]) =>
      pooledPlot({ pooled: { columns, rows, sites: ['N', 'S', 'W'] }, parts: [] } as never).join('')
    const all = ['N', 'S', 'W']
    const mixed = plotOf(row('female', all), row('male', all, ['N', 'W']))
    assert.match(mixed, /female +█+ 4\n +male +█+ 4 \(2 of 3 institutions\)\nNot all bars cover the same institutions/)
    const fewer = plotOf(row('female', ['N', 'S']), row('male', ['S', 'N']))
    assert.match(fewer, /female +█+ 4 \(2 of 3 institutions\)\n +male +█+ 4 \(2 of 3 institutions\)\n$/)
    assert.doesNotMatch(plotOf(row('female', all), row('male', all)), /institutions/)
  })

  test('draws what is below zero to the other side', () => {
    assert.equal(
      drawn(['a', -10], ['b', 10]),
      `\nn by sex\n  a  ${'█'.repeat(16)} -10\n  b  ${' '.repeat(16)}${'█'.repeat(16)} 10\n`
    )
  })

  test('is left out where there is nothing to compare', () => {
    assert.equal(drawn(['all', 5]), '')
    assert.equal(drawn(['a', 0], ['b', 0]), '')
    assert.equal(drawn(['a', null], ['b', null]), '')
    assert.equal(drawn(['a', 0], ['b', -5e-324]), '')
    assert.equal(drawn(['a', -1e308], ['b', 1e308]), '')
    assert.equal(drawn(...Array.from({ length: 25 }, (_, n): [string, number] => [`${n}`, n])), '')
  })

  test('cannot be steered by a level’s name', () => {
    assert.doesNotMatch(drawn(['\u001b[2J', 1], ['b\u202e', 2]).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
  })

  test('never draws wider than it may, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 24 }),
        (values) => {
          const lines = drawn(...values.map((value, at): [string, number] => [`${at}`, value])).split('\n')
          // Two spaces, a label of at most two characters, two spaces, at most 33 cells, and a space before the number.
          for (const line of lines.slice(2))
            assert.ok((/^[^\d-]*\d+ +[ █▏▎▍▌▋▊▉]*/.exec(line)?.[0].length ?? 0) <= 41, line)
        }
      )
    )
  })
})
