/** One institution: its policy, its jobs, its requests, its stores. */
export { type LoadedConfig, loadConfig, type PeerConfig, parseConfig } from './config.ts'
export { createEvents, type PeerEvents } from './events.ts'
export { type Peer, type PeerOptions, startPeer } from './peer.ts'
export { VERSION } from './version.ts'
