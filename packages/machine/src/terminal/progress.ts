/** Progress of a broadcast: on a terminal one redrawn line per peer, elsewhere a line for each change. */
import type { Broadcast } from '@stimnet/sdk'
import type { Io } from './arguments.ts'
import { printable } from './table.ts'

const BAR = 20

/** Returns the function to call with each state of a broadcast. */
export function drawProgress(io: Io): (broadcast: Broadcast) => void {
  let drawn = 0
  const told = new Map<string, string>()
  return (broadcast) => {
    if (io.interactive) {
      if (drawn > 0) io.err(`\u001b[${drawn}A`)
      for (const part of broadcast.parts) io.err(`\u001b[2K${lineOf(part)}\n`)
      drawn = broadcast.parts.length
      return
    }
    for (const part of broadcast.parts) {
      if (told.get(part.peer_id) === part.state) continue
      told.set(part.peer_id, part.state)
      io.err(`${printable(part.institution || part.peer_id)}: ${part.state}${part.code ? ` (${part.code})` : ''}\n`)
    }
  }
}

function lineOf(part: Broadcast['parts'][number]): string {
  const full = Math.round(part.progress * BAR)
  const name = printable(part.institution || part.peer_id)
    .slice(0, 40)
    .padEnd(40)
  return `${name} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${part.state}${part.code ? ` ${part.code}` : ''}`
}
