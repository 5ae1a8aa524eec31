/** All processes below a process. On systems other than Linux, the list is empty. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A running process. Zombies are not included. */
export interface Descendant {
  readonly pid: number
  readonly command: string
}

/** All running processes below `pid`, children first. */
export function descendantsOf(pid: number): Descendant[] {
  const children = tasksOf(pid).flatMap((task) => pidsIn(`/proc/${pid}/task/${task}/children`))
  return children.flatMap((child) => {
    const command = textOf(`/proc/${child}/cmdline`).replaceAll('\0', ' ').trim()
    return [...(command === '' ? [] : [{ pid: child, command }]), ...descendantsOf(child)]
  })
}

/** Whether a process has the same output stream as another one. The reader of that stream waits until both have ended. */
export function writesWhere(pid: number, other: number): boolean {
  const targets = [1, 2]
    .map((descriptor) => linkOf(`/proc/${other}/fd/${descriptor}`))
    .filter((link) => /^(pipe|socket):/.test(link))
  return listOf(`/proc/${pid}/fd`).some((descriptor) => targets.includes(linkOf(`/proc/${pid}/fd/${descriptor}`)))
}

/** Kills the processes. Processes that have already ended are ignored. */
export function endAll(descendants: readonly Descendant[]): void {
  for (const { pid } of descendants) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // The process has ended in the meantime.
    }
  }
}

function tasksOf(pid: number): string[] {
  return listOf(`/proc/${pid}/task`)
}

function pidsIn(path: string): number[] {
  return textOf(path).split(' ').filter(Boolean).map(Number)
}

function listOf(path: string): string[] {
  return orEmpty(() => readdirSync(path), [])
}

function textOf(path: string): string {
  return orEmpty(() => readFileSync(path, 'utf8'), '')
}

function linkOf(path: string): string {
  return orEmpty(() => readlinkSync(path), '')
}

/** Returns `empty` if reading fails, since a process can end while it is read. */
function orEmpty<T>(look: () => T, empty: T): T {
  try {
    return look()
  } catch {
    return empty
  }
}
