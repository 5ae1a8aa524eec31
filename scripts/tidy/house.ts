/** The structural rules as data: permitted imports, dependencies confined to one package, and code confined to a few files. */

/**
 * For each package, the packages that it may import: the table of docs/architecture.md in machine-readable form. Each package is listed
 * after all packages that it may import or load, so that there is no cycle.
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

/** For each package, the optional packages that it may load only by `import()`, and without which it works. */
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

/** Packages that also run in a browser, and must not import `node:` modules. */
export const BROWSER_PACKAGES: readonly string[] = ['protocol', 'statistics', 'api', 'sdk', 'console']

/** Files that are started by name, so that they need not be imported. `index.ts` is always an entry. */
export const ENTRIES: readonly string[] = ['packages/cli/src/main.ts', 'packages/console/src/main.tsx']

/** A pattern of code that only some files may contain, with advice on alternatives. `allowed` matches paths of files. */
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

/** Maximum number of files in one folder. Further files belong in another folder. */
export const ROOM_FILES_MAX = 15

/** Maximum number of lines of a function. A longer function needs a reason in config/tidy-exceptions.json. */
export const FUNCTION_LINES_MAX = 60

/** The example configurations, each with the files whose schemas define its keys. */
export const CONFIGURATIONS: readonly { readonly example: string; readonly schemas: readonly string[] }[] = [
  { example: 'config/gateway.example.yaml', schemas: ['packages/peer/src/config/gateway-config.ts'] },
  {
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
]

/** Minimum share of exported names that must have a TSDoc comment. */
export const TSDOC_SHARE_MIN = 0.95
