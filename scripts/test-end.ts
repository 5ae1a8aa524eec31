/**
 * Loaded into each file of tests (`node --import`): a file that leaves something open is named and ended, with what it left. Node's
 * runner waits for each file, and for whoever still writes where it wrote, however long that is.
 */
import { after } from 'node:test'
import { type Descendant, descendantsOf, endAll, writesWhere } from './descendants.ts'

/** A file ends by itself within this time of its last test, ms: closing takes its time on a busy machine. */
const END_MS_MAX = Number(process.env.STIMNET_TEST_END_MS ?? 120_000)
/** For processes that were told to end and have not yet, ms. */
const GONE_MS_MAX = 3_000

const file = process.argv[1] ?? ''
// Processes that tests start inherit how they are started themselves.
if (process.env.NODE_TEST_CONTEXT !== undefined && /\.(test|long)\.ts$/.test(file)) {
  after(() => void setTimeout(endLate, END_MS_MAX).unref())
  process.on('exit', endHolders)
}

/** Something keeps the file from ending. */
function endLate(): void {
  const open = Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name))
  const resources = open.map(([name, all]) => `${all?.length} ${name}`).join(', ')
  const left = descendantsOf(process.pid)
  tell(`has not ended ${END_MS_MAX / 1_000} s after its last test; open: ${resources}`, left)
  endAll(left)
  process.kill(process.pid, 'SIGKILL')
}

/** The file ends, and leaves processes that the runner would wait for. */
function endHolders(): void {
  const holders = () => descendantsOf(process.pid).filter(({ pid }) => writesWhere(pid, process.pid))
  let left = holders()
  const lookMs = 100
  for (let waited = 0; left.length > 0 && waited < GONE_MS_MAX; waited += lookMs) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs)
    left = holders()
  }
  if (left.length === 0) return
  tell('leaves processes behind', left)
  endAll(left)
  process.exitCode = 1
}

function tell(what: string, left: readonly Descendant[]): void {
  const processes = left.map(({ pid, command }) => `\n  ${pid} ${command.slice(0, 200)}`).join('')
  process.stderr.write(`${file} ${what}${processes}\n`)
}
