/** Formats numbers for tables: with thousands separators and a readable number of digits. */

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** A count with thousands separators. */
export function count(value: number): string {
  return WHOLE.format(value)
}

/** A number with the given number of decimals or, if none is given, as a measured value. */
export function written(value: number, decimals?: number): string {
  if (decimals === undefined || !Number.isFinite(value)) return measured(value)
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: decimals }).format(value).replace('-', '−')
}

/** A measured value: four significant digits, or all digits of a whole number. */
export function measured(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return WHOLE.format(value).replace('-', '−')
  const size = Math.abs(value)
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(3) : significant(value)
  return text.replace('-', '−')
}

function significant(value: number): string {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))))
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: Math.min(8, digits) }).format(value)
}

const LARGE = [
  { from: 1e12, word: 'trillion' },
  { from: 1e9, word: 'billion' },
  { from: 1e6, word: 'million' }
] as const

/** Three significant digits without an exponent: "38.6", "0.0000125", "62.5 billion". */
export function rough(value: number): string {
  if (value >= 1e15) return 'over 1,000 trillion'
  if (!Number.isFinite(value)) return String(value)
  const rounded = Number(value.toPrecision(3))
  const large = LARGE.find(({ from }) => Math.abs(rounded) >= from)
  const text = large ? `${PLAIN.format(rounded / large.from)} ${large.word}` : PLAIN.format(rounded)
  return text.replace('-', '−')
}

const PLAIN = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3, maximumFractionDigits: 20 })

/** The text of a table's cell; `blank` if it has no value, see `blankWord`. */
export function cell(value: string | number | null, blank = 'withheld'): string {
  if (value === null) return blank
  return typeof value === 'number' ? measured(value) : value
}

/** A p value; values below 0.0001 are shown as "< 0.0001". */
export function pInWords(p: number | null): string {
  if (p === null) return '–'
  return p < 0.0001 ? '< 0.0001' : measured(p)
}

/** An interval: "−2.4 to −0.9". */
export function intervalInWords(low: number | null, high: number | null): string {
  return low === null || high === null ? '–' : `${measured(low)} to ${measured(high)}`
}

/** A size: "812 bytes", "3.4 KiB", "16 MiB". */
export function bytesInWords(size: number): string {
  if (size < 1_024) return plural(size, 'byte')
  const [unit, of] = size < 1_048_576 ? ['KiB', 1_024] : ['MiB', 1_048_576]
  const amount = size / (of as number)
  return `${amount < 10 ? Math.round(amount * 10) / 10 : count(amount)} ${unit}`
}

/** A count with its noun: "1 subject", "2 subjects". */
export function plural(many: number, one: string, more = `${one}s`): string {
  return `${count(many)} ${many === 1 ? one : more}`
}

/** A count that the gateway rounds down to tens: "fewer than 10", "20 or more". */
export function tensInWords(tens: number): string {
  return tens === 0 ? 'fewer than 10' : `${count(tens)} or more`
}
