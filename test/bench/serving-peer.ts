/** A whole peer, as `stimnet start` runs it, which also serves the echo exchange. */
import { loadConfig, startPeer } from '@stimnet/peer'
import { PASSWORD } from '../mesh.ts'
import { serveParent } from './children.ts'
import { echoExchange } from './echo.ts'

const peer = await startPeer(await loadConfig(process.argv[2] ?? '', {}))
if (!peer.accounts.get('ada')) await peer.accounts.put({ name: 'ada', roles: ['researcher'], password: PASSWORD })
peer.mesh.serve(echoExchange, async (envelope) => envelope)
const { peerId, addresses, gatewayUrl } = peer
serveParent({ peerId, addresses, gatewayUrl, pid: process.pid }, () => peer.stop())
