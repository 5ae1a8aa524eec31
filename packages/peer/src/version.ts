/** The version of this software, from its package. */
import manifest from '../package.json' with { type: 'json' }

/** Semantic version. */
export const VERSION: string = manifest.version
