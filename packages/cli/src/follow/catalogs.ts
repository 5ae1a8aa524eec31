/** `stimnet catalogs`: searches the catalogs of the mesh. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, tableOf } from '@stimnet/machine'

/** `stimnet catalogs`. Exit code 3: the gateway cannot be reached. */
export const catalogsCommand = command({
  name: 'catalogs',
  usage: '[WORD …] [--url URL] [--json]',
  summary: 'Searches the catalogs of all peers that can be reached.',
  details: `
Finds catalogs in which every word occurs in the name, title, description, keywords or variables. Without words, all are
listed. The number of subjects is rounded down to tens.

  stimnet catalogs parkinson updrs`,
  options: CLIENT_OPTIONS,
  positionals: [0, 16],
  run: async (values, words, io) => {
    const client = await clientFor(values.url)
    const found = await client.meshCatalogs(words.join(' '))
    if (values.json) io.out(`${JSON.stringify(found, null, 2)}\n`)
    else if (found.length === 0) io.err('No catalog was found. Fewer words find more.\n')
    else {
      const rows = found.map((catalog) => [
        catalog.name,
        catalog.institution || catalog.peer_id,
        catalog.node_id,
        // The total is rounded down to tens.
        `${catalog.total_records}+`,
        catalog.description ?? ''
      ])
      io.out(tableOf(['catalog', 'institution', 'node', 'subjects', 'description'], rows))
    }
    return EXIT.ok
  }
})
