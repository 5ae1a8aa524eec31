import assert from 'node:assert/strict'
import test from 'node:test'
import { messages, P1_ASK, privacyAskFromMessage, privacyAskSchema, privacyAskToMessage } from '../src/index.ts'

const ask = { level: 'P2', rho: '0.005' } as const

function travelled(input: Parameters<typeof privacyAskToMessage>[0]) {
  const bytes = messages.JobRequest.encode({ privacy: privacyAskToMessage(input) })
  return privacyAskFromMessage(messages.JobRequest.decode(bytes).privacy)
}

test('a request that says nothing of privacy asks for exact numbers under disclosure control', () => {
  assert.deepEqual(privacyAskFromMessage(messages.JobRequest.decode(new Uint8Array()).privacy), P1_ASK)
})

test('what is asked for arrives as it was written, to the last digit', () => {
  const bounds = [{ variable: 'subjects.age', lower: '-0.5', upper: '100.125' }]
  assert.deepEqual(travelled({ ...ask, bounds, groups_per_subject: 2, rows_per_subject: 5 }), {
    ...{ level: 'P2', rho: '0.005', groups_per_subject: 2, rows_per_subject: 5 },
    bounds
  })
})

for (const [what, wrong] of Object.entries({
  'both charges at once': { ...ask, epsilon: '1' },
  'P2 without a charge': { level: 'P2' },
  'P1 with a charge': { level: 'P1', epsilon: '1' },
  'a charge of nothing': { level: 'P2', rho: '0.000' },
  'a charge below nothing': { level: 'P2', rho: '-0' },
  'a charge with an exponent': { level: 'P2', epsilon: '1e308' },
  'a charge that is no number': { level: 'P2', epsilon: 'NaN' },
  'a charge as a double': { level: 'P2', epsilon: 0.5 },
  'huge contributions': { ...ask, groups_per_subject: 1e9 },
  'a level that does not exist': { level: 'P9' },
  'an unknown key': { ...ask, delta: '1' }
})) {
  test(`${what} is refused`, () => assert.equal(privacyAskSchema.safeParse(wrong).success, false))
}

test('what arrives malformed is a code, not a crash', () => {
  const message = { level: 'P2', epsilon: '1e308', rho: '', groupsPerSubject: 0, rowsPerSubject: 0, bounds: [] }
  assert.throws(() => privacyAskFromMessage(message), { code: 'PARAMETER_INVALID' })
})
