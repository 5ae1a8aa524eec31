import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { StimnetError } from '@stimnet/protocol'
import fc from 'fast-check'
import { encode as encodeVarint } from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { faultCodeOf } from '../src/streams/fault.ts'
import { answerFrame, decodeLength, framesOf, openAnswer, refusalFrame } from '../src/streams/frame.ts'

const FRAME_BYTES_MAX = 300

/** Sends these chunks and reads all frames from them. `end` is the code that ended the reading. */
async function readAll(chunks: readonly Uint8Array[]): Promise<{ frames: Uint8Array[]; end: string }> {
  const [near, far] = await streamPair({ delay: 0 })
  const reader = framesOf(far, FRAME_BYTES_MAX)
  const frames: Uint8Array[] = []
  void sendAll(near, chunks)
  try {
    for (;;) frames.push(await reader.read({ signal: AbortSignal.timeout(2_000) }))
  } catch (error) {
    far.abort(new Error('done'))
    return { frames, end: faultCodeOf(error) }
  }
}

async function sendAll(stream: Stream, chunks: readonly Uint8Array[]): Promise<void> {
  try {
    for (const chunk of chunks) if (chunk.length > 0 && !stream.send(chunk)) await stream.onDrain()
    await stream.close()
  } catch {
    // The reader has aborted the stream.
  }
}

const framed = (bytes: Uint8Array) => new Uint8ArrayList(encodeVarint(bytes.length), bytes).slice()

function chunked(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

describe('frames on a stream', () => {
  it('arrive as they were sent, however the network cuts them', async () => {
    const frames = fc.array(fc.uint8Array({ maxLength: FRAME_BYTES_MAX }), { maxLength: 6 })
    const run = async (sent: Uint8Array[], size: number) => {
      const bytes = new Uint8ArrayList(...sent.map(framed)).slice()
      const { frames: got, end } = await readAll(chunked(bytes, size))
      assert.deepEqual(got, sent)
      assert.equal(end, 'INTERRUPTED')
    }
    await fc.assert(fc.asyncProperty(frames, fc.integer({ min: 1, max: 400 }), run), { numRuns: 60 })
  })

  it('of arbitrary bytes end with one of four codes, and never exceed the limit', async () => {
    const run = async (bytes: Uint8Array, size: number) => {
      const { frames, end } = await readAll(chunked(bytes, size))
      for (const frame of frames) assert(frame.length <= FRAME_BYTES_MAX)
      assert(['INTERRUPTED', 'TOO_LARGE', 'MALFORMED', 'DEADLINE'].includes(end), end)
    }
    const bytes = fc.uint8Array({ maxLength: 2_000 })
    await fc.assert(fc.asyncProperty(bytes, fc.integer({ min: 1, max: 500 }), run), { numRuns: 150 })
  })

  it('one byte over the limit are refused before they are read', async () => {
    const { frames, end } = await readAll([encodeVarint(FRAME_BYTES_MAX + 1)])
    assert.deepEqual({ frames, end }, { frames: [], end: 'TOO_LARGE' })
  })

  it('whose length never ends are refused at the fifth byte', async () => {
    const { frames, end } = await readAll(Array.from({ length: 64 }, () => new Uint8Array(65_536).fill(0xff)))
    assert.deepEqual({ frames, end }, { frames: [], end: 'TOO_LARGE' })
    const endless = new Uint8ArrayList(new Uint8Array(5).fill(0xff))
    assert.throws(() => decodeLength(endless), { name: 'InvalidDataLengthLengthError' })
  })

  it('that are sent without being asked for do not gather without end', async () => {
    const [near, far] = await streamPair({ delay: 0 })
    framesOf(far, FRAME_BYTES_MAX)
    for (let i = 0; i < 40 && near.status === 'open'; i++) {
      if (!near.send(new Uint8Array(10_000))) await near.onDrain().catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    assert.equal(far.status, 'aborted')
  })
})

describe('an answer', () => {
  it('is the message, or a code', () => {
    const message = Uint8Array.of(1, 2, 3)
    assert.deepEqual(openAnswer(answerFrame(message), 'asking'), message)
    assert.deepEqual(openAnswer(answerFrame(new Uint8Array()), 'asking'), new Uint8Array())
    assert.throws(() => openAnswer(refusalFrame('QUEUE_FULL'), 'asking'), { code: 'QUEUE_FULL' })
  })

  it('with a code nobody knows is the failure of the peer that sent it', () => {
    const strange = Uint8Array.of(1, ...new TextEncoder().encode('PATIENT_17'))
    assert.throws(
      () => openAnswer(strange, 'asking'),
      (error: StimnetError) => error.code === 'NODE_ERROR' && !error.message.includes('PATIENT')
    )
  })

  it('of arbitrary bytes is a message or one of our errors', () => {
    const run = (frame: Uint8Array) => {
      try {
        assert.equal(openAnswer(frame, 'asking').length, frame.length - 1)
        assert.equal(frame[0], 0)
      } catch (error) {
        assert(error instanceof StimnetError)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), run), { numRuns: 300 })
  })
})
