/** The framing of a job and its answer between host and sandbox process. It is the same for every engine. */
import { cellsOf, isUploadName } from '@stimnet/protocol'
import type { Ended } from './bounded.ts'
import { BoundedBytes } from './bounded-bytes.ts'
import type { SandboxJob } from './sandbox.ts'

/** Permitted names of tables, which become file names in the sandbox. */
const TABLE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

/** The folder of uploaded files, beside the tables. */
const UPLOADS_FOLDER = 'uploads'
const UPLOADS_ROOT = `/data/${UPLOADS_FOLDER}`

const KIND_RESULT = 0x52 // R
const KIND_FAILED = 0x46 // F
const HEAD_BYTES = 5
const READY = Buffer.from('READY\n')
const BEFORE_PAYLOAD_BYTES = READY.length + HEAD_BYTES

/**
 * Encodes a job for stdin: u32 length, JSON header, then the bytes of tables and uploads. Undefined if the code is an unreadable notebook.
 * Throws RangeError if the name of a table or an upload cannot be a file name.
 */
export function encodeJob(job: SandboxJob, outputBytesMax: number): Uint8Array[] | undefined {
  const cells = job.language === 'jupyter' ? cellsOf(job.code) : [job.code]
  if (cells === undefined) return undefined
  for (const { name } of job.tables) {
    if (!TABLE_NAME.test(name)) throw new RangeError('a table name that is no file name')
  }
  const uploads = job.uploads ?? []
  for (const { name } of uploads) {
    if (!isUploadName(name)) throw new RangeError('an upload name that is no file name')
  }
  const header = {
    language: job.language,
    cells,
    output_bytes_max: outputBytesMax,
    files: [
      ...job.tables.map(({ name, csv }) => ({ name: `${name}.csv`, length: csv.length })),
      ...uploads.map(({ name, bytes }) => ({ name: `${UPLOADS_FOLDER}/${name}`, length: bytes.length }))
    ],
    config: {
      job_id: job.jobId,
      script_type: job.language,
      parameters: job.parameters,
      filters: job.filters,
      data_catalog_id: job.catalogId,
      uploaded_files: uploads.map(({ name, bytes, sha256 }) => ({
        name,
        path: `${UPLOADS_ROOT}/${name}`,
        size: bytes.length,
        sha256
      })),
      min_cohort_size: job.minCohortSize,
      tables: job.tables.map(({ name, columns }) => ({ name, columns }))
    }
  }
  const bytes = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return [length, bytes, ...job.tables.map(({ csv }) => csv), ...uploads.map((one) => one.bytes)]
}

/**
 * Reads a sandbox's stdout: READY, then one frame (kind byte, u32 length, payload), then the end of the stream. Bytes are counted before
 * they are kept. Any other output is not an answer.
 */
export class AnswerReader {
  #kept: BoundedBytes
  #total = 0
  #isReady = false
  #isBroken = false
  readonly #ready = Promise.withResolvers<void>()
  /** Resolves at READY. It never rejects: the end of the process is detected elsewhere. */
  readonly ready = this.#ready.promise
  readonly #whole = Promise.withResolvers<void>()
  /** Resolves when a complete frame has arrived, even if more output follows. It never rejects. */
  readonly whole = this.#whole.promise

  constructor(options: { answerBytesMax: number }) {
    this.#kept = new BoundedBytes({ bytesMax: BEFORE_PAYLOAD_BYTES + options.answerBytesMax })
  }

  /** Adds a chunk and returns the number of payload bytes in it. */
  push(chunk: Uint8Array): number {
    const payloadBefore = this.#payloadBytes()
    this.#total += chunk.length
    if (!this.#kept.push(chunk)) this.#isBroken = true
    if (!this.#isReady && this.#kept.length >= READY.length) this.#start()
    if (this.#isReady && this.#kept.length >= BEFORE_PAYLOAD_BYTES) this.#finish()
    return this.#payloadBytes() - payloadBefore
  }

  #payloadBytes(): number {
    return Math.max(0, this.#total - BEFORE_PAYLOAD_BYTES)
  }

  #start(): void {
    if (!this.#kept.bytes().subarray(0, READY.length).equals(READY)) {
      this.#isBroken = true
      return
    }
    this.#isReady = true
    this.#ready.resolve()
  }

  #finish(): void {
    const length = this.#kept.bytes().readUInt32BE(READY.length + 1)
    if (this.#total >= BEFORE_PAYLOAD_BYTES + length) this.#whole.resolve()
  }

  /** The answer in the bytes received so far; undefined unless they are exactly one complete frame. */
  answer(): Ended | undefined {
    const frame = this.#kept.bytes().subarray(READY.length)
    if (!this.#isReady || this.#isBroken || frame.length < HEAD_BYTES) return undefined
    const payload = frame.subarray(HEAD_BYTES)
    if (payload.length !== frame.readUInt32BE(1)) return undefined
    if (frame[0] === KIND_RESULT) return { end: 'result', bytes: payload }
    const code = OWN_FAILURES.find((own) => own === payload.toString('latin1'))
    return frame[0] === KIND_FAILED && code ? { end: 'failed', code } : undefined
  }
}

/** Failures that a sandbox process may report itself. The host determines timeouts and faults of the node. */
const OWN_FAILURES = ['PROGRAM_FAILED', 'MEMORY_LIMIT', 'OUTPUT_LIMIT'] as const
