/** Runs a script of this project with the pinned Node, installing the project first where needed. */
// usage: node scripts/with-node.mjs [--production] SCRIPT [ARGS…]

import { main } from './set-up.mjs'

const args = process.argv.slice(2)
const production = args[0] === '--production'
await main(production ? args.slice(1) : args, { production })
