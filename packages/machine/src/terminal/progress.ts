/** Progress of a broadcast: on a terminal one redrawn line per peer, elsewhere one line for each change. */
import type { Broadcast } from '@stimnet/sdk'
import type { Io } from './arguments.ts'
import { printable } from './table.ts'

const BAR = 20

/** Shows progress: `draw` is called with each state of a broadcast, `say` with lines that are printed above the next drawing. */
export interface Progress {
  draw(broadcast: Broadcast): void
  say(line: string): void
}

/** Draws the progress of one broadcast on standard error. */
export function drawProgress(io: Io): Progress {
  let drawn = 0
  const told = new Map<string, string>()
  const say = (line: string) => {
    io.err(`${line}\n`)
    // The earlier drawing stays above the line.
    drawn = 0
  }
  const draw = (broadcast: Broadcast) => {
    if (io.interactive) {
      const write = (text: string) => (io.draw ? io.draw(text) : io.err(text))
      if (drawn > 0) write(`\u001b[${drawn}A`)
      for (const part of broadcast.parts) write(`\u001b[2K${printable(lineOf(part))}\n`)
      drawn = broadcast.parts.length
      return
    }
    for (const part of broadcast.parts) {
      if (told.get(part.peer_id) === part.state) continue
      told.set(part.peer_id, part.state)
      io.err(`${printable(part.institution || part.peer_id)}: ${part.state}${part.code ? ` (${part.code})` : ''}\n`)
    }
  }
  return { draw, say }
}

function lineOf(part: Broadcast['parts'][number]): string {
  const full = Math.round(part.progress * BAR)
  const name = (part.institution || part.peer_id).slice(0, 40).padEnd(40)
  return `${name} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${part.state}${part.code ? ` ${part.code}` : ''}`
}
