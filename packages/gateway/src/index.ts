/** The peer as seen over HTTP: the documented REST API, what is new beside it, and the page that explains both. */
export { createGateway, type GatewayApp, type GatewaySettings } from './app.ts'
export { Certificates, type TlsFiles } from './http/certificates.ts'
export { type Listening, type ListenOptions, listenGateway } from './http/listen.ts'
export { createMetrics } from './metrics.ts'
export type * from './peer.ts'
export { isProxyRange } from './auth/proxies.ts'
export type { LoginProvider } from './auth/sign-on.ts'
export { resultDataOf } from './shapes/result.ts'
