/** The verdict above the evidence: signed by institutions, or stated by the gateway only. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { VerifiedPart } from '@stimnet/sdk'
import type { CheckedAnswer } from '../src/result/trust/answer.ts'
import { verdictOf } from '../src/result/trust/verdict.ts'
import { siteOf } from './outputs.ts'

const { table } = siteOf('North', [1, 3])
const part = (institution: string, more: Partial<VerifiedPart>): VerifiedPart => ({
  ...{ peerId: institution, institution, verified: false, output: null, code: undefined, receipt: undefined },
  ...{ decision: undefined, ...more }
})
const answered = part('North', { verified: true, output: table })
const refused = (code: 'PURPOSE_NOT_PERMITTED' | 'QUEUE_FULL') =>
  part('South', { code, decision: { allowed: false, code, reason: '' } })

function verdict(parts: VerifiedPart[], { given = 1, own = true, agrees = true } = {}) {
  const question = own ? { targets: parts.map(({ peerId }) => peerId) } : undefined
  return verdictOf({ verified: { parts }, agrees, question, swapped: [] } as unknown as CheckedAnswer, given)
}

describe('the verdict of this browser', () => {
  it('is good where every institution signed an answer or a refusal for good', () => {
    assert.equal(verdict([answered]).tone, 'good')
    const { tone, left, about } = verdict([answered, refused('PURPOSE_NOT_PERMITTED')])
    assert.deepEqual([tone, left[0]?.why], ['good', 'it refused and signed the refusal (PURPOSE_NOT_PERMITTED).'])
    assert.match(about ?? '', /signed for 2 institutions/)
  })

  it('warns where an institution is silent, whatever the gateway says of it', () => {
    const invented = verdict([answered, part('South', { code: 'COHORT_NOT_RELEASABLE' })])
    assert.deepEqual(
      [invented.tone, invented.left[0]?.why],
      ['warn', 'no receipt. Only the gateway states the reason (COHORT_NOT_RELEASABLE).']
    )
    // The question may have been accepted when it was sent again, so an early refusal proves nothing.
    assert.equal(verdict([answered, refused('QUEUE_FULL')]).tone, 'warn')
    const admitted = part('South', { decision: { allowed: true, code: undefined, reason: '' } })
    assert.match(verdict([answered, admitted]).left[0]?.why ?? '', /accepted the question, but there is no receipt/)
  })

  it('is bad where a receipt does not hold, or the gateway shows other numbers', () => {
    const broken = part('South', { code: 'SIGNATURE_INVALID' })
    assert.deepEqual([verdict([answered, broken], { given: 2 }).tone, verdict([broken]).about], ['bad', undefined])
    assert.equal(verdict([answered], { agrees: false }).tone, 'bad')
  })

  it('takes a refusal for one of this question only where this browser signed the question', () => {
    const own = verdict([refused('PURPOSE_NOT_PERMITTED')], { given: 0 })
    assert.deepEqual(
      [own.tone, own.words],
      ['calm', 'Each institution refused and signed the refusal: nothing ran, and nothing was released.']
    )
    const theirs = verdict([refused('PURPOSE_NOT_PERMITTED')], { given: 0, own: false })
    assert.equal(theirs.words, 'Only the gateway states that nothing ran.')
    assert.match(theirs.left[0]?.why ?? '', /only the gateway states of which question/)
  })
})
