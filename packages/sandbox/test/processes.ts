/** What processes a test has below it, on Linux. */
import { readFileSync } from 'node:fs'

export const canSeeProcesses = process.platform === 'linux'

/** Pids of everything below a process. */
export function below(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    const children = text === '' ? [] : text.split(' ').map(Number)
    return children.flatMap((child) => [child, ...below(child)])
  } catch {
    // It has ended.
    return []
  }
}

/** Whether it still runs: an ended process that nobody has waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    // It is gone.
    return false
  }
}

/** Waits until it holds, at most so long. */
export async function until(isTrue: () => boolean, options: { msMax: number }): Promise<boolean> {
  const deadline = performance.now() + options.msMax
  while (!isTrue()) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

/** Waits until it holds, at most so long; for what can be asked only by waiting. */
export async function eventually(isTrue: () => Promise<boolean>, options: { msMax: number }): Promise<boolean> {
  const deadline = performance.now() + options.msMax
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}
