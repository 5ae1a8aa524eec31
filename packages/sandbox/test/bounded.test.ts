import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '@stimnet/protocol'
import { type Bounds, type Ended, readJsonText, runBounded } from '../src/bounded.ts'

const limits = { wallTimeMsMax: 200, memoryBytesMax: 1000, outputBytesMax: 10 }
const result = (text: string): Ended => ({ end: 'result', bytes: Buffer.from(text) })

async function codeOf(work: (bounds: Bounds) => Promise<Ended>, signal?: AbortSignal) {
  const outcome = await runBounded({ limits, signal, clock: systemClock }, work)
  return outcome.ok ? 'ok' : outcome.code
}

/** A run that exceeds these bounds in this order, and still returns a result. */
const breaking =
  (...steps: ((bounds: Bounds) => void)[]) =>
  async (bounds: Bounds) => {
    for (const step of steps) step(bounds)
    return result('1')
  }

test('the first bound broken decides, whatever comes after', async () => {
  const tooMuchMemory = (bounds: Bounds) => bounds.resident(1001)
  const tooLongAnAnswer = (bounds: Bounds) => bounds.answered(11)
  const tooLongALog = (bounds: Bounds) => bounds.printed(Buffer.alloc(11))
  assert.equal(await codeOf(breaking(tooMuchMemory, tooLongAnAnswer)), 'MEMORY_LIMIT')
  assert.equal(await codeOf(breaking(tooLongAnAnswer, tooMuchMemory)), 'OUTPUT_LIMIT')
  assert.equal(await codeOf(breaking(tooLongALog)), 'OUTPUT_LIMIT')
  const justFits = (bounds: Bounds) => {
    bounds.printed(Buffer.alloc(10))
    bounds.answered(10)
    bounds.resident(1000)
  }
  assert.equal(await codeOf(breaking(justFits)), 'ok')
})

test('a run that ends at the bound is told to stop, and is waited for until it has', async () => {
  let isCleared = false
  const work = (bounds: Bounds) =>
    new Promise<Ended>((resolve) => {
      bounds.signal.addEventListener('abort', () => {
        setTimeout(() => {
          isCleared = true
          resolve(result('1'))
        }, 50)
      })
    })
  assert.equal(await codeOf(work), 'TIME_LIMIT')
  assert.ok(isCleared)
})

test('an engine that breaks is the fault of the node', async () => {
  assert.equal(await codeOf(() => Promise.reject(new Error('broken'))), 'SANDBOX_UNAVAILABLE')
})

test('a result larger than its limit is never parsed', async () => {
  assert.equal(await codeOf(async () => result('"123456789"')), 'OUTPUT_LIMIT')
  assert.equal(await codeOf(async () => result('"12345678"')), 'ok')
})

test('only strict JSON of a bearable depth in UTF-8 is a result', () => {
  for (const text of [
    '{"a": [1, null, "x"]}',
    '0',
    `${'['.repeat(32)}${']'.repeat(32)}`,
    `"${'x'.repeat(1_000_000)}"`,
    '"[[[[{{{{\\"[[["'
  ]) {
    assert.equal(readJsonText(Buffer.from(text)), text)
  }
  const wrong = [
    '',
    'NaN',
    '[Infinity]',
    "{'a': 1}",
    '1 2',
    '{"a": }',
    `${'['.repeat(33)}${']'.repeat(33)}`,
    '[',
    '"',
    '\\'
  ]
  for (const text of wrong) assert.equal(readJsonText(Buffer.from(text)), undefined, text)
  assert.equal(readJsonText(Buffer.from([0x22, 0xff, 0x22])), undefined)
  assert.equal(readJsonText(Buffer.from('['.repeat(1_000_000))), undefined)
  assert.equal(readJsonText(Buffer.from(`"${'\\'.repeat(1_000_000)}`)), undefined)
})
