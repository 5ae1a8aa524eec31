/** Tests that text from other institutions in a command's output cannot control the terminal. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cellOf, printableLines, tableOf, tell, textTo } from '@stimnet/machine'
import { type Output, outputSchema, StimnetError } from '@stimnet/protocol'
import { ApiError, type Broadcast, modelText } from '@stimnet/sdk'
import { answerText } from '../src/answer/answer.ts'

const STEERING = '\u001b]0;pwned\u0007\u001b[2J\r\u009b1A\u202e\u2028'
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}](?<![\n\t])/u

const disclosure = {
  ...{ level: 'P1', claim: `claim${STEERING}`, preset: 'default', policy_hash: '', k: 5, round_base: 1, epoch: '' },
  ...{ cohort_hash: '', subjects: 50, suppressed_cells: 0, bits: null, code_hash: '', image: '' }
} as const
const upper = ['50', '20', '150', '20', '70', '800']
const gram = {
  ...{ formula: `y ~ x${STEERING}`, outcome: 'y', factors: [], intercept: true, n: 50, upper, site: 'none' },
  columns: ['(Intercept)', `x${STEERING}`, 'y'].map((name) => ({ name, decimals: 0 }))
}
const table = (columns: object[], row: object): Output =>
  outputSchema.parse({ kind: 'table', columns, rows: [row], withheld: { groups: 0, cells: 0 }, disclosure })
const OUTPUTS: readonly Output[] = [
  table(
    [
      { name: `sex${STEERING}`, role: 'key', kind: 'key' },
      { name: `count${STEERING}`, role: 'measure', kind: 'subjects', unit: STEERING }
    ],
    { values: [`f${STEERING}`, 30], parts: { [`count${STEERING}`]: { add: 30 } } }
  ),
  table([{ name: 'n', role: 'measure', kind: 'gram' }], { values: [50], parts: { n: { gram } } }),
  outputSchema.parse({ kind: 'values', values: { [STEERING]: STEERING }, withheld: { leaves: 0 }, disclosure }),
  outputSchema.parse({
    ...{ kind: 'typed', withheld: { values: 0 }, disclosure },
    outputs: [{ name: `a${STEERING}`, kind: 'count', unit: STEERING, class: '', n: 50, value: 20 }]
  })
]

const part = (peer: string, output: Output) => ({
  ...{ peer_id: peer, node_id: STEERING, institution: `North${STEERING}`, state: 'completed', code: null, output },
  ...{ reason: STEERING, warnings: [] }
})
const broadcast = (parts: object[], pooled: unknown = null) =>
  ({
    warnings: [STEERING],
    state: 'completed',
    code: null,
    reason: STEERING,
    statistic: null,
    parts,
    pooled
  }) as unknown as Broadcast

describe('words of other institutions', () => {
  it('cannot control the terminal in an answer, whatever its form is', () => {
    for (const output of OUTPUTS) {
      assert.doesNotMatch(answerText(broadcast([part('12D1', output)])), CONTROLS)
      assert.doesNotMatch(answerText(broadcast([part('12D1', output), part('12D2', output)])), CONTROLS)
    }
    assert.doesNotMatch(answerText(broadcast([])), CONTROLS)
  })

  it('cannot control it in a table or a model either, as its header', () => {
    assert.doesNotMatch(tableOf([STEERING, 'b'], [[STEERING, 1]]), CONTROLS)
    assert.equal(cellOf('a\u001bb'), 'a\uFFFDb')
    const coefficients = [{ term: STEERING, estimate: 1, error: null, statistic: null, p: null, interval: null }]
    const own = { n: 5, sigma: null, coefficients }
    const model = {
      ...{ kind: 'regression' as const, site: 'none' as const, formula: STEERING, outcome: STEERING, coefficients },
      ...{ n: 5, note: STEERING },
      ...{ df: null, sigma: null, r2: null, adjusted_r2: null, log_likelihood: null, aic: null },
      sites: ['A', 'B'].map((site) => ({ site, ...own }))
    } as const
    assert.doesNotMatch(
      modelText(model, () => STEERING),
      CONTROLS
    )
  })

  it('cannot control it where a command writes them as they are: the stream of a terminal cleans them', () => {
    const written: string[] = []
    const write = textTo((text) => written.push(text))
    write(`one\ttwo\n${STEERING}\n`)
    assert.doesNotMatch(written.join(''), CONTROLS)
    assert.match(written.join(''), /^one\ttwo\n\uFFFD/)
    assert.equal(printableLines('größe\n–'), 'größe\n–')
  })

  it('cannot control it in an error, of the gateway, of a question or of this program', () => {
    const written: string[] = []
    const io = { err: (text: string) => void written.push(text) }
    const fields = [{ field: STEERING, message: STEERING }]
    tell(new ApiError('PARAMETER_INVALID', { status: 400, reason: STEERING, fields }), io)
    tell(new StimnetError('SOURCE_INVALID', STEERING, { reason: STEERING }), io)
    tell(new Error(STEERING), io)
    assert.doesNotMatch(written.join(''), CONTROLS)
  })
})
