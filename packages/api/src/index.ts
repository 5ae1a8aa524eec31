/** The REST API, said once: schemas of what it takes and answers, their names in the OpenAPI document, and the types that clients see. */
export { inputs, isoOf, outputs, timestamp } from './named.ts'
export * from './readonly.ts'
export * from './problem.ts'
export {
  type BroadcastSubmission,
  broadcastSubmissionShape,
  type CrateSubmission,
  crateSubmissionShape,
  custodialBroadcastShape,
  type JobSubmission,
  jobSubmissionShape
} from './question/submission.ts'
export { type UploadedFile, uploadDeletedShape, uploadShape } from './question/upload.ts'
export * from './question/privacy.ts'
export * from './question/analysis.ts'
export * from './answer/result.ts'
export * from './answer/schema.ts'
export * from './answer/job.ts'
export * from './answer/broadcast.ts'
export * from './node/node.ts'
export * from './node/catalog.ts'
export * from './node/sandbox.ts'
export * from './node/event.ts'
export * from './node/stewardship.ts'
export * from './node/status.ts'
export * from './node/audit.ts'
export * from './node/account.ts'
