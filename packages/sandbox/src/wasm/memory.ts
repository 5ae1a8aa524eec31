/** How much memory a sandbox's processes really hold. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/** How often it is looked at, ms. Linux: three small reads. macOS: a process of its own each time. */
export const LOOK_EVERY_MS = process.platform === 'linux' ? 50 : 500

/** Resident bytes of the process and all below it; undefined where the system cannot say (Windows) or it has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') return residentOnLinux(pid)
  if (process.platform === 'win32') return undefined
  try {
    const { stdout } = await execFileAsync('/bin/ps', ['-o', 'rss=', '-p', String(pid)], { timeout: 1000 })
    return Number(stdout.trim()) * 1024 || undefined
  } catch {
    // It ended between two looks.
    return undefined
  }
}

/** Read synchronously: /proc answers from memory, and a late answer would be a late kill. */
function residentOnLinux(pid: number, depth = 0): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0'
    // bubblewrap stands above the interpreter, two deep.
    const below = depth < 3 ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim() : ''
    const children = below === '' ? [] : below.split(' ').slice(0, 16)
    return children.reduce(
      (sum, child) => sum + (residentOnLinux(Number(child), depth + 1) ?? 0),
      Number(kibibytes) * 1024
    )
  } catch {
    // It ended between two looks.
    return undefined
  }
}
