/** Where the set-up puts the built console (scripts/console.mjs); the gateway does without where nothing is there. */
import { join } from 'node:path'

/** Absolute path. */
export const CONSOLE_DIR = join(import.meta.dirname, '../../console/dist')
