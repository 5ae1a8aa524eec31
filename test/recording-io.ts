/** A terminal that records what a command writes. */
import type { Io } from '@stimnet/machine'

export interface RecordingIo extends Io {
  readonly said: { out: string; err: string }
}

export function recordingIo(): RecordingIo {
  const said = { out: '', err: '' }
  return {
    said,
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    interactive: false,
    ask: undefined,
    signal: new AbortController().signal
  }
}
