/** The folder in which the set-up puts the built console (scripts/console.mjs). Without it, a gateway serves no console. */
import { join } from 'node:path'

export const CONSOLE_DIR = join(import.meta.dirname, '../../../../console/dist')
