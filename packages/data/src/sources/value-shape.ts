/** Descriptions for the steward of a value that does not fit: its shape, which does not reveal the value, and possible remedies. */
import type { VariableConfig } from '../catalog/catalog-config.ts'
import type { ValueReading } from '../catalog/reading.ts'

/** Maximum length of a shape that is shown. */
const SHAPE_MAX = 24

/**
 * The shape of a text, in quotes: each digit as 9, each letter as a or A, other visible ASCII characters unchanged, anything else as ?. It
 * is written to the institution's own log, so it must not be the value: "Meier, 1,5" becomes "Aaaaa, 9,9".
 */
export function shapeOf(text: string): string {
  const shape = [...text.slice(0, SHAPE_MAX + 1)]
    .map((character) => {
      if (/\p{Nd}/u.test(character)) return '9'
      if (/\p{Lu}/u.test(character)) return 'A'
      if (/\p{L}/u.test(character)) return 'a'
      return /[ -~]/.test(character) ? character : '?'
    })
    .join('')
  return shape.length > SHAPE_MAX ? `"${shape.slice(0, SHAPE_MAX)}…"` : `"${shape}"`
}

const OTHER_SIGN = { '.': ',', ',': '.' } as const
const SIGN_NAMES = { '.': 'point', ',': 'comma' } as const

/**
 * A declaration, or a change in the source, with which the text would fit; empty if none is known. `changed` is the place where the source
 * can be changed.
 */
export function remedyFor(
  text: string,
  { type, levels = [] }: VariableConfig,
  reading: ValueReading,
  changed: string
): string {
  const trimmed = text.trim()
  switch (type) {
    case 'category': {
      const near = levels.find((level) => level.toLowerCase() === trimmed.toLowerCase())
      return near === undefined
        ? 'declare the level, or name the level that it stands for in `rename`'
        : `only capitals or spaces differ from ${near}: use \`rename\``
    }
    case 'integer':
    case 'number':
      return remedyForNumber(trimmed, type, reading, changed)
    case 'date':
      return remedyForDate(trimmed, reading)
    case 'text':
      return ''
  }
}

function remedyForNumber(text: string, type: 'integer' | 'number', { decimal }: ValueReading, changed: string): string {
  const other = OTHER_SIGN[decimal]
  if (new RegExp(`^[+-]?\\d+[${other}]\\d+$`).test(text)) {
    const sign = `it has a decimal ${SIGN_NAMES[other]}: declare decimal: "${other}"`
    return type === 'integer' ? `${sign} and type: number` : sign
  }
  if (type === 'integer' && new RegExp(`^[+-]?\\d+[${decimal}]\\d+$`).test(text)) return 'declare type: number'
  if (/^[+-]?\d{1,3}([., ’']\d{3})+([.,]\d+)?$/.test(text)) return `remove thousands separators ${changed}`
  if (/^[<>≤≥]/.test(text)) return `a limit of detection is no number: decide ${changed} what it becomes`
  if (/[A-Za-z%]$/.test(text) && /^[+-]?\d/.test(text)) return `write the number without its unit ${changed}`
  return /\d/.test(text) ? '' : 'if it means a missing value, declare it in `missing`'
}

function remedyForDate(text: string, { dateFormat }: ValueReading): string {
  const [day = ''] = text.split(/[ T]/)
  const hasTime = day !== text
  const found = DATE_SHAPES.find(([pattern]) => pattern.test(day))?.[1]
  if (found === undefined) return /\d/.test(text) ? '' : 'if it means a missing value, declare it in `missing`'
  const format = hasTime ? `${found} hh:mm` : found
  if (format === dateFormat || found === dateFormat) {
    return hasTime ? `declare date_format: ${format}, which drops the time of day` : 'there is no such day'
  }
  return `declare date_format: ${format}${hasTime ? ', which drops the time of day' : ''}`
}

const DATE_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d{2}-\d{2}$/, 'yyyy-mm-dd'],
  [/^\d{4}\/\d{1,2}\/\d{1,2}$/, 'yyyy/mm/dd'],
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, 'dd.mm.yyyy'],
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, 'dd/mm/yyyy or mm/dd/yyyy'],
  [/^\d{1,2}-\d{1,2}-\d{4}$/, 'dd-mm-yyyy or mm-dd-yyyy'],
  [/^\d{8}$/, 'yyyymmdd']
]
