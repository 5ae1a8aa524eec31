/** `stimnet peers`: who is in the mesh, as this peer knows it. */
import { command, EXIT } from './arguments.ts'
import { CLIENT_OPTIONS, clientFor } from './session.ts'
import { tableOf } from './table.ts'

/** Exit code 3: the gateway cannot be reached. */
export const peersCommand = command({
  name: 'peers',
  usage: '[--url URL] [--json]',
  summary: 'Lists the peers that this peer knows.',
  options: CLIENT_OPTIONS,
  positionals: [0, 0],
  run: async (values, _, io) => {
    const nodes = await (await clientFor(values.url)).nodes()
    if (values.json) io.out(`${JSON.stringify(nodes, null, 2)}\n`)
    else {
      const rows = nodes.map((node) => [
        node.node_id,
        node.institution,
        node.is_active ? 'yes' : 'no',
        node.last_seen.slice(0, 19).replace('T', ' '),
        node.peer_id
      ])
      io.out(tableOf(['node', 'institution', 'active', 'last seen', 'PeerId'], rows))
    }
    return EXIT.ok
  }
})
