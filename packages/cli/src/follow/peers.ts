/** `stimnet peers`: lists the peers that the gateway's peer knows. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, localTime, tableOf } from '@stimnet/machine'

/** `stimnet peers`. Exit code 3: the gateway cannot be reached. */
export const peersCommand = command({
  name: 'peers',
  usage: '[--url URL] [--json]',
  summary: 'Lists the peers that this peer knows.',
  details: `
stimnet run --peers takes the name in the first column, or the PeerId.

  stimnet peers`,
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
        localTime(node.last_seen),
        node.peer_id
      ])
      io.out(tableOf(['node', 'institution', 'active', 'last seen', 'PeerId'], rows))
    }
    return EXIT.ok
  }
})
