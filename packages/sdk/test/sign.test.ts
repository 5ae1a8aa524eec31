import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  filterFromMessage,
  keyIdOf,
  messages,
  open,
  programFromMessage,
  SimulatedClock,
  seededRandom,
  sha256Hex,
  signerFromSeed
} from '@stimnet/protocol'
import { readSignedRequest, type SignRequestOptions, signRequest } from '../src/index.ts'

const clock = new SimulatedClock()
const signer = await signerFromSeed(new Uint8Array(32).fill(1))
const charite = keyIdOf(new Uint8Array(32).fill(2))
const lyon = keyIdOf(new Uint8Array(32).fill(3))

const options = (more: Partial<SignRequestOptions> = {}): SignRequestOptions => ({
  signer,
  catalog: 'clinical_trial_data',
  program: { kind: 'sql', sql: 'SELECT COUNT(*) FROM subjects' },
  targets: [charite],
  clock,
  random: seededRandom(1),
  ...more
})

describe('a signed request', () => {
  it('opens at a peer it names as exactly what was asked', async () => {
    const where = { column: 'age', op: '>=', values: [65] } as const
    const signed = await signRequest(
      options({
        targets: [charite, lyon, charite],
        carrier: lyon,
        where,
        filters: { sex: 'female' },
        parameters: { seed: 4 },
        purpose: ['DUO:0000006'],
        project: 'p1',
        title: 'Tremor'
      })
    )
    assert.deepEqual(signed.targets, [charite, lyon])
    assert.equal(signed.hash, await sha256Hex(signed.envelope))
    const opened = await open(signed.envelope, { type: 'job-request', clock, audience: lyon })
    assert.equal(opened.issuer, signer.id)
    const request = messages.JobRequest.decode(opened.body)
    assert.deepEqual([request.custody, request.carrier], ['requester', lyon])
    assert.equal((await readSignedRequest(signed.text, { clock })).carrier, lyon)
    assert.equal(request.catalog, 'clinical_trial_data')
    assert.deepEqual(request.purpose, ['DUO:0000006'])
    assert.deepEqual(JSON.parse(request.filtersJson), { sex: 'female' })
    assert.deepEqual(JSON.parse(request.parametersJson), { seed: 4 })
    assert.deepEqual(request.cohort && filterFromMessage(request.cohort), where)
    assert.deepEqual(programFromMessage(request.program), options().program)
    assert.match(request.broadcast, /^[0-9a-f]{32}$/)
  })

  it('to one peer is no broadcast, and without a filter asks about everyone', async () => {
    const { envelope } = await signRequest(options())
    const { body } = await open(envelope, { type: 'job-request', clock })
    const request = messages.JobRequest.decode(body)
    assert.equal(request.broadcast, '')
    assert.equal(request.cohort, null)
  })

  it('is worth nothing at a peer it does not name, or after its time', async () => {
    const { envelope } = await signRequest(options({ lifetimeMs: 60_000 }))
    await assert.rejects(open(envelope, { type: 'job-request', clock, audience: lyon }), { code: 'AUDIENCE_MISMATCH' })
    const later = new SimulatedClock(clock.now() + 200_000)
    await assert.rejects(open(envelope, { type: 'job-request', clock: later }), { code: 'EXPIRED' })
  })

  it('is not signed for nobody, for a name that is no PeerId, or for longer than peers accept', async () => {
    await assert.rejects(signRequest(options({ targets: [] })), { code: 'PARAMETER_INVALID' })
    await assert.rejects(signRequest(options({ targets: ['node-1'] })), { code: 'KEY_UNSUPPORTED' })
    await assert.rejects(signRequest(options({ carrier: 'node-1' })), { code: 'KEY_UNSUPPORTED' })
    await assert.rejects(signRequest(options({ targets: [charite, lyon] })), { code: 'PARAMETER_INVALID' })
    await assert.rejects(signRequest(options({ lifetimeMs: 601_000 })), { code: 'LIFETIME_TOO_LONG' })
    await assert.rejects(signRequest(options({ lifetimeMs: Number.NaN })), { code: 'LIFETIME_TOO_LONG' })
    await assert.rejects(signRequest(options({ where: { all: [] } })), { code: 'FILTER_INVALID' })
  })

  it('is never the same twice', async () => {
    const { random: _, ...fresh } = options()
    const [one, two] = [await signRequest(fresh), await signRequest(fresh)]
    assert.notEqual(one.hash, two.hash)
  })
})
