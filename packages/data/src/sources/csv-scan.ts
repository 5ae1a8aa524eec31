/** Scanner for the structure of a CSV or TSV file: header, records, and the line of each error. */
import { createHash } from 'node:crypto'
import { StimnetError } from '@stimnet/protocol'
import type { Encoding, Separator } from '../catalog/reading.ts'
import { utf8Chunks } from './encodings.ts'

/** Maximum size of a header, bytes. */
const HEADER_BYTES_MAX = 256 * 1024

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf)

/** The result of scanning a text file. */
export interface CsvShape {
  readonly header: readonly string[]
  /** Number of records after the header. */
  readonly records: number
  readonly sha256: string
}

/** The separator and encoding with which a text file is read. */
export interface TextForm {
  readonly separator: Separator
  /** Default: utf-8. */
  readonly encoding?: Encoding
}

/** Callbacks of a scan. With `fault`, the scan continues after a fault. */
export interface ScanListener {
  /** Called for each well-formed record after the header, with the line on which it begins. */
  record?(fields: readonly string[], line: number): void
  /** Called for each fault. The scan then continues with the next record. Without this callback, the first fault is thrown. */
  fault?(line: number, fault: string): void
}

/**
 * Reads a whole file and checks it by RFC 4180: the same number of fields in each record, paired quotes, valid text in its encoding. Throws
 * SOURCE_INVALID with file and line; if the listener handles faults, only for an unreadable header.
 */
export async function scanCsv(path: string, form: TextForm, listener: ScanListener = {}): Promise<CsvShape> {
  const scanner = new CsvScanner(path, form.separator, listener)
  const hash = createHash('sha256')
  for await (const chunk of utf8Chunks(path, form.encoding, (bytes) => hash.update(bytes))) scanner.push(chunk)
  scanner.end()
  return { header: scanner.header, records: scanner.records, sha256: hash.digest('hex') }
}

/** The header of a file. The rest of the file is not read. Throws SOURCE_INVALID. */
export async function headerOf(path: string, form: TextForm): Promise<Pick<CsvShape, 'header'>> {
  const scanner = new CsvScanner(path, form.separator, { fault: () => undefined })
  for await (const chunk of utf8Chunks(path, form.encoding)) {
    scanner.push(chunk)
    if (scanner.records >= 0) return { header: scanner.header }
  }
  scanner.end()
  return { header: scanner.header }
}

/**
 * The beginning of a file when read in this form: its header, and the numbers of its complete records and of their faults. Throws
 * SOURCE_INVALID if there is no readable header.
 */
export async function scanBeginning(
  path: string,
  form: TextForm,
  bytesMax: number
): Promise<{ readonly header: readonly string[]; readonly records: number; readonly faults: number }> {
  let faults = 0
  let bytes = 0
  const scanner = new CsvScanner(path, form.separator, { fault: () => faults++ })
  for await (const chunk of utf8Chunks(path, form.encoding)) {
    scanner.push(chunk)
    bytes += chunk.length
    if (bytes >= bytesMax) return { header: scanner.header, records: scanner.records, faults }
  }
  scanner.end()
  return { header: scanner.header, records: scanner.records, faults }
}

/** The line on which a record begins. The first record after the header is record 1. */
export async function lineOfRecord(path: string, form: TextForm, record: number): Promise<number> {
  const scanner = new CsvScanner(path, form.separator)
  for await (const chunk of utf8Chunks(path, form.encoding)) {
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
  readonly #listener: ScanListener
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  #state: State = 'field-start'
  #line = 1
  #recordLine = 1
  #fields = 1
  #bytesInRecord = 0
  #blankLine = 0
  #offset = 0
  #recordBytes: number[] = []
  #wanted = -1
  /** Whether the current record has a fault, so that it is not passed on. */
  #isBad = false
  #isText = true
  #hasMixedEnds = false
  /** Whether lines end with a carriage return; undefined until the first line ends. */
  #hasReturns: boolean | undefined
  header: string[] = []
  records = -1
  found = 0

  constructor(path: string, separator: Separator, listener: ScanListener = {}) {
    this.#path = path
    this.#separator = separator.charCodeAt(0)
    this.#listener = listener
  }

  /** Starts looking for the line of this record. */
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
    if (this.records < 0) this.#throw(1, 'no header')
  }

  #step(byte: number): void {
    if (byte === NUL) this.#refuse(this.#line, 'a zero byte')
    if (this.#state === 'return-seen') {
      if (byte === LF) {
        this.#endLine(true)
        return
      }
      this.#refuse(this.#line, 'a carriage return without a line feed')
      this.#state = 'plain'
    }
    if (this.records < 0) this.#keepHeader(byte)
    else if (this.#listener.record) this.#recordBytes.push(byte)
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
    if (this.#blankLine > 0) this.#refuseBlank()
    this.#bytesInRecord++
    this.#inRecord(byte)
  }

  #inRecord(byte: number): void {
    if (byte === this.#separator) {
      this.#fields++
      this.#state = 'field-start'
    } else if (byte === QUOTE && this.#state !== 'plain') {
      // At the start of a field, a quote opens the field. After a quote, it is the second of a doubled quote.
      this.#state = 'quoted'
    } else if (byte === QUOTE || this.#state === 'quote-seen') {
      this.#refuse(this.#line, 'a quote in the middle of a field')
      this.#state = 'plain'
    } else {
      this.#state = 'plain'
    }
  }

  #keepHeader(byte: number): void {
    this.#recordBytes.push(byte)
    if (this.#recordBytes.length > HEADER_BYTES_MAX) this.#throw(1, 'a header that is too long')
  }

  /** Requires the same line ends throughout the file: the engine reads only one kind, and would take the other as text. */
  #endLine(hasReturn: boolean): void {
    this.#hasReturns ??= hasReturn
    if (hasReturn !== this.#hasReturns && !this.#hasMixedEnds) {
      this.#hasMixedEnds = true
      const how = hasReturn
        ? 'with a carriage return, and the lines before do not'
        : 'without a carriage return, and the lines before have one'
      const wasBad = this.#isBad
      this.#refuse(this.#line, `ends ${how}`)
      // The record itself is valid unless it has another fault.
      this.#isBad = wasBad
    }
    this.#endRecord()
  }

  #endRecord(): void {
    if (this.#bytesInRecord === 0) {
      // Empty lines are allowed only at the end of a file. If another record follows, the empty line was not at the end.
      if (this.#blankLine === 0) this.#blankLine = this.#line
    } else if (this.records < 0) {
      if (this.#line !== this.#recordLine) this.#throw(this.#recordLine, 'a header of several lines')
      this.header = splitRecord(this.#recordBytes, this.#separator)
      this.records = 0
    } else {
      this.records++
      if (this.records === this.#wanted) this.found = this.#recordLine
      if (this.#fields !== this.header.length && !this.#isBad) {
        this.#refuse(this.#recordLine, `${this.#fields} fields, while the header has ${this.header.length}`)
      }
      if (!this.#isBad) this.#listener.record?.(splitRecord(this.#recordBytes, this.#separator), this.#recordLine)
    }
    this.#state = 'field-start'
    this.#line++
    this.#recordLine = this.#line
    this.#fields = 1
    this.#bytesInRecord = 0
    this.#recordBytes = []
    this.#isBad = false
  }

  /** Reports an empty line in the middle. The fault belongs to that line, and not to the record that begins here. */
  #refuseBlank(): void {
    this.#refuse(this.#blankLine, 'an empty line in the middle')
    this.#blankLine = 0
    this.#isBad = false
  }

  #checkText(chunk: Uint8Array, last = false): void {
    if (!this.#isText) return
    try {
      this.#utf8.decode(chunk, { stream: !last })
    } catch {
      this.#isText = false
      this.#refuse(this.#line, 'from here on, text that is not UTF-8: declare its encoding in `reading`')
    }
  }

  #refuse(line: number, fault: string): void {
    if (!this.#listener.fault) this.#throw(line, fault)
    this.#isBad = true
    this.#listener.fault(line, fault)
  }

  #throw(line: number, fault: string): never {
    throw new StimnetError('SOURCE_INVALID', `${this.#path}, line ${line}: ${fault}`)
  }
}

/** The fields of a record that was already checked. */
function splitRecord(bytes: readonly number[], separator: number): string[] {
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
