import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS, messages, type UploadedFile, uploadsFromMessage, uploadsToMessage } from '../src/index.ts'

const FILE: UploadedFile = { name: 'grid.csv', sha256: 'ab'.repeat(32), size: 10 }

describe('files that a request brings along', () => {
  test('arrive in the signed bytes as they were named, in their order', () => {
    const files = [FILE, { ...FILE, name: 'model.npy' }]
    const bytes = messages.JobRequest.encode({ uploads: uploadsToMessage(files) })
    assert.deepEqual(uploadsFromMessage(messages.JobRequest.decode(bytes).uploads), files)
    assert.deepEqual(uploadsFromMessage(messages.JobRequest.decode(new Uint8Array()).uploads), [])
  })

  test('that do not fit are refused on both sides: names, hashes, sizes, number, and what they have together', () => {
    const large = LIMITS.uploadBytesMax
    const wrong: unknown[][] = [
      [{ ...FILE, name: '../x' }],
      [{ ...FILE, sha256: 'AB'.repeat(32) }],
      [{ ...FILE, sha256: 'ab' }],
      [{ ...FILE, size: 0 }],
      [{ ...FILE, size: large + 1 }],
      [{ ...FILE, more: 1 }],
      [FILE, FILE],
      ['a', 'b', 'c'].map((name) => ({ ...FILE, name, size: large })),
      Array.from({ length: LIMITS.uploadsPerRequestMax + 1 }, (_, at) => ({ ...FILE, name: `${at}` }))
    ]
    for (const files of wrong) {
      assert.throws(() => uploadsFromMessage(files), { code: 'PARAMETER_INVALID' }, JSON.stringify(files))
      assert.throws(() => uploadsToMessage(files as UploadedFile[]), { code: 'PARAMETER_INVALID' })
    }
  })
})
