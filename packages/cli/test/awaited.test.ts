import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import type { Broadcast, Client } from '@stimnet/sdk'
import { follow } from '../src/ask/run.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const part = (institution: string, state: string, code: string | null = null) => ({
  ...{ peer_id: institution, institution, state, code, progress: 0 }
})
const stateOf = (...parts: object[]) => ({ parts }) as unknown as Broadcast

/** Follows a question for which one institution is awaited for fifteen seconds. */
async function shown(interactive: boolean): Promise<string> {
  const clock = new SimulatedClock()
  let said = ''
  let end = () => {}
  const last = stateOf(part('North', 'completed'), part('S\u001bth', 'expired', 'PEER_UNREACHABLE'))
  async function* watchBroadcast() {
    yield stateOf(part('North', 'completed'), part('S\u001bth', 'queued', 'PEER_UNREACHABLE'))
    await new Promise<void>((resolve) => {
      end = resolve
    })
    yield last
  }
  const client = { watchBroadcast, broadcast: async () => last } as unknown as Client
  const io = { out: () => {}, err: (text: string) => (said += text), ask: undefined, interactive }
  const followed = follow(client, 'b1', { ...io, signal: new AbortController().signal }, clock)
  await turn()
  await clock.advance(15_000)
  end()
  assert.equal(await followed, last)
  return said
}

test('whoever asks is told on standard error who is awaited and for how long', async () => {
  assert.deepEqual((await shown(false)).split('\n'), [
    'North: completed',
    'S\uFFFDth: queued (PEER_UNREACHABLE)',
    'No answer after 5 s from S\uFFFDth (cannot be reached so far: PEER_UNREACHABLE).',
    'Ctrl-C ends the waiting and keeps the job: stimnet job b1 shows it later. To ask only the others: --peers North.',
    'No answer after 10 s from S\uFFFDth (cannot be reached so far: PEER_UNREACHABLE).',
    'S\uFFFDth: expired (PEER_UNREACHABLE)',
    ''
  ])
})

test('on a terminal what is drawn next stands below that', async () => {
  const lines = (await shown(true)).split('\n')
  const told = lines.findLastIndex((line) => line.startsWith('No answer after 10 s'))
  // Two bars before, two after, and no cursor movement over the lines between.
  assert.deepEqual([told, lines.length], [4, 8])
  assert.equal(
    lines.some((line) => line.includes('\u001b[2A')),
    false
  )
  assert.match(lines[5] ?? '', /North .*completed/)
})
