/** The question is shown before the answer: on the page, in the list, and in every file. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signerFromSeed, SimulatedClock } from '@stimnet/protocol'
import { type AskedQuestion, askedQuestionOf, type BroadcastPart, readSignedRequest, signRequest } from '@stimnet/sdk'
import { askedRows, csvOf } from '../src/result/files/csv.ts'
import { comeSoFar } from '../src/result/live/come-so-far.ts'
import { askedInWords, cohortInWords, programInWords } from '../src/words/question/asked.ts'
import { briefOf } from '../src/words/question/question.ts'
import { wordsOfPart } from '../src/words/state.ts'

const CALL = JSON.stringify({
  name: 'quantile',
  variables: ['outcomes.UPDRS_total'],
  by: ['subjects.sex'],
  arguments: { q: 0.5 }
})
const asked = (more: Partial<AskedQuestion> = {}): AskedQuestion => ({
  ...{ data_catalog_name: 'trial', targets: '*', script_type: 'statistic', script_content: CALL },
  ...more
})

describe('what was asked', () => {
  it('is whom and what, before all else', () => {
    const where = { column: 'subjects.sex', op: '=', values: ['female'] } as const
    const [whom, what] = askedInWords(asked({ where, filters: { visit: ['baseline', 'month_6'] } }))
    assert.deepEqual(whom, ['Cohort', 'Those with subjects.sex is female and visit is one of baseline, month_6'])
    assert.deepEqual(what, ['Question', 'quantile UPDRS_total by sex, q 0.5'])
    assert.equal(cohortInWords({}), 'Everybody')
    assert.equal(cohortInWords({ set: 'main' }), 'Everybody of the analysis set main')
    assert.equal(cohortInWords({ set: 'main', where }), 'Those of the analysis set main with subjects.sex is female')
    assert.match(cohortInWords({ filters: { limit: { deep: 1 } } }), /"deep":1.*as the script reads it/)
  })

  it('is the text of a query, and of a script that it is one', () => {
    assert.equal(programInWords(asked({ script_type: 'sql', script_content: 'SELECT 1' })), 'SELECT 1')
    assert.equal(programInWords(asked({ script_type: 'python', script_content: 'a\nb' })), 'python script of 2 lines')
    assert.equal(programInWords(asked({ script_content: 'no JSON' })), 'no JSON')
  })

  it('is the same whether this browser signed it or the gateway tells it', async () => {
    const clock = new SimulatedClock()
    const signer = await signerFromSeed(new Uint8Array(32).fill(1))
    const { text } = await signRequest({
      ...{ signer, clock, catalog: 'trial', targets: [signer.id], title: 'Ages', purpose: ['DUO:0000037'] },
      program: { kind: 'sql', sql: 'SELECT 1' },
      where: { column: 'subjects.age', op: '>=', values: [65] }
    })
    const signed = await readSignedRequest(text, { clock })
    const words = askedInWords(askedQuestionOf(signed, signed.targets))
    assert.deepEqual(words.slice(0, 3), [
      ['Cohort', 'Those with subjects.age at least 65'],
      ['Question', 'SELECT 1'],
      ['Catalog', 'trial']
    ])
  })

  it('leads a CSV file, and cannot be run by a spreadsheet', () => {
    const rows = askedRows(askedInWords(asked({ script_type: 'sql', script_content: '=HYPERLINK("x")' })))
    const text = csvOf([...rows, ['institution', 'n']])
    assert.match(text, /^Cohort,Everybody\r\nQuestion,"'=HYPERLINK/)
    assert.match(text, /\r\n\r\ninstitution,n\r\n$/)
    assert.deepEqual(askedRows([]), [])
  })

  it('stands in the list beside the name', () => {
    const one = {
      title: 'Ages',
      script_type: 'sql',
      statistic: null,
      opening: 'SELECT AVG(age)\nFROM subjects',
      cohort: null
    }
    assert.equal(briefOf(one), 'SELECT AVG(age) FROM subjects — of everybody')
    const cohort = { column: 'sex', op: '=', values: ['female'] }
    const statistic = { name: 'mean', variables: ['subjects.age'], by: [] }
    assert.equal(briefOf({ ...one, statistic, cohort }), 'mean age — of those with sex is female')
    assert.equal(briefOf({ ...one, title: '', statistic, cohort }), 'Of those with sex is female')
  })
})

describe('an institution that is asked', () => {
  it('reads unreachable while nobody there has admitted anything', () => {
    const words = wordsOfPart({ state: 'queued', code: 'PEER_UNREACHABLE', reason: 'It has not been reached.' })
    assert.deepEqual([words.word, words.tone, words.meaning], ['unreachable', 'warn', 'It has not been reached.'])
    assert.equal(wordsOfPart({ state: 'queued', code: null, reason: null }).word, 'queued')
    assert.equal(wordsOfPart({ state: 'failed', code: 'PEER_UNREACHABLE', reason: null }).word, 'failed')
  })

  it('is not among those that failed while it is awaited', () => {
    const part = (peer_id: string, state: string) => ({ peer_id, state }) as unknown as BroadcastPart
    const parts = [part('a', 'completed'), part('b', 'running'), part('c', 'denied'), part('x', 'completed')]
    const [shown, options] = comeSoFar({ parts, asked: asked() }, { hash: 'h', targets: ['a', 'b', 'c'], outputs: [] })
    assert.deepEqual(
      shown.parts.map(({ peer_id }) => peer_id),
      ['a', 'c']
    )
    assert.deepEqual([options?.requestHash, options?.peers], ['h', undefined])
  })
})
