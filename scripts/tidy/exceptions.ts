/** The declared exceptions from the rules, each with its reason. The list may only shrink: an unused exception is a breach. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Breach } from './tree.ts'

const FILE = 'config/tidy-exceptions.json'
const REASON_LENGTH_MIN = 20

/** The exceptions from one rule. */
export interface Exceptions {
  /** Whether the list contains this place. The exception then counts as used. */
  permits(place: string): boolean
}

/** Reads the list of exceptions in `root`: for each rule, the reasons by place. Without a file there are no exceptions. */
export function readExceptions(root: string): { from(rule: string): Exceptions; breaches(): Breach[] } {
  const path = join(root, FILE)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}'
  const list = JSON.parse(text) as Record<string, Record<string, string>>
  const used = new Set<string>()
  return {
    from: (rule) => ({
      permits(place) {
        used.add(`${rule} ${place}`)
        return list[rule]?.[place] !== undefined
      }
    }),
    breaches() {
      const entries = Object.entries(list).flatMap(([rule, reasons]) =>
        Object.entries(reasons).map(([place, reason]) => ({ place, reason, isUsed: used.has(`${rule} ${place}`) }))
      )
      const breach = (place: string, message: string): Breach => {
        const line = text.slice(0, text.indexOf(JSON.stringify(place))).split('\n').length
        return { file: FILE, line, rule: 'exception', message: `${place}: ${message}` }
      }
      return entries.flatMap(({ place, reason, isUsed }) => [
        ...(isUsed ? [] : [breach(place, 'nothing needs this exception: delete it')]),
        ...(reason.length < REASON_LENGTH_MIN ? [breach(place, 'the reason is missing')] : [])
      ])
    }
  }
}
