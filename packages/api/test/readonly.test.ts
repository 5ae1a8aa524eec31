import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Broadcast, type JobSubmission, jobSubmissionShape, type Node, nodeShape } from '@stimnet/api'
import type { Output } from '@stimnet/protocol'

const NODE: Node = {
  ...{ id: 1, node_id: 'node-1', name: 'node-1', institution: 'North', endpoint_url: '', is_active: true },
  ...{ last_seen: '2026-11-25T00:00:00.000Z', peer_id: '12D3KooNorth', sandbox: 'wasm', sandbox_engine: 'wasm' },
  ...{ sandbox_grade: 'wasm', languages: ['python'] }
}

// Each line compiles only if the type is as stated.
describe('the type of a shape', () => {
  it('of an answer lets nobody change what was sent, to the bottom', () => {
    // @ts-expect-error
    const rename = (node: Node) => (node.name = 'node-2')
    // @ts-expect-error
    const add = (node: Node) => node.languages.push('r')
    void [rename, add]
    assert.deepEqual(nodeShape.parse(NODE), NODE)
  })

  it('of an answer holds what the protocol released, as whoever takes that takes it', () => {
    const released = ({ parts }: Broadcast): (Output | null)[] => parts.map(({ output }) => output)
    assert.equal(released.length, 1)
  })

  it('of a body asks for what must be there, and for nothing that has a default', () => {
    const asked = { data_catalog_name: 'trial', script_type: 'sql', script_content: 'SELECT 1' } as const
    const whole: JobSubmission = { ...asked, target_node_id: '*', privacy: { level: 'P1' }, purpose: ['DUO:0000007'] }
    // @ts-expect-error
    const nobody: JobSubmission = asked
    assert.equal(jobSubmissionShape.parse(whole).privacy?.groups_per_subject, 1)
    assert.equal(jobSubmissionShape.safeParse(nobody).success, false)
  })
})
