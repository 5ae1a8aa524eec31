/** Public interface of the mesh: connections to other peers, discovery of their catalogs, and requests to them. */
export type { Exchange, Rate } from './exchanges/exchange.ts'
export { cancelExchange } from './exchanges/cancel.ts'
export { catalogExchange } from './exchanges/catalog.ts'
export { digestsExchange } from './exchanges/digests.ts'
export { federationExchange } from './exchanges/federation.ts'
export { followExchange } from './exchanges/follow.ts'
export { helloExchange } from './exchanges/hello.ts'
export { inviteExchange } from './exchanges/invite.ts'
export { jobExchange } from './exchanges/job.ts'
export { logConflictExchange } from './exchanges/log-conflict.ts'
export { uploadExchange } from './exchanges/upload.ts'
export { witnessExchange } from './exchanges/witness.ts'
export type {
  AnswersOnly,
  AskOptions,
  FollowAsk,
  FollowEvent,
  Follower,
  FollowHandler,
  FollowOptions,
  Handler,
  Mesh,
  MeshDeps,
  MeshEvents,
  MeshProxy,
  MeshSettings,
  MeshStore,
  MeshTiming,
  Reach,
  RelayBounds,
  RelayState
} from './mesh.ts'
export { createMesh } from './start.ts'
export { TERMS_MAX } from './connect/terms.ts'
export { wayOutReason } from './connect/web/way-out.ts'
