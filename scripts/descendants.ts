/** The processes that a process started, and those that these started: of Linux alone, elsewhere nobody can tell. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** One that runs; one that has ended and was not waited for is none. */
export interface Descendant {
  readonly pid: number
  readonly command: string
}

/** The nearest first. */
export function descendantsOf(pid: number): Descendant[] {
  const children = tasksOf(pid).flatMap((task) => pidsIn(`/proc/${pid}/task/${task}/children`))
  return children.flatMap((child) => {
    const command = textOf(`/proc/${child}/cmdline`).replaceAll('\0', ' ').trim()
    return [...(command === '' ? [] : [{ pid: child, command }]), ...descendantsOf(child)]
  })
}

/** Whether it has what another process writes to: who reads there waits for both. */
export function writesWhere(pid: number, other: number): boolean {
  const targets = [1, 2]
    .map((descriptor) => linkOf(`/proc/${other}/fd/${descriptor}`))
    .filter((link) => /^(pipe|socket):/.test(link))
  return listOf(`/proc/${pid}/fd`).some((descriptor) => targets.includes(linkOf(`/proc/${pid}/fd/${descriptor}`)))
}

/** Ends them at once; whoever is gone already is gone. */
export function endAll(descendants: readonly Descendant[]): void {
  for (const { pid } of descendants) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
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

/** A process can end between two looks. */
function orEmpty<T>(look: () => T, empty: T): T {
  try {
    return look()
  } catch {
    return empty
  }
}
