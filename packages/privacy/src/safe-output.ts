/** The safe output type. Only `disclose.ts` can create instances, so every instance has passed disclosure control. */
import { canonicalJson, type Output, outputSchema, StimnetError } from '@stimnet/protocol'

const TOKEN = Symbol('made by disclose')

type Maker = (output: Output) => SafeOutput
let maker: Maker | undefined

/** An immutable output that has passed disclosure control. Only `disclose.ts` can create one. */
export class SafeOutput {
  /** Canonical JSON. */
  readonly #json: string

  /** For `disclose.ts` only: throws TypeError without the private token. */
  private constructor(token: symbol, output: Output) {
    if (token !== TOKEN) throw new TypeError('a safe output is made by disclose() alone')
    this.#json = canonicalJson(outputSchema.parse(output))
    Object.freeze(this)
  }

  static {
    maker = (output) => new SafeOutput(TOKEN, output)
  }

  /** The canonical JSON text that is released. */
  get json(): string {
    return this.#json
  }

  /** The UTF-8 bytes of `json`; a new copy for each call. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(this.#json)
  }

  /** The output as parsed from `json`; a new object for each call. */
  get output(): Output {
    return JSON.parse(this.#json) as Output
  }

  static isSafe(value: unknown): value is SafeOutput {
    return typeof value === 'object' && value !== null && #json in value
  }
}

/**
 * Returns the only function that creates safe outputs to the first caller, which is `disclose.ts` when it is loaded. Every
 * later call throws TypeError.
 */
export function takeMaker(): Maker {
  const taken = maker
  maker = undefined
  if (!taken) throw new TypeError('a safe output is made by disclose() alone')
  return taken
}

/**
 * The run-time counterpart of the compile-time type check: returns the value, or throws INTERNAL if it is not a real
 * `SafeOutput`.
 */
export function assertSafe(value: unknown): SafeOutput {
  if (SafeOutput.isSafe(value)) return value
  throw new StimnetError('INTERNAL', 'something that is no safe output was about to leave')
}
