/** Display: programs as text, search in the log, URLs, accounts, the connection to the gateway. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuditRecord } from '@stimnet/sdk'
import fc from 'fast-check'
import { type Language, linesOf, piecesOf } from '../src/editor/highlight.ts'
import { matching, merged } from '../src/log/search.ts'
import { centreFor, MAP, placesAround } from '../src/map/layout.ts'
import { cellsToRead } from '../src/requests/cells.ts'
import { decisionOf, formFor } from '../src/requests/decision.ts'
import { hrefTo, placeOf } from '../src/route.ts'
import { accountOf, holds } from '../src/session/account.ts'
import { watchedFetch } from '../src/session/connection.ts'
import { takeReturned } from '../src/session/returned.ts'
import { seenParts } from '../src/words/unseen.ts'

const LANGUAGES: readonly Language[] = ['sql', 'python', 'r', 'json']

describe('a program in colours', () => {
  it('is the same program, whatever stands in it', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^['"#\-/*\n\\ a-z0-9]*$/))
    fc.assert(
      fc.property(text, fc.constantFrom(...LANGUAGES), (source, language) => {
        assert.equal(
          piecesOf(source, language)
            .map((piece) => piece.text)
            .join(''),
          source
        )
        const lines = linesOf(source, language).map((line) => line.map((piece) => piece.text).join(''))
        assert.deepEqual(lines, source.split('\n'))
      })
    )
  })

  it('knows words, texts, numbers and comments of its language', () => {
    const kinds = (source: string, language: Language) =>
      piecesOf(source, language)
        .filter(({ text }) => text.trim() !== '')
        .map(({ text, kind }) => `${kind}:${text}`)
    assert.deepEqual(kinds("select 1 -- x\n'it''s'", 'sql'), [
      'keyword:select',
      'number:1',
      'comment:-- x',
      "text:'it''s'"
    ])
    assert.deepEqual(kinds('import os # y', 'python'), ['keyword:import', 'name:os', 'comment:# y'])
  })

  it('of a notebook is its code cells; of what is no notebook, all of it', () => {
    const notebook = JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: '# words' },
        { cell_type: 'code', source: ['a = 1\n', 'b = 2'] },
        { cell_type: 'code', source: 'c = 3' }
      ]
    })
    assert.deepEqual(
      cellsToRead('jupyter', notebook).map(({ number, source }) => [number, source]),
      [
        [1, 'a = 1\nb = 2'],
        [2, 'c = 3']
      ]
    )
    assert.equal(cellsToRead('jupyter', 'not JSON')[0]?.source, 'not JSON')
    assert.equal(cellsToRead('python', 'x = 1')[0]?.source, 'x = 1')
  })

  it('of a notebook is what runs of it, in the older form too, and never one of two readings', () => {
    const shown = (notebook: object) =>
      cellsToRead('jupyter', JSON.stringify(notebook)).map(({ language, source }) => `${language}: ${source}`)
    const [harmless, harmful] = [
      { cell_type: 'code', source: 'harmless' },
      { cell_type: 'code', input: 'harmful' }
    ]
    assert.deepEqual(shown({ worksheets: [{ cells: [harmful] }] }), ['python: harmful'])
    assert.deepEqual(shown({ cells: [{ cell_type: 'code', source: '!rm x\ny' }] }), ['python: pass\ny'])
    const both = { cells: [harmless], worksheets: [{ cells: [harmful] }] }
    assert.deepEqual(shown(both), [`jupyter: ${JSON.stringify(both)}`])
  })

  it('has what cannot be seen shown by its name, and is otherwise as it is', () => {
    const shown = (text: string) => seenParts(text).map((part) => (part.isUnseen ? `[${part.text}]` : part.text))
    assert.deepEqual(shown('os\u200b.x\t\n\ufeff'), ['os', '[U+200B]', '.x\t\n', '[U+FEFF]'])
    assert.deepEqual(shown('\r\u202e\ufe0f\u{e0041}\ud800'), [
      ...['[U+000D]', '[U+202E]', '[U+FE0F]', '[U+E0041]', '[U+D800]']
    ])
    assert.deepEqual(shown('žluť 数据 🧠'), ['žluť 数据 🧠'])
  })
})

describe('the log', () => {
  const record = (sequence: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
    ...{ sequence, at: '2026-11-25T00:00:00.000Z', kind: 'release', actor: '12D3KooA', job_id: 'j1', code: '' },
    ...{ detail: { output: 'beef' }, hash: 'cafe' },
    ...more
  })
  const records = [record(3, { code: 'DENIED', kind: 'decision' }), record(2), record(1)]

  it('is searched by every word, in any part of a record', () => {
    const found = (text: string, kind = '') => matching(records, text, kind).map(({ sequence }) => sequence)
    assert.deepEqual(found('denied 12d3kooa'), [3])
    assert.deepEqual(found('beef'), [3, 2, 1])
    assert.deepEqual(found('beef', 'release'), [2, 1])
    assert.deepEqual(found('nothing'), [])
  })

  it('is one list, newest first, however its pages overlap', () => {
    const one = merged([record(5), record(4)], [record(4), record(3)])
    assert.deepEqual(
      one.map(({ sequence }) => sequence),
      [5, 4, 3]
    )
  })
})

describe('a steward’s decision', () => {
  const request = { parameters: { years: 2, code: 'x', list: [1] }, standing: null }

  it('is bound to this one run unless the code may run again, and then to the parameters as they are', () => {
    const form = { ...formFor(request), notes: ' Read. ' }
    assert.deepEqual(decisionOf(form, { status: 'approved', request }), { status: 'approved', approval_notes: 'Read.' })
    assert.deepEqual(decisionOf({ ...form, notes: '', stands: true, runs: 3 }, { status: 'approved', request }), {
      status: 'approved',
      standing: {
        ...{ runs: 3, days: 90, cohort: 'same', requester: 'same' },
        parameters: { years: { one_of: [2] }, code: { one_of: ['x'] } }
      }
    })
    assert.deepEqual(decisionOf({ ...form, stands: true, notes: '' }, { status: 'denied', request }), {
      status: 'denied'
    })
  })

  it('begins with the terms that another steward granted', () => {
    const standing = {
      runs: 7,
      days: 30,
      cohort: 'any',
      requester: 'same',
      parameters: { years: { minimum: 1, maximum: 5 } }
    }
    assert.equal(formFor({ standing }).stands, false, 'nobody grants them unasked')
    const form = { ...formFor({ standing }), stands: true }
    assert.deepEqual(decisionOf(form, { status: 'approved', request: { ...request, standing } }).standing, standing)
  })
})

describe('a place in the console', () => {
  it('is read from the address that leads to it', () => {
    const there = placeOf(hrefTo('question', 'a/b ?#', { q: 'x y' }))
    assert.deepEqual([there.page, there.id, there.query.get('q')], ['question', 'a/b ?#', 'x y'])
    assert.deepEqual([placeOf('').page, placeOf('#/').page, placeOf('#/log').page], ['', '', 'log'])
    assert.equal(placeOf('#/question/%E0%A4%A').id, '%E0%A4%A')
  })
})

describe('the map', () => {
  it('has a place inside for every institution, none on another’s', () => {
    for (const count of [1, 2, 3, 4, 5, 8, 12, 13, 24]) {
      const places = [...placesAround(count), centreFor(count)]
      assert.equal(new Set(places.map(({ x, y }) => `${x} ${y}`)).size, count + 1, `${count}`)
      for (const { x, y } of places) {
        assert.ok(x > 20 && x < MAP.width - 20 && y > 20 && y < MAP.height - 20, `${count}: ${x}, ${y}`)
      }
    }
  })
})

describe('a token', () => {
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`

  it('says whose it is and until when', () => {
    const account = accountOf(token({ sub: 'Ådå', roles: ['steward', 'king'], exp: 1_800_000_000 }))
    assert.deepEqual(account, { name: 'Ådå', roles: ['steward'], expiresAtMs: 1_800_000_000_000 })
    assert.equal(account && holds(account, 'researcher', 'steward'), true)
    assert.equal(account && holds(account, 'auditor'), false)
  })

  it('that is none is nobody’s', () => {
    for (const text of ['', 'a.b.c', token({ sub: 1, exp: 1 }), token({ sub: 'x' })])
      assert.equal(accountOf(text), null)
  })
})

describe('a login by a provider', () => {
  const kept = (verifier: string | null) => {
    const taken: string[] = []
    return { taken, get: () => verifier, remove: (key: string) => void taken.push(key) }
  }

  it('comes back with a code, which serves with the secret that was kept, once', () => {
    const storage = kept('v')
    assert.deepEqual(takeReturned('#/?login_code=c', storage), { ok: true, code: 'c', verifier: 'v' })
    assert.equal(storage.taken.length, 1)
    assert.equal(takeReturned('#/log', storage), undefined)
    assert.equal(takeReturned('', storage), undefined)
  })

  it('signs nobody in that was begun elsewhere, and says why where it was refused', () => {
    const codes = (hash: string) => {
      const returned = takeReturned(hash, kept(null))
      return returned && !returned.ok ? returned.error.code : returned
    }
    assert.equal(codes('#/?login_code=c'), 'LOGIN_REFUSED')
    assert.equal(codes('#/?login_error=NOT_PERMITTED'), 'NOT_PERMITTED')
    assert.equal(codes('#/?login_error=%3Cscript%3E'), 'LOGIN_REFUSED')
  })
})

describe('the way to the gateway', () => {
  const told: string[] = []
  const events = {
    answered: () => told.push('answered'),
    unreachable: () => told.push('unreachable'),
    tokenRefused: () => told.push('refused')
  }
  const from = async (
    answer: () => Promise<Response>,
    init: RequestInit = { headers: { authorization: 'Bearer x' } }
  ) => {
    told.length = 0
    await watchedFetch(answer, events)('/x', init).catch(() => undefined)
    return told.join(' ')
  }

  it('tells whether it answers, and whether it still takes the token', async () => {
    assert.equal(await from(async () => new Response('')), 'answered')
    assert.equal(await from(async () => new Response('', { status: 401 })), 'answered refused')
    assert.equal(await from(() => Promise.reject(new TypeError('x'))), 'unreachable')
  })

  it('takes a wrong password for no expired token, and a page that was left for no failure', async () => {
    assert.equal(await from(async () => new Response('', { status: 401 }), {}), 'answered')
    assert.equal(await from(() => Promise.reject(new Error('x')), { signal: AbortSignal.abort() }), '')
  })
})
