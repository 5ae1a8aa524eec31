import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  invitationCode,
  inviteCommitment,
  invitePhrases,
  inviteProof,
  isPhrase,
  keyIdOf,
  readInvitation,
  verifyInviteProof
} from '@stimnet/protocol'

const key = (byte: number) => keyIdOf(new Uint8Array(32).fill(byte))
const bytes = (byte: number, length = 16) => new Uint8Array(length).fill(byte)
const [member, newcomer, thief] = [key(1), key(2), key(3)]
const invitation = {
  ...{ peer: member, at: ['/ip4/192.0.2.1/tcp/4002'], charter: 'ab'.repeat(32) },
  ...{ secret: Buffer.from(bytes(9)).toString('base64url'), until: 1_700_000_000 }
}

describe('an invitation', () => {
  test('is one word, and nothing but a complete code is read', () => {
    const code = invitationCode(invitation)
    assert.match(code, /^stimnet-invite-[\w-]+$/)
    assert.deepEqual(readInvitation(` ${code}\n`), invitation)
    const secure = { ...invitation, at: ['/dns4/invite.example.org/tcp/443/tls/ws', '/ip4/192.0.2.1/tcp/4003/ws'] }
    assert.deepEqual(readInvitation(invitationCode(secure)), secure)
    const bad = [
      code.slice(0, -3),
      code.replace('stimnet-invite-', ''),
      '',
      'stimnet-invite-e30',
      `${code}${'A'.repeat(2_048)}`
    ]
    for (const text of bad) assert.throws(() => readInvitation(text), { code: 'PARAMETER_INVALID' })
    assert.throws(() => invitationCode({ ...invitation, peer: 'nobody' }))
    for (const at of ['/unix/%2Ftmp%2Fx', '/ip4/192.0.2.1/tcp/1\u001b[2J', '/dns4/a/tcp/443/tls/http', '../x']) {
      assert.throws(() => invitationCode({ ...invitation, at: [at] }), at)
    }
  })

  test('is proved for one PeerId, one member and one commitment', async () => {
    const commitment = await inviteCommitment(bytes(5))
    const proof = await inviteProof(bytes(9), { member, newcomer }, commitment)
    const isValid = (secret: Uint8Array, sides: { member: string; newcomer: string }, committed = commitment) =>
      verifyInviteProof(secret, sides, { commitment: committed, proof })
    assert.equal(await isValid(bytes(9), { member, newcomer }), true)
    assert.equal(await isValid(bytes(8), { member, newcomer }), false)
    assert.equal(await isValid(bytes(9), { member, newcomer: thief }), false, 'copied by another peer')
    assert.equal(await isValid(bytes(9), { member: thief, newcomer }), false, 'shown to another member')
    assert.equal(await isValid(bytes(9), { member, newcomer }, await inviteCommitment(bytes(6))), false)
  })

  test('has two phrases that change with either PeerId, the secret and either nonce', async () => {
    const nonces = { member: bytes(6), newcomer: bytes(5) }
    const phrases = await invitePhrases(bytes(9), { member, newcomer }, nonces)
    for (const phrase of Object.values(phrases)) assert.match(phrase, /^[a-z]{5}-[a-z]{5}-[a-z]{5}$/)
    const others = await Promise.all([
      invitePhrases(bytes(9), { member, newcomer: thief }, nonces),
      invitePhrases(bytes(9), { member: thief, newcomer }, nonces),
      invitePhrases(bytes(8), { member, newcomer }, nonces),
      invitePhrases(bytes(9), { member, newcomer }, { ...nonces, member: bytes(7) }),
      invitePhrases(bytes(9), { member, newcomer }, { ...nonces, newcomer: bytes(7) })
    ])
    assert.equal(new Set([phrases, ...others].flatMap((one) => Object.values(one))).size, 12)
    assert.deepEqual(await invitePhrases(bytes(9), { member, newcomer }, nonces), phrases)
    assert.equal(isPhrase(phrases.member, ` ${phrases.member.replaceAll('-', ' ').toUpperCase()}.`), true)
    for (const other of [phrases.newcomer, '', 'no', `${phrases.member} x`])
      assert.equal(isPhrase(phrases.member, other), false)
  })
})
