/** Measurement of the resident memory of a sandbox's processes. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/** Interval between measurements, ms. A measurement takes three small reads on Linux, and a separate process on macOS. */
export const LOOK_EVERY_MS = process.platform === 'linux' ? 50 : 500

/** Resident bytes of a process and its descendants; undefined on Windows, or if the process has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') return residentOnLinux(pid)
  if (process.platform === 'win32') return undefined
  try {
    const { stdout } = await execFileAsync('/bin/ps', ['-o', 'rss=', '-p', String(pid)], { timeout: 1000 })
    return Number(stdout.trim()) * 1024 || undefined
  } catch {
    // The process ended in the meantime.
    return undefined
  }
}

/** Reads synchronously: /proc is in memory, and a late measurement would delay the kill. */
function residentOnLinux(pid: number, depth = 0): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0'
    // Under bubblewrap, the interpreter is two levels below the started process.
    const below = depth < 3 ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim() : ''
    const children = below === '' ? [] : below.split(' ').slice(0, 16)
    return children.reduce(
      (sum, child) => sum + (residentOnLinux(Number(child), depth + 1) ?? 0),
      Number(kibibytes) * 1024
    )
  } catch {
    // The process ended in the meantime.
    return undefined
  }
}
