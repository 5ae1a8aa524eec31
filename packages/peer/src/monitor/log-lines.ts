/** The lines of the log, safe to read in a terminal: text from others cannot move the cursor or change the direction of writing. */

/** A destination of lines. */
export interface LogDestination {
  write(line: string): void
}

/**
 * Characters that JSON leaves unescaped and that a terminal or a reader interprets: control characters (including C1), characters that
 * change the direction of writing or join letters, line separators, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Escapes these characters. A line is JSON, in which they occur only within strings, so the parsed value stays the same. */
export function escaping(to: LogDestination): LogDestination {
  return {
    write: (line) => {
      const text = line.endsWith('\n') ? line.slice(0, -1) : line
      to.write(`${text.replace(UNSEEN, escaped)}\n`)
    }
  }
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
