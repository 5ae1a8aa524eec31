/** The structural rules as data: permitted imports, dependencies confined to one package, and code confined to few files. */

/**
 * For each package, the packages that it may import: the table of docs/architecture.md in machine-readable form. Each package stands
 * below all that it may import or load, so that there is no cycle.
 */
export const FLOORS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  statistics: ['protocol'],
  privacy: ['protocol', 'statistics'],
  sandbox: ['protocol'],
  data: ['protocol'],
  mesh: ['protocol'],
  api: ['protocol'],
  gateway: ['protocol', 'api'],
  sdk: ['protocol', 'statistics', 'api'],
  machine: ['protocol', 'sdk'],
  peer: ['protocol', 'statistics', 'privacy', 'sandbox', 'data', 'mesh', 'api', 'gateway', 'sdk', 'machine'],
  cli: ['protocol', 'api', 'sdk', 'machine'],
  console: ['sdk', 'protocol']
}

/** For each package, those that it may load where they are installed, by `import()` alone: it works without them. */
export const LAZY_FLOORS: Readonly<Record<string, readonly string[]>> = { cli: ['peer'] }

/** Heavy dependencies, each of which only one package may import. A name that ends in / stands for all packages of that scope. */
export const DOORS: readonly { readonly dependency: string; readonly door: string }[] = [
  { dependency: 'libp2p', door: 'mesh' },
  { dependency: '@libp2p/', door: 'mesh' },
  { dependency: '@chainsafe/', door: 'mesh' },
  { dependency: 'hono', door: 'gateway' },
  { dependency: '@hono/', door: 'gateway' },
  { dependency: 'dockerode', door: 'sandbox' },
  { dependency: '@duckdb/', door: 'data' },
  { dependency: 'pg', door: 'data' },
  { dependency: 'pg-cursor', door: 'data' },
  { dependency: 'level', door: 'peer' },
  { dependency: 'react', door: 'console' },
  { dependency: 'react-dom', door: 'console' },
  { dependency: 'vite', door: 'console' }
]

/** These run in a browser too: nothing of `node:` in them. */
export const BROWSER_PACKAGES: readonly string[] = ['protocol', 'statistics', 'api', 'sdk', 'console']

/** Files that are started by name, so that no file needs to import them. `index.ts` is always an entry. */
export const ENTRIES: readonly string[] = ['packages/cli/src/main.ts', 'packages/console/src/main.tsx']

/** A pattern of code that only some files may contain, with advice on what to do instead. `allowed` matches paths of files. */
export interface Confined {
  readonly rule: string
  readonly pattern: RegExp
  readonly allowed: readonly RegExp[]
  readonly message: string
}

const CLOCK_AND_CHANCE = [/^packages\/protocol\/src\/(clock|random)\.ts$/]

export const CONFINED: readonly Confined[] = [
  {
    rule: 'settings',
    pattern: /\bprocess\s*\.\s*env\b/g,
    allowed: [
      /^packages\/peer\/src\/config[^/]*\.ts$/,
      /^packages\/peer\/src\/config\//,
      /^packages\/machine\/src\/login\/settings\.ts$/
    ],
    message: 'process.env is read by the configuration of the peer and of clients alone; pass the setting in'
  },
  {
    rule: 'clock',
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\b\s*(?:\(\s*\)|(?!\s*\())|(?<!\bnew\s)(?<![\w$.])Date\s*\(\s*\)/g,
    allowed: CLOCK_AND_CHANCE,
    message: 'time is an argument: take a Clock'
  },
  {
    rule: 'chance',
    pattern: /\bMath\s*\.\s*random\b/g,
    allowed: CLOCK_AND_CHANCE,
    message: 'chance is an argument: take a RandomSource'
  },
  {
    rule: 'exit',
    pattern: /\bprocess\s*\.\s*(?:exit|abort|reallyExit)\s*\(/g,
    allowed: [],
    message: 'a process ends because nothing is left open; set process.exitCode in main'
  },
  {
    rule: 'console',
    pattern: /(?<![\w$.])console\s*\.\s*\w/g,
    allowed: [/^packages\/peer\/src\/cli\//, /^packages\/cli\/src\//],
    message: 'what is worth telling goes through the events of the peer'
  },
  {
    rule: 'any',
    pattern:
      /(?:(?<!\s):|(?<!\|)\||(?<!&)&|\bas|=>|\bkeyof|\bextends|\bis|\btype\s+\w+\s*=)\s*any\b(?!\s*[:?(.])|<\s*any\s*[,>[]|,\s*any\s*>/g,
    allowed: [],
    message: 'name the type, or use unknown and look'
  },
  {
    rule: 'spread',
    pattern: /\.\.\.\{/g,
    allowed: [],
    message: 'name the properties one by one; a spread of a literal is there for the formatter alone'
  },
  {
    rule: 'star',
    pattern: /\bexport\s*\*\s*from\b/g,
    allowed: [],
    message: 'name what is exported, so that an index says what its package offers'
  }
]

/** Most files in one folder. Further files belong in a folder of their own. */
export const ROOM_FILES_MAX = 15

/** Most lines of one function. A longer one needs a reason in config/tidy-exceptions.json. */
export const FUNCTION_LINES_MAX = 60

/** The example configuration of a peer, and the files whose schemas say which keys there are. */
export const CONFIGURATION = {
  example: 'config/peer.example.yaml',
  schemas: [
    'packages/peer/src/config/config.ts',
    'packages/data/src/catalog/catalog-config.ts',
    'packages/data/src/catalog/catalog-privacy.ts',
    'packages/data/src/catalog/derive/rule.ts',
    'packages/data/src/catalog/budget.ts',
    'packages/data/src/catalog/fhir-config.ts',
    'packages/data/src/catalog/postgres-config.ts',
    'packages/data/src/catalog/reading.ts',
    'packages/protocol/src/federation/duo.ts'
  ]
}

/** Smallest share of the exported names that must have a TSDoc comment. */
export const TSDOC_SHARE_MIN = 0.95
