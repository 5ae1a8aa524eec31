import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SandboxAttack, SandboxFindings } from '@stimnet/sdk'
import { heldBy, OUTCOMES, shownOf, sumOf, toneOf } from '../src/sandboxes/findings.ts'

const attack = (outcome: SandboxAttack['outcome'], admitted: boolean, by = 'wall time'): SandboxAttack => ({
  ...{ id: outcome, title: '', tries: '', language: 'python', outcome, by, admitted }
})

const findings = (more: Partial<SandboxFindings> = {}): SandboxFindings => ({
  ...{ grade: 'wasm', here: true, why: null, how_to: null, clean: true, languages: ['python'] },
  counts: { contained: 170, bounded: 2, open: 0, unjudged: 0 },
  ...{ left_behind: [], attacks: [], ...more }
})

describe('what a self-test found', () => {
  test('is a sentence an engine, and what is unjudged is told only where something is', () => {
    assert.equal(sumOf(findings()), 'wasm: 170 contained, 2 bounded, 0 OPEN. It holds what its grade promises.')
    const counts = { contained: 1, bounded: 0, open: 1, unjudged: 3 }
    assert.equal(
      sumOf(findings({ clean: false, counts, left_behind: ['process 7'] })),
      'wasm: 1 contained, 0 bounded, 1 OPEN, 3 unjudged. Left behind: process 7. It does not hold what its grade promises.'
    )
  })

  test('says why an engine could not be opened, and what to do', () => {
    const absent = findings({ here: false, why: 'asking Docker', how_to: 'Install Docker.', clean: false })
    assert.equal(sumOf(absent), 'wasm could not be opened (asking Docker). Install Docker.')
  })

  test('marks whatever a grade does not admit, whether open, unjudged or bounded', () => {
    const all = [attack('contained', true), attack('bounded', true), attack('bounded', false), attack('open', false)]
    assert.deepEqual([...all, attack('unjudged', false)].map(toneOf), ['good', 'calm', 'bad', 'bad', 'bad'])
    assert.equal(heldBy(attack('bounded', true)), 'wall time')
    assert.equal(heldBy(attack('bounded', false)), 'wall time (not permitted for its grade)')
    assert.equal(OUTCOMES.open.word, 'OPEN')
  })

  test('can be cut to what was not contained', () => {
    const all = [attack('contained', true), attack('bounded', true), attack('open', false)]
    assert.deepEqual(shownOf(all, { notContained: true }), all.slice(1))
    assert.deepEqual(shownOf(all, { notContained: false }), all)
  })
})
