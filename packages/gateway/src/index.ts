/** The HTTP interface of a peer: the documented REST API, further routes, and the documentation page. */
export { createGateway, type GatewayApp, type GatewaySettings } from './app.ts'
export { Certificates, type TlsFiles } from './http/certificates.ts'
export { type AttachParts, stayAttached } from './front/attach.ts'
export { type AttachedGateway, Gateways } from './front/accept.ts'
export type { AttachedTo } from './front/channel.ts'
export { createFront, type FrontSettings } from './front/front.ts'
export { type PeerPlace, Reach } from './front/reach.ts'
export {
  type Access,
  type AccessLog,
  type ChannelOptions,
  type Listening,
  type ListenOptions,
  listenChannel,
  listenGateway,
  listenHttp
} from './http/listen.ts'
export { GATEWAY_LIMITS } from './http/limits.ts'
export { createMetrics } from './metrics.ts'
export type * from './peer.ts'
export { isProxyRange } from './auth/proxies.ts'
export type { LoginProvider } from './auth/sign-on.ts'
export { resultDataOf } from './shapes/result.ts'
