/** The messages of proto/ that are sent or signed on their own. All other messages are parts of these. */
import * as gen from './gen/messages.ts'

export type * as wire from './gen/messages.ts'
export type { Encodable, MessageType } from './protobuf.ts'

/** The messages by name. */
export const messages = {
  Statement: gen.Statement,
  CatalogDescriptor: gen.CatalogDescriptor,
  CatalogQuery: gen.CatalogQuery,
  CatalogAnswer: gen.CatalogAnswer,
  HelloAsk: gen.HelloAsk,
  HelloAnswer: gen.HelloAnswer,
  Envelope: gen.Envelope,
  JobRequest: gen.JobRequest,
  JobAsk: gen.JobAsk,
  JobAnswer: gen.JobAnswer,
  UploadAsk: gen.UploadAsk,
  UploadAnswer: gen.UploadAnswer,
  Decision: gen.Decision,
  CancelAsk: gen.CancelAsk,
  CancelRequest: gen.CancelRequest,
  CancelAnswer: gen.CancelAnswer,
  FollowAsk: gen.FollowAsk,
  FollowEvent: gen.FollowEvent,
  JobResult: gen.JobResult,
  AuditRecord: gen.AuditRecord,
  PeerDigest: gen.PeerDigest,
  DigestsAsk: gen.DigestsAsk,
  DigestsAnswer: gen.DigestsAnswer,
  FederationAsk: gen.FederationAsk,
  FederationAnswer: gen.FederationAnswer,
  InviteAsk: gen.InviteAsk,
  InviteAnswer: gen.InviteAnswer,
  WitnessAsk: gen.WitnessAsk,
  WitnessAnswer: gen.WitnessAnswer,
  LogConflict: gen.LogConflict,
  LogConflictAnswer: gen.LogConflictAnswer
} as const

/** The return type of `messages[N].decode`. */
export type Message<N extends keyof typeof messages> = ReturnType<(typeof messages)[N]['decode']>
