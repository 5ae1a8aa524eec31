/** One institution's peer: its policy, its jobs, its requests and its stores. */
export { type LoadedConfig, loadConfig, type PeerConfig, parseConfig } from './config/config.ts'
export { createEvents, type PeerEvents } from './events.ts'
export { type Peer, type PeerOptions, startPeer } from './peer.ts'
export { Accounts } from './store/accounts/accounts.ts'
export { EVERYBODY, PrivacyLedger } from './store/released/privacy-ledger.ts'
export { VERSION } from './version.ts'
