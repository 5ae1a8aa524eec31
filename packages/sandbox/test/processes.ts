/** Descendant processes of a test, on Linux. */
import { readFileSync } from 'node:fs'

export const canSeeProcesses = process.platform === 'linux'

/** The process ids of all descendants of a process. */
export function below(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    const children = text === '' ? [] : text.split(' ').map(Number)
    return children.flatMap((child) => [child, ...below(child)])
  } catch {
    // The process has ended.
    return []
  }
}

/** Whether the process still runs. A process that has ended but was not yet reaped by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    // The process does not exist any more.
    return false
  }
}

/** Waits until the condition is true, for at most `msMax`. Returns whether it became true. */
export async function until(isTrue: () => boolean, options: { msMax: number }): Promise<boolean> {
  const deadline = performance.now() + options.msMax
  while (!isTrue()) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

/** Like `until`, for an asynchronous condition. */
export async function eventually(isTrue: () => Promise<boolean>, options: { msMax: number }): Promise<boolean> {
  const deadline = performance.now() + options.msMax
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}
