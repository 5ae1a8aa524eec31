/** The type that is the door: what is one of these has passed disclosure control, and nothing else can be one. */
import { canonicalJson, type Output, outputSchema, StimnetError } from '@stimnet/protocol'

const TOKEN = Symbol('made by disclose')

type Maker = (output: Output) => SafeOutput
let maker: Maker | undefined

/** A safe output. Only `disclose` makes one; it cannot be changed afterwards. */
export class SafeOutput {
  /** Canonical JSON. */
  readonly #json: string

  /** For `disclose` alone: throws without its token. */
  private constructor(token: symbol, output: Output) {
    if (token !== TOKEN) throw new TypeError('a safe output is made by disclose() alone')
    this.#json = canonicalJson(outputSchema.parse(output))
    Object.freeze(this)
  }

  static {
    maker = (output) => new SafeOutput(TOKEN, output)
  }

  /** The canonical JSON that leaves. */
  get json(): string {
    return this.#json
  }

  /** Its UTF-8 bytes; a fresh copy each time. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(this.#json)
  }

  /** What a reader will parse; a fresh copy each time. */
  get output(): Output {
    return JSON.parse(this.#json) as Output
  }

  static isSafe(value: unknown): value is SafeOutput {
    return typeof value === 'object' && value !== null && #json in value
  }
}

/** Hands the one maker to the first who asks, which is `disclose` when it is loaded; later askers get an error. */
export function takeMaker(): Maker {
  const taken = maker
  maker = undefined
  if (!taken) throw new TypeError('a safe output is made by disclose() alone')
  return taken
}

/** At run time what the type says at compile time: returns it, or throws INTERNAL for anything that only looks like one. */
export function assertSafe(value: unknown): SafeOutput {
  if (SafeOutput.isSafe(value)) return value
  throw new StimnetError('INTERNAL', 'something that is no safe output was about to leave')
}
