/** Runs a script of this project with the pinned Node, after installing the project if needed. */
// usage: node scripts/with-node.mjs [--production] [--console] SCRIPT [ARGS…]; --console: SCRIPT serves the console

import { main } from './set-up.mjs'

const args = process.argv.slice(2)
const options = { '--production': false, '--console': false }
while (args[0] in options) options[args.shift()] = true
await main(args, { production: options['--production'], serves: options['--console'] })
