import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { AnalysisAbout } from '../src/wire/gen/messages.ts'
import {
  aboutFromMessage,
  aboutSchema,
  codePointOf,
  looksOf,
  misleadingIn,
  plainLine,
  plainName,
  withoutMisleading
} from '../src/index.ts'
import { coded, received } from './fixtures.ts'

const BIDIRECTIONAL = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e']
const ISOLATES = ['\u2066', '\u2067', '\u2068', '\u2069']
const CONTROLS = ['\0', '\b', '\v', '\f', '\x1b', '\x7f', '\x85', '\x9f']

describe('a text that reads otherwise than it is', () => {
  test('is named by its line and code point', () => {
    assert.deepEqual(misleadingIn('x = 1\n# comment\rimport os'), { line: 2, codePoint: 'U+000D', at: 15 })
    for (const character of [...BIDIRECTIONAL, ...ISOLATES, ...CONTROLS, '\u2028', '\u2029', '\r']) {
      assert.equal(misleadingIn(`a\n\nb${character}c`)?.codePoint, codePointOf(character))
      assert.equal(misleadingIn(`a\n\nb${character}c`)?.line, 3)
    }
  })

  test('is not a text in any script, with tabs or with Windows line ends', () => {
    assert.equal(misleadingIn('\tx\r\ny\n žluťoučký שלום 数据 🧠\u200b'), undefined)
  })

  test('is shown with a mark where it cannot be shown as it is', () => {
    assert.equal(withoutMisleading('a\u202eb\rc\r\nd'), 'a\uFFFDb\uFFFDc\nd')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(misleadingIn(withoutMisleading(text)), undefined)
      })
    )
  })

  test('is refused as a name, as are tabs and line ends', () => {
    for (const text of ['a\u202eb', 'a\nb', 'a\tb', 'a\rb']) assert.equal(plainLine(9).safeParse(text).success, false)
    assert.equal(plainLine(9).safeParse('Žofia').success, true)
  })

  test('is refused as the name of an institution, as are quotation marks and words of two alphabets', () => {
    for (const name of [
      'Charité',
      'Klinik St. Anna',
      'Ospedale dell’Est',
      'Клиника',
      'Hospital Κλινική',
      'بیمارستان می\u200cلاد',
      '病院 2'
    ]) {
      assert.equal(plainName(40).safeParse(name).success, true, name)
    }
    const refused = [
      'A ” Its phrase: x',
      'A "B"',
      'A «B»',
      'Charité\u200b',
      'Chari\u00adté',
      'Charité\u2060',
      'Сharité',
      'Charitе\u0301',
      'Cοast',
      'a\nb',
      '...',
      ''
    ]
    for (const name of refused) assert.equal(plainName(40).safeParse(name).success, false, JSON.stringify(name))
  })

  test('looks like another name where only case, accents, punctuation or the alphabet differ', () => {
    const isSame = (one: string, other: string) => looksOf(one).some((look) => looksOf(other).includes(look))
    for (const name of [
      'CHARITÉ',
      'Ｃharité',
      'Сharité',
      'Charitе\u0301',
      'Charite',
      'Charité.',
      '“Charité”',
      'Cha\u200brité'
    ]) {
      assert.equal(isSame(name, 'Charité'), true, name)
    }
    assert.equal(isSame('СОНО', 'COHO'), true, 'a whole word of Cyrillic letters')
    assert.equal(isSame('ΑΘΗΝΑ', 'αθηνα'), true)
    for (const name of ['Charités', 'Hospital 2', 'Клиника', '']) assert.equal(isSame(name, 'Charité'), false, name)
  })

  test('is not taken from whoever asks, and the field is named', () => {
    const about = { requester_name: 'Ada', requester_institution: 'North', requester_email: 'ada@example.org' }
    assert.equal(aboutSchema.safeParse({ ...about, description: 'One.\n\nTwo.' }).success, true)
    assert.equal(aboutSchema.safeParse({ ...about, description: 'One.\u2066' }).success, false)
    assert.throws(
      () =>
        aboutFromMessage(
          received(AnalysisAbout, {
            ...{ requesterName: 'A\u202eda', requesterInstitution: 'N', requesterEmail: 'a@example.org' }
          })
        ),
      (error: Error) => coded('PARAMETER_INVALID')(error) && /requester_name: .*U\+202E/.test(error.message)
    )
  })
})
