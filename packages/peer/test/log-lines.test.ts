/** Tests of the lines of the log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEvents } from '../src/events.ts'

function logged(level: string) {
  const lines: string[] = []
  const events = createEvents({ level, nodeId: 'node-1', to: { write: (line) => void lines.push(line) } })
  return { events, lines }
}

test('a text from others cannot move the cursor of a terminal or turn the direction of a line, and reads the same', () => {
  const { events, lines } = logged('info')
  // CSI of C1, DEL, a right-to-left override and isolate, a line separator, a zero-width joiner, a tag, half of a pair, a null.
  const tricky = [
    '\u009b2J',
    '\u007f',
    '\u202egnp',
    '\u2066',
    '\u2028',
    '\u200d',
    '\u{e0041}',
    '\ud800',
    '\u0000',
    'ä 中 😀 "'
  ]
  for (const actor of tricky) events.alert({ kind: 'quota', actor })
  assert.equal(lines.length, tricky.length)
  for (const [at, line] of lines.entries()) {
    assert.equal(JSON.parse(line).actor, tricky[at])
    assert.ok(line.endsWith('\n'))
    assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
  }
  assert.match(lines.at(-1) ?? '', /ä 中 😀/, 'letters stay readable')
})

test('the access log is written at every level but silent', () => {
  const access = { route: '/health', method: 'GET', status: 200, bytes: 500, ms: 1, requestId: 'r' }
  for (const [level, count] of [
    ['debug', 1],
    ['error', 1],
    ['silent', 0]
  ] as const) {
    const { events, lines } = logged(level)
    events.accessed(access)
    assert.equal(lines.length, count, level)
    if (count > 0)
      assert.deepEqual(
        { ...JSON.parse(lines[0] ?? ''), time: 0 },
        { level: 30, time: 0, node: 'node-1', ...access, msg: 'access' }
      )
  }
})
