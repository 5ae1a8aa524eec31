/** The peer as seen over HTTP: the documented REST API, what is new beside it, and the page that explains both. */
export { createGateway, type GatewayApp, type GatewaySettings } from './app.ts'
export { Certificates, type TlsFiles } from './certificates.ts'
export { type Listening, type ListenOptions, listenGateway } from './listen.ts'
export { createMetrics } from './metrics.ts'
export type * from './peer.ts'
export { isProxyRange } from './proxies.ts'
export type { LoginProvider } from './sign-on.ts'
export { resultDataOf } from './shapes/result.ts'
