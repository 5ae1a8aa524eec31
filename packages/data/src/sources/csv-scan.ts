/** Scanner for the structure of a CSV or TSV file: header and records, and the line of any error. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { StimnetError } from '@stimnet/protocol'

/** Maximum size of a header. */
const HEADER_BYTES_MAX = 256 * 1024

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf)

/** The result of scanning a text file. */
export interface CsvShape {
  readonly header: readonly string[]
  /** Number of records below the header. */
  readonly records: number
  readonly sha256: string
}

/**
 * Reads a whole file and checks it by RFC 4180: the same number of fields in each record, quotes in pairs, UTF-8. Throws
 * SOURCE_INVALID that names file and line.
 */
export async function scanCsv(path: string, separator: ',' | '\t'): Promise<CsvShape> {
  const scanner = new CsvScanner(path, separator.charCodeAt(0))
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    scanner.push(chunk)
  }
  scanner.end()
  return { header: scanner.header, records: scanner.records, sha256: hash.digest('hex') }
}

/** The header alone; the rest of the file is not read. Throws SOURCE_INVALID. */
export async function headerOf(path: string, separator: ',' | '\t'): Promise<readonly string[]> {
  const scanner = new CsvScanner(path, separator.charCodeAt(0))
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    scanner.push(chunk)
    if (scanner.records >= 0) return scanner.header
  }
  scanner.end()
  return scanner.header
}

/** The line on which a record begins. The first record below the header is record 1. */
export async function lineOfRecord(path: string, separator: ',' | '\t', record: number): Promise<number> {
  const scanner = new CsvScanner(path, separator.charCodeAt(0))
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    scanner.find(record)
    scanner.push(chunk)
    if (scanner.found > 0) break
  }
  return scanner.found
}

type State = 'field-start' | 'plain' | 'quoted' | 'quote-seen' | 'return-seen'

class CsvScanner {
  readonly #path: string
  readonly #separator: number
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  #state: State = 'field-start'
  #line = 1
  #recordLine = 1
  #fields = 1
  #bytesInRecord = 0
  #blankLine = 0
  #offset = 0
  #headerBytes: number[] = []
  #wanted = -1
  /** Whether lines end with a carriage return; undefined before the end of the first line. */
  #hasReturns: boolean | undefined
  header: string[] = []
  records = -1
  found = 0

  constructor(path: string, separator: number) {
    this.#path = path
    this.#separator = separator
  }

  /** Looks for the line of this record from now on. */
  find(record: number): void {
    this.#wanted = record
  }

  push(chunk: Uint8Array): void {
    this.#checkText(chunk)
    for (const byte of chunk) {
      const at = this.#offset++
      if (at < 3 && byte === BOM[at] && this.#bytesInRecord === 0 && this.#state === 'field-start') continue
      this.#step(byte)
    }
  }

  end(): void {
    this.#checkText(new Uint8Array(0), true)
    if (this.#state === 'quoted') this.#refuse(this.#recordLine, 'a quote that never closes')
    if (this.#state === 'return-seen') this.#refuse(this.#line, 'a carriage return without a line feed')
    if (this.#bytesInRecord > 0) this.#endRecord()
    if (this.records < 0) this.#refuse(1, 'no header')
  }

  #step(byte: number): void {
    if (byte === NUL) this.#refuse(this.#line, 'a zero byte')
    if (this.#state === 'return-seen') {
      if (byte !== LF) this.#refuse(this.#line, 'a carriage return without a line feed')
      this.#endLine(true)
      return
    }
    if (this.records < 0) this.#keepHeader(byte)
    if (this.#state === 'quoted') {
      this.#bytesInRecord++
      if (byte === LF) this.#line++
      if (byte === QUOTE) this.#state = 'quote-seen'
      return
    }
    if (byte === LF) {
      this.#endLine(false)
      return
    }
    if (byte === CR) {
      this.#state = 'return-seen'
      return
    }
    if (this.#blankLine > 0) this.#refuse(this.#blankLine, 'an empty line in the middle')
    this.#bytesInRecord++
    this.#inRecord(byte)
  }

  #inRecord(byte: number): void {
    if (byte === this.#separator) {
      this.#fields++
      this.#state = 'field-start'
    } else if (byte === QUOTE && this.#state !== 'plain') {
      // At the start of a field it opens the field; after a quote it is the second of a doubled quote.
      this.#state = 'quoted'
    } else if (byte === QUOTE || this.#state === 'quote-seen') {
      this.#refuse(this.#line, 'a quote in the middle of a field')
    } else {
      this.#state = 'plain'
    }
  }

  #keepHeader(byte: number): void {
    this.#headerBytes.push(byte)
    if (this.#headerBytes.length > HEADER_BYTES_MAX) this.#refuse(1, 'a header that is too long')
  }

  /** Requires one kind of line end throughout the file: the engine reads only one kind, and takes the other for text. */
  #endLine(hasReturn: boolean): void {
    this.#hasReturns ??= hasReturn
    if (hasReturn !== this.#hasReturns) {
      const how = hasReturn
        ? 'with a carriage return, and the lines before do not'
        : 'without a carriage return, and the lines before have one'
      this.#refuse(this.#line, `ends ${how}`)
    }
    this.#endRecord()
  }

  #endRecord(): void {
    if (this.#bytesInRecord === 0) {
      // Empty lines are allowed at the end of a file; the next byte of a record shows that this is not the end.
      if (this.#blankLine === 0) this.#blankLine = this.#line
    } else if (this.records < 0) {
      if (this.#line !== this.#recordLine) this.#refuse(this.#recordLine, 'a header of several lines')
      this.header = splitHeader(this.#headerBytes, this.#separator)
      this.records = 0
    } else {
      this.records++
      if (this.records === this.#wanted) this.found = this.#recordLine
      if (this.#fields !== this.header.length) {
        this.#refuse(this.#recordLine, `${this.#fields} fields, while the header has ${this.header.length}`)
      }
    }
    this.#state = 'field-start'
    this.#line++
    this.#recordLine = this.#line
    this.#fields = 1
    this.#bytesInRecord = 0
  }

  #checkText(chunk: Uint8Array, last = false): void {
    try {
      this.#utf8.decode(chunk, { stream: !last })
    } catch {
      this.#refuse(this.#line, 'from here on, text that is not UTF-8')
    }
  }

  #refuse(line: number, fault: string): never {
    throw new StimnetError('SOURCE_INVALID', `${this.#path}, line ${line}: ${fault}`)
  }
}

/** The fields of a header that is already checked. */
function splitHeader(bytes: readonly number[], separator: number): string[] {
  const text = new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\r?\n?$/, '')
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '"' && quoted && text[i + 1] === '"') field += text[++i]
    else if (char === '"') quoted = !quoted
    else if (char.charCodeAt(0) === separator && !quoted) {
      fields.push(field)
      field = ''
    } else field += char
  }
  return [...fields, field]
}
