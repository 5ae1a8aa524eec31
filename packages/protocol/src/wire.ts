/** The generated messages as plain, fully present objects: one codec a message, the shapes declared in proto/ alone. */
import { StimnetError } from './errors.ts'
import { stimnet } from './gen/stimnet.js'

// Declarations of other packages name messages by these types.
export type { stimnet }

/** A generated message's properties with defaults filled in; an absent sub-message is null. */
export type Decoded<P> = P extends Uint8Array
  ? Uint8Array
  : P extends readonly (infer E)[]
    ? Decoded<E>[]
    : P extends object
      ? { [K in keyof P as K extends '$unknowns' ? never : K]-?: DecodedField<NonNullable<P[K]>> }
      : P

type DecodedField<F> = F extends Uint8Array | readonly unknown[] | string | number | boolean
  ? Decoded<F>
  : Decoded<F> | null

/** Encodes and decodes one message. `decode` throws MALFORMED and nothing else. */
export interface Codec<P> {
  readonly name: string
  encode(message: P): Uint8Array
  decode(bytes: Uint8Array): Decoded<P>
}

interface GeneratedMessage<P> {
  encode(message: P): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  toObject(message: never, options?: object): object
}

// bytes stay Uint8Array; arrays and defaults are present, so that nobody tests for undefined.
const PLAIN = { defaults: true, arrays: true, bytes: Uint8Array }

function codec<P>(name: string, message: GeneratedMessage<P>): Codec<P> {
  return {
    name,
    encode: (value) => message.encode(value).finish(),
    decode: (bytes) => {
      try {
        const decoded = message.decode(bytes)
        return message.toObject(decoded as never, PLAIN) as Decoded<P>
      } catch (cause) {
        throw new StimnetError('MALFORMED', `decoding ${name}`, { cause })
      }
    }
  }
}

/** Every message of proto/, by name. */
export const messages = {
  Statement: codec<stimnet.Statement.$Properties>('Statement', stimnet.Statement),
  CatalogDescriptor: codec<stimnet.CatalogDescriptor.$Properties>('CatalogDescriptor', stimnet.CatalogDescriptor),
  CatalogQuery: codec<stimnet.CatalogQuery.$Properties>('CatalogQuery', stimnet.CatalogQuery),
  CatalogAnswer: codec<stimnet.CatalogAnswer.$Properties>('CatalogAnswer', stimnet.CatalogAnswer),
  HelloAsk: codec<stimnet.HelloAsk.$Properties>('HelloAsk', stimnet.HelloAsk),
  HelloAnswer: codec<stimnet.HelloAnswer.$Properties>('HelloAnswer', stimnet.HelloAnswer),
  Envelope: codec<stimnet.Envelope.$Properties>('Envelope', stimnet.Envelope),
  JobRequest: codec<stimnet.JobRequest.$Properties>('JobRequest', stimnet.JobRequest),
  JobAsk: codec<stimnet.JobAsk.$Properties>('JobAsk', stimnet.JobAsk),
  JobAnswer: codec<stimnet.JobAnswer.$Properties>('JobAnswer', stimnet.JobAnswer),
  UploadAsk: codec<stimnet.UploadAsk.$Properties>('UploadAsk', stimnet.UploadAsk),
  UploadAnswer: codec<stimnet.UploadAnswer.$Properties>('UploadAnswer', stimnet.UploadAnswer),
  Decision: codec<stimnet.Decision.$Properties>('Decision', stimnet.Decision),
  CancelAsk: codec<stimnet.CancelAsk.$Properties>('CancelAsk', stimnet.CancelAsk),
  CancelRequest: codec<stimnet.CancelRequest.$Properties>('CancelRequest', stimnet.CancelRequest),
  CancelAnswer: codec<stimnet.CancelAnswer.$Properties>('CancelAnswer', stimnet.CancelAnswer),
  FollowAsk: codec<stimnet.FollowAsk.$Properties>('FollowAsk', stimnet.FollowAsk),
  FollowEvent: codec<stimnet.FollowEvent.$Properties>('FollowEvent', stimnet.FollowEvent),
  JobResult: codec<stimnet.JobResult.$Properties>('JobResult', stimnet.JobResult),
  AuditRecord: codec<stimnet.AuditRecord.$Properties>('AuditRecord', stimnet.AuditRecord),
  FederationAsk: codec<stimnet.FederationAsk.$Properties>('FederationAsk', stimnet.FederationAsk),
  FederationAnswer: codec<stimnet.FederationAnswer.$Properties>('FederationAnswer', stimnet.FederationAnswer),
  WitnessAsk: codec<stimnet.WitnessAsk.$Properties>('WitnessAsk', stimnet.WitnessAsk),
  WitnessAnswer: codec<stimnet.WitnessAnswer.$Properties>('WitnessAnswer', stimnet.WitnessAnswer),
  LogConflict: codec<stimnet.LogConflict.$Properties>('LogConflict', stimnet.LogConflict),
  LogConflictAnswer: codec<stimnet.LogConflictAnswer.$Properties>('LogConflictAnswer', stimnet.LogConflictAnswer)
} as const

/** What `messages[N].decode` gives. */
export type Message<N extends keyof typeof messages> = ReturnType<(typeof messages)[N]['decode']>
