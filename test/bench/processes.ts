/** The memory of processes, as reported by the operating system. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Resident memory of a process and of its descendants, MB (10^6 bytes). */
export interface Resident {
  readonly own: number
  readonly children: readonly { readonly name: string; readonly mb: number }[]
}

/** Measured by `ps`, which both Linux and macOS have. */
export async function residentOf(pid: number): Promise<Resident> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm='])
  const all = stdout.split('\n').flatMap((line) => {
    const [, id, parent, kib, name] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return id === undefined ? [] : [{ pid: Number(id), parent: Number(parent), mb: (Number(kib) * 1024) / 1e6, name }]
  })
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  const own = all.find((one) => one.pid === pid)
  if (!own) throw new Error(`no process ${pid}`)
  return { own: own.mb, children: below(pid).map(({ name, mb }) => ({ name: name ?? '', mb })) }
}
