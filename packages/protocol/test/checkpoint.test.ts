import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  addCosignature,
  bareCheckpoint,
  cosign,
  openCheckpoint,
  publicKeyOf,
  signCheckpoint,
  signerFromSeed
} from '../src/index.ts'
import { ada, bob, coded, seedOf } from './fixtures.ts'

const carol = await signerFromSeed(seedOf(3))
const root = new Uint8Array(32).fill(7)
const head = { size: 42, root }
const note = await signCheckpoint(head, ada)
const AT_MS = 1_750_000_000_500

describe('a checkpoint', () => {
  test('is the note that other logs’ tools read', async () => {
    const lines = note.split('\n')
    assert.equal(lines[0], `stimnet/${ada.id}`)
    assert.deepEqual(lines.slice(1, 4), ['42', Buffer.from(root).toString('base64'), ''])
    const [dash, name, encoded = ''] = (lines[4] ?? '').split(' ')
    assert.deepEqual([dash, name, lines[5], lines.length], ['—', `stimnet/${ada.id}`, '', 6])
    // Verified independently, with Node's own cryptography and the format in the specification.
    const blob = Buffer.from(encoded, 'base64')
    const key = publicKeyOf(ada.id)
    const id = createHash('sha256').update(`stimnet/${ada.id}\n`).update(Uint8Array.of(1)).update(key).digest()
    assert.deepEqual(blob.subarray(0, 4), id.subarray(0, 4))
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    assert.ok(verify(null, Buffer.from(`${lines.slice(0, 3).join('\n')}\n`), publicKey, blob.subarray(4)))
  })

  test('says whose log it is, how far it has come, and who saw it so', async () => {
    let seen = note
    for (const signer of [bob, carol, bob]) seen = addCosignature(seen, await cosign(seen, { signer, atMs: AT_MS }))
    const { peer, size, witnesses } = await openCheckpoint(seen, { peer: ada.id })
    assert.deepEqual({ peer, size }, { peer: ada.id, size: 42 })
    assert.deepEqual(
      witnesses.map((witness) => [witness.peer, witness.atMs]).sort(),
      [bob.id, carol.id].map((id) => [id, 1_750_000_000_000]).sort()
    )
  })

  test('of an empty log and of a very long one', async () => {
    for (const size of [0, 2 ** 53 - 1]) {
      const opened = await openCheckpoint(await signCheckpoint({ size, root }, ada), { peer: ada.id })
      assert.equal(opened.size, size)
    }
  })
})

describe('a witness', () => {
  test('brings nobody else’s line along', async () => {
    const lines = [await cosign(note, { signer: bob, atMs: AT_MS }), await cosign(note, { signer: carol, atMs: AT_MS })]
    assert.throws(() => addCosignature(note, lines.join('')), coded('MALFORMED'))
  })

  test('is somebody else than the peer whose log it is', async () => {
    const seen = addCosignature(note, await cosign(note, { signer: bob, atMs: AT_MS }))
    const own = `${seen}${await cosign(note, { signer: ada, atMs: AT_MS })}`
    const { witnesses } = await openCheckpoint(own, { peer: ada.id })
    assert.deepEqual(
      witnesses.map(({ peer }) => peer),
      [bob.id]
    )
    assert.equal(await bareCheckpoint(own, { peer: ada.id }), note)
  })

  test('gives a time that a date can have', async () => {
    const seen = addCosignature(note, await cosign(note, { signer: bob, atMs: 8.64e15 + 1000 }))
    await assert.rejects(openCheckpoint(seen, { peer: ada.id }), coded('MALFORMED'))
  })
})

describe('a checkpoint is refused', () => {
  const open = (text: string, peer: string = ada.id) => openCheckpoint(text, { peer })

  test('when it is another peer’s', () => assert.rejects(open(note, bob.id), coded('MALFORMED')))

  test('when only a witness signed it', async () => {
    const line = await cosign(note, { signer: bob, atMs: AT_MS })
    const unsigned = `${note.slice(0, note.indexOf('\n\n') + 2)}${line}`
    await assert.rejects(open(unsigned), coded('SIGNATURE_INVALID'))
  })

  test('when a size, a root or a witness’s time was changed', async () => {
    const seen = addCosignature(note, await cosign(note, { signer: bob, atMs: AT_MS }))
    await open(seen)
    await assert.rejects(open(seen.replace('\n42\n', '\n43\n')), coded('SIGNATURE_INVALID'))
    const other = Buffer.from(new Uint8Array(32).fill(8)).toString('base64')
    await assert.rejects(open(seen.replace(Buffer.from(root).toString('base64'), other)), coded('SIGNATURE_INVALID'))
    const [line = ''] = seen.trimEnd().split('\n').slice(-1)
    const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    blob[11] = (blob[11] ?? 0) ^ 1
    const changed = seen.replace(line, `— stimnet/${bob.id} ${blob.toString('base64')}`)
    await assert.rejects(open(changed), coded('SIGNATURE_INVALID'))
  })

  test('when a peer’s own signature is passed off as a witness’s, or the reverse', async () => {
    const own = (await signCheckpoint(head, bob)).trimEnd().split('\n').slice(-1)[0] ?? ''
    const read = await open(addCosignature(note, own)).catch((error) => error)
    // Bob signed a note of his own, not Ada's.
    assert.equal(read.code, 'SIGNATURE_INVALID')
  })

  for (const [what, text] of Object.entries({
    'an empty text': '',
    'no signature': note.slice(0, note.indexOf('\n\n') + 1),
    'a size with a leading zero': note.replace('\n42\n', '\n042\n'),
    'a size that is no number': note.replace('\n42\n', '\n4e1\n'),
    'a size no double holds': note.replace('\n42\n', '\n9999999999999999\n'),
    'a root of another length': note.replace(Buffer.from(root).toString('base64'), 'AAAA'),
    'a further line': note.replace('\n42\n', '\n42\nmore\n'),
    'a signature spelled otherwise': note.replace(/=*\n$/, '\n').concat(' '),
    'a thousand signatures': note + '— stimnet/x AAAA\n'.repeat(1000)
  })) {
    test(`with ${what}`, async () => {
      await assert.rejects(open(text), coded('MALFORMED', 'SIGNATURE_INVALID', 'KEY_UNSUPPORTED'))
    })
  }
})
