/**
 * Loaded into each test file (`node --import`). If a file does not end because it left something open, its open resources are reported, and
 * the file is ended. Without this, Node's runner waits without a limit for each file, and for all processes that share its output.
 */
import { after } from 'node:test'
import { type Descendant, descendantsOf, endAll, writesWhere } from './descendants.ts'

/** Time from the last test of a file until the file must have ended, ms. Closing takes long on a busy machine. */
const END_MS_MAX = Number(process.env.STIMNET_TEST_END_MS ?? 120_000)
/** Time for processes to end after they were told to, ms. */
const GONE_MS_MAX = 3_000

const file = process.argv[1] ?? ''
// Processes that tests start inherit `--import`, so these conditions exclude them.
if (process.env.NODE_TEST_CONTEXT !== undefined && /\.(test|long)\.ts$/.test(file)) {
  after(() => void setTimeout(endLate, END_MS_MAX).unref())
  process.on('exit', endHolders)
}

/** Reports the resources that keep the file from ending, and ends it. */
function endLate(): void {
  const open = Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name))
  const resources = open.map(([name, all]) => `${all?.length} ${name}`).join(', ')
  const left = descendantsOf(process.pid)
  tell(`has not ended ${END_MS_MAX / 1_000} s after its last test; open: ${resources}`, left)
  endAll(left)
  process.kill(process.pid, 'SIGKILL')
}

/** Ends processes that outlive the file and for which the runner would wait. */
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
