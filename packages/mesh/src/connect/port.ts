/** A check whether a port is in use. libp2p reports a used port only in a message text, so the port is tried again. */
import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'

/** Whether the TCP port of at least one of these addresses is in use. */
export async function isAnyTaken(addresses: readonly string[]): Promise<boolean> {
  const taken = await Promise.all(addresses.map(isTaken))
  return taken.includes(true)
}

async function isTaken(address: string): Promise<boolean> {
  const parts = multiaddr(address).getComponents()
  const host = parts.find(({ name }) => name === 'ip4' || name === 'ip6')?.value
  const port = Number(parts.find(({ name }) => name === 'tcp')?.value ?? 0)
  if (host === undefined || port === 0) return false
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)))
  })
}
