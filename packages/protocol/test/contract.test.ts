import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  contractFromMessage,
  contractToMessage,
  messages,
  type OutputDeclarationInput,
  outputContractSchema
} from '@stimnet/protocol'

const ARMS: OutputDeclarationInput = { name: 'arms', kind: 'table', categories: ['drug', 'placebo'] }
const MEAN: OutputDeclarationInput = { name: 'drug mean', kind: 'mean', lower: '0', upper: '30' }
const OF_DRUG = { ...MEAN, of: 'arms', category: 'drug' }

const overTheWire = (outputs: readonly OutputDeclarationInput[]) => {
  const bytes = messages.JobRequest.encode({ outputs: contractToMessage(outputs) })
  return contractFromMessage(messages.JobRequest.decode(bytes).outputs)
}

test('the count that a mean is of goes over the wire, and a contract without one is the same bytes as before', () => {
  assert.deepEqual(overTheWire([ARMS, OF_DRUG]), outputContractSchema.parse([ARMS, OF_DRUG]))
  assert.deepEqual(Object.keys(contractToMessage([MEAN])[0] ?? {}).includes('of'), false)
})

test('a mean is of a count that the same contract declares, and nothing else is', () => {
  const count: OutputDeclarationInput = { name: 'people', kind: 'count' }
  for (const fine of [
    [count, { ...MEAN, of: 'people' }],
    [OF_DRUG, ARMS]
  ]) {
    assert.ok(outputContractSchema.safeParse(fine).success)
  }
  const wrong: OutputDeclarationInput[][] = [
    [OF_DRUG],
    [ARMS, { ...MEAN, of: 'arms' }],
    [ARMS, { ...OF_DRUG, category: 'low dose' }],
    [count, { ...MEAN, of: 'people', category: 'drug' }],
    [{ ...MEAN, of: 'drug mean' }],
    [ARMS, { ...MEAN, category: 'drug' }],
    [count, { name: 'spread', kind: 'sd', lower: '0', upper: '9', of: 'people' }]
  ]
  for (const outputs of wrong) {
    assert.ok(!outputContractSchema.safeParse(outputs).success, JSON.stringify(outputs))
    assert.throws(() => contractToMessage(outputs), { code: 'CONTRACT_INVALID' })
  }
})
