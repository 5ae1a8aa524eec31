/** The HTTP interface of a peer: the documented REST API, further routes, and the documentation page. */
export { createGateway, type GatewayApp, type GatewaySettings } from './app.ts'
export { Certificates, type TlsFiles } from './http/certificates.ts'
export { type Access, type AccessLog, type Listening, type ListenOptions, listenGateway } from './http/listen.ts'
export { createMetrics } from './metrics.ts'
export type * from './peer.ts'
export { isProxyRange } from './auth/proxies.ts'
export type { LoginProvider } from './auth/sign-on.ts'
export { resultDataOf } from './shapes/result.ts'
