/** Tests of the structural rules: each rule is broken once in a small project. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { breachesIn } from '../tidy/breaches.ts'
import { FLOORS, LAZY_FLOORS } from '../tidy/house.ts'
import { importsOf, layersOf } from '../tidy/scan.ts'
import { readTree } from '../tidy/tree.ts'

type House = Readonly<Record<string, string>>

const manifest = (name: string, dependencies: readonly string[] = [], more: object = {}) =>
  JSON.stringify({
    name: `@stimnet/${name}`,
    ...more,
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0']))
  })

/** A project without breaches. It contains all confined code, either in the permitted files or in strings and comments. */
const CLEAN: House = {
  'packages/protocol/package.json': manifest('protocol', ['zod']),
  'packages/protocol/src/index.ts':
    "/** What is agreed. */\nexport { now } from './clock.ts'\nexport { text } from './words.ts'\n",
  'packages/protocol/src/clock.ts': '/** Time. */\n/** The time now, ms. */\nexport const now = () => Date.now()\n',
  'packages/protocol/src/words.ts': `/** Words, says \`process.env\`. */
import { z } from 'zod'

// Math.random() in a comment is no chance, and import x from 'libp2p' no import.
/** A text about things that are not done. */
export const text = "console.log(process.env, Date.now()) import 'hono'"
/** A template with code in it. */
export const template = \`new Date() \${z.string().parse('x')} Math.random()\`
/** A pattern. */
export const pattern = /console.log\\(['"\`]/
/** A filter, whose any is a word and no type. */
export const filter = { any: [1], at: new Date(0) }
const any = filter.any ?? AbortSignal.any([])
/** A variable of that name. */
export const variable = filter ? any : any || (any && any)
`,
  'packages/mesh/package.json': manifest('mesh', ['@stimnet/protocol', 'libp2p', '@libp2p/tcp']),
  'packages/mesh/src/index.ts': `/** Who is there. */
import { tcp } from '@libp2p/tcp'
import { now } from '@stimnet/protocol'
import { createLibp2p } from 'libp2p'

/** All of it. */
export const start = { tcp, now, createLibp2p, child: new URL('./child.ts', import.meta.url) }
`,
  'packages/mesh/src/child.ts': '/** A process of its own, started by name. */\n',
  'packages/mesh/test/index.test.ts': "import { start } from '../src/index.ts'\nMath.random()\nconsole.log(start)\n",
  'packages/peer/package.json': manifest('peer', ['@stimnet/mesh', '@stimnet/sdk', 'level'], {
    exports: { '.': './src/index.ts', './commands': './src/cli/run.ts' }
  }),
  'packages/peer/src/index.ts': "/** One institution. */\nexport { port } from './config.ts'\n",
  'packages/peer/src/config.ts': '/** Settings. */\n/** A port. */\nexport const port = process.env.PORT\n',
  'packages/peer/src/cli/run.ts':
    "/** Runs. */\nimport '@stimnet/mesh'\nimport '@stimnet/sdk'\nconsole.log(import('level'))\n",
  'packages/cli/package.json': manifest('cli', [], { peerDependencies: { '@stimnet/peer': '1.0.0' } }),
  'packages/cli/src/main.ts': "/** The command. */\nimport('@stimnet/peer/commands')\nconsole.log('ready')\n",
  'scripts/demo.ts': "/** Shows it. */\nimport '@stimnet/peer'\nconsole.log(process.env, Date.now())\n"
}

function breachesOf(house: House): { file: string; line: number; rule: string; message: string }[] {
  const root = mkdtempSync(join(tmpdir(), 'stimnet-tidy-'))
  try {
    build(root, house)
    return breachesIn(readTree(root), root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function build(root: string, house: House): void {
  for (const [path, text] of Object.entries(house)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** A map of all packages, with this description of one of them. */
const mapOf = (home: string, about: string): string =>
  ['protocol', 'mesh', 'peer', 'cli']
    .map((name) => `packages/${name}/src the package\n   ${name === home ? about : name === 'peer' ? 'cli/' : 'and'}\n`)
    .join('')

/** The clean project with one more line at the end of a file. */
const withLine = (path: string, line: string): House => ({ ...CLEAN, [path]: `${CLEAN[path] ?? ''}${line}\n` })

const index = 'packages/mesh/src/index.ts'
const lastLine = (CLEAN[index] ?? '').split('\n').length

describe('a breach of the rules is found', () => {
  const planted: readonly [what: string, rule: string, path: string, line: string][] = [
    ['a package imports one of its own floor', 'floor', index, "import '@stimnet/gateway'"],
    ['the ground floor imports upwards', 'floor', 'packages/protocol/src/words.ts', "import '@stimnet/mesh'"],
    ['what may be loaded is imported', 'floor', 'packages/cli/src/main.ts', "import type {} from '@stimnet/peer'"],
    ['what may not be loaded is loaded', 'floor', 'packages/cli/src/main.ts', "import('@stimnet/mesh')"],
    ['a package is entered past its index', 'deep', index, "import '@stimnet/protocol/src/clock.ts'"],
    ['a package is entered past its index by path', 'deep', index, "export { now } from '../../protocol/src/clock.ts'"],
    [
      'a test enters another package past its index',
      'deep',
      'packages/mesh/test/index.test.ts',
      "import '../../protocol/src/clock.ts'"
    ],
    ['a script enters a package past its index', 'deep', 'scripts/demo.ts', "import '../packages/mesh/src/index.ts'"],
    ['a heavy dependency outside its door', 'door', 'packages/peer/src/cli/run.ts', "await import('libp2p')"],
    ['a scope outside its door', 'door', 'packages/peer/src/cli/run.ts', "import type { TCP } from '@libp2p/tcp'"],
    ['the web framework outside its door', 'door', index, "import { Hono } from 'hono/tiny'"],
    ['pages are made outside the console', 'door', 'packages/peer/src/cli/run.ts', "import { use } from 'react'"],
    ['an import that is not declared', 'undeclared', index, "import { z } from 'zod'"],
    ['a browser package uses Node', 'browser', 'packages/protocol/src/words.ts', "import 'node:fs'"],
    ['settings are read outside the configuration', 'settings', index, 'start.tcp(process.env.PORT)'],
    ['time is read where no clock is', 'clock', index, 'start.tcp(Date.now())'],
    ['time is read by a new Date', 'clock', index, 'start.tcp(new Date())'],
    ['time is read inside a template', 'clock', index, 'start.tcp(`${Date.now()}`)'],
    ['a literal is spread where its properties can be named', 'spread', index, 'start.tcp({ ...{ tcp } })'],
    ['an index offers whatever a file exports', 'star', 'packages/protocol/src/index.ts', "export * from './clock.ts'"],
    ['chance is drawn where no source of it is', 'chance', index, 'start.tcp(Math.random())'],
    ['the process is ended', 'exit', 'packages/cli/src/main.ts', 'process.exit(1)'],
    ['something is printed inside', 'console', index, "console.error('x')"],
    ['a type is any', 'any', index, 'const loose: any = start'],
    ['one of several types is any', 'any', index, 'const loose = start as string | any'],
    ['a type argument is any', 'any', index, 'const loose: Map<string, any> = start']
  ]
  for (const [what, rule, path, line] of planted) {
    test(`${what} (${rule})`, () => {
      const found = breachesOf(withLine(path, line))
      assert.deepEqual(
        found.map((breach) => [breach.file, breach.line, breach.rule]),
        [[path, (CLEAN[path] ?? '').split('\n').length, rule]]
      )
    })
  }

  test('a file that nobody imports (orphan)', () => {
    const found = breachesOf({ ...CLEAN, 'packages/mesh/src/left.ts': '/** Left over. */\n' })
    assert.deepEqual(
      found.map(({ file, rule }) => [file, rule]),
      [['packages/mesh/src/left.ts', 'orphan']]
    )
  })

  test('a file that only tests import (orphan)', () => {
    const found = breachesOf({
      ...withLine('packages/mesh/test/index.test.ts', "import '../src/left.ts'"),
      'packages/mesh/src/left.ts': '/** Left over. */\n'
    })
    assert.deepEqual(
      found.map(({ file, rule }) => [file, rule]),
      [['packages/mesh/src/left.ts', 'orphan']]
    )
  })

  test('files that import each other (cycle), reported once', () => {
    const found = breachesOf({
      ...withLine(index, "import './one.ts'"),
      'packages/mesh/src/one.ts': "/** One. */\nimport './two.ts'\n",
      'packages/mesh/src/two.ts': "/** Two. */\nimport type { One } from './three.ts'\n",
      'packages/mesh/src/three.ts': "/** Three. */\nimport './one.ts'\n"
    })
    assert.deepEqual(
      found.map(({ file, rule }) => [file, rule]),
      [['packages/mesh/src/one.ts', 'cycle']]
    )
    assert.match(found[0]?.message ?? '', /one\.ts.*three\.ts.*two\.ts/)
  })

  test('a folder of more files than a room holds (crowded)', () => {
    const names = Array.from({ length: 19 }, (_, i) => `one${i}`)
    const many = Object.fromEntries(names.map((name) => [`packages/mesh/src/full/${name}.ts`, '/** One of many. */\n']))
    const imports = names.map((name) => `import './full/${name}.ts'`).join('\n')
    const rules = (house: House) => breachesOf(house).map(({ rule }) => rule)
    assert.deepEqual(rules({ ...withLine(index, imports), ...many }), ['crowded'])
    const map = { 'docs/architecture.md': mapOf('mesh', 'full/') }
    assert.deepEqual(rules({ ...withLine(index, imports), ...many, ...map }), ['crowded'])
  })

  test('a room that the map does not name, one that is gone, and a package without a part in the map (map)', () => {
    const messages = (map: string) =>
      breachesOf({ ...CLEAN, 'docs/architecture.md': map }).map(({ file, rule, message }) => [file, rule, message])
    assert.deepEqual(messages(mapOf('peer', 'cli/')), [])
    assert.deepEqual(messages(mapOf('peer', 'client/ and cli/')), [
      ['docs/architecture.md', 'map', 'packages/peer has no client/']
    ])
    assert.deepEqual(messages(`${mapOf('peer', 'all of it')}elsewhere cli/\n`), [
      ['packages/peer/src/cli/run.ts', 'map', 'docs/architecture.md does not name cli/ in packages/peer']
    ])
    assert.deepEqual(messages(mapOf('peer', 'cli/').replace('packages/mesh/src ', '')), [
      ['packages/mesh/src/child.ts', 'map', 'docs/architecture.md does not describe packages/mesh/src']
    ])
  })

  const rooms: House = {
    ...withLine(index, "import './left/one.ts'"),
    'packages/mesh/src/left/one.ts': "/** One. */\nimport '../right/two.ts'\n",
    'packages/mesh/src/right/two.ts': '/** Two. */\n',
    'packages/mesh/src/right/inner/three.ts': '/** Three. */\n',
    'packages/mesh/src/left/four.ts': "/** Four. */\nimport '../right/inner/three.ts'\n"
  }
  const more = (path: string, line: string): House => ({ ...rooms, [path]: `${rooms[path]}${line}\n` })

  test('rooms that import each other, though no file does (mutual)', () => {
    const orphans = (house: House) => breachesOf(house).filter(({ rule }) => rule !== 'orphan')
    assert.deepEqual(orphans(rooms), [])
    for (const path of ['packages/mesh/src/right/two.ts', 'packages/mesh/src/right/inner/three.ts']) {
      const up = path.includes('inner') ? '../..' : '..'
      const [found, ...others] = orphans(more(path, `import type {} from '${up}/left/five.ts'`))
      assert.deepEqual([found?.file, found?.rule, others], ['packages/mesh/src/left/one.ts', 'mutual', []])
      assert.match(found?.message ?? '', /^packages\/mesh\/src\/left and packages\/mesh\/src\/right import each other/)
    }
    // A room shares the files of its parent room, and those of src.
    assert.deepEqual(
      orphans(more('packages/mesh/src/right/inner/three.ts', "import '../five.ts'\nimport '../../six.ts'")),
      []
    )
    assert.deepEqual(orphans(more('packages/mesh/src/right/two.ts', "import './inner/three.ts'")), [])
  })

  test('a function of more lines than a screen holds (long)', () => {
    const path = 'packages/mesh/src/child.ts'
    const lines = (count: number, indent = '  ') => `${indent}now()\n`.repeat(count)
    const withText = (text: string) =>
      breachesOf({ ...CLEAN, [path]: `/** A process. */\n${text}\n` }).map(({ line, rule, message }) => [
        line,
        rule,
        message
      ])
    const long = (name: string, line = 2) => [[line, 'long', `${name} has 61 lines: at most 60, or a reason`]]
    assert.deepEqual(withText(`function run(): void {\n${lines(58)}}`), [])
    assert.deepEqual(withText(`function run(): void {\n${lines(59)}}`), long('run'))
    assert.deepEqual(withText(`async function* run<T>(\n  a: T\n): AsyncGenerator<T> {\n${lines(57)}}`), long('run'))
    assert.deepEqual(withText(`const run = async (a: { b: string }) => {\n${lines(59)}}`), long('run'))
    assert.deepEqual(withText(`const run = ({\n  a\n}: Props) => [\n${lines(57)}]`), long('run'))
    assert.deepEqual(withText(`const run = (a: string) =>\n  a\n${'    .b()\n'.repeat(59)}now()`), long('run'))
    assert.deepEqual(
      withText(`class Runner {\n  async run(): Promise<void> {\n${lines(59, '    ')}  }\n}`),
      long('run', 3)
    )
    assert.deepEqual(
      withText(`class Runner {\n  #run(\n    a: string\n  ): void {\n${lines(57, '    ')}  }\n}`),
      long('#run', 3)
    )
    // A string at the left margin does not end a function, and a long list or class of short functions is not one function.
    assert.deepEqual(withText(`function run(): void {\n  now(\`\n${'text\n'.repeat(57)}\`)\n}`), long('run'))
    assert.deepEqual(withText(`const list = [\n${lines(80)}].map((a) => a)`), [])
    assert.deepEqual(withText(`class Runner {\n${'  run() {\n    now()\n  }\n'.repeat(30)}}`), [])
  })

  const schema: House = {
    ...withLine('packages/protocol/src/index.ts', "import './federation/duo.ts'"),
    'packages/protocol/src/federation/duo.ts': `/** Uses. */
const shape = z.strictObject({
  permission: z.enum(keysOf(TERMS)).default('a: b'),
  /** A comment: no key. */
  inner: z.strictObject({ mode: a ? b : c }).optional(),
  ...others
})
`
  }

  test('a key of the configuration that the example does not show (key)', () => {
    const messages = (example: string) =>
      breachesOf({ ...schema, 'config/peer.example.yaml': example }).map(({ line, rule, message }) => [
        line,
        rule,
        message
      ])
    assert.deepEqual(messages('permission: x\n# inner: { mode: y }\n'), [])
    assert.deepEqual(messages('permission: x\n# an inner mode, and some_mode: x\n'), [
      [5, 'key', 'config/peer.example.yaml does not show inner'],
      [5, 'key', 'config/peer.example.yaml does not show mode']
    ])
  })

  test('an exception permits one breach, needs a reason, and is one itself when nothing needs it (exception)', () => {
    const path = 'packages/mesh/src/child.ts'
    const long = `/** A process. */\nfunction run(): void {\n${'  now()\n'.repeat(70)}}\n`
    const withList = (house: House, list: object) =>
      breachesOf({ ...house, 'config/tidy-exceptions.json': JSON.stringify(list, null, 2) })
        .filter(({ rule }) => rule !== 'orphan')
        .map(({ file, line, rule }) => [file, line, rule])
    const reason = 'It is read from top to bottom.'
    const list = 'config/tidy-exceptions.json'
    assert.deepEqual(withList({ ...CLEAN, [path]: long }, { long: { [`${path} run`]: reason } }), [])
    assert.deepEqual(withList({ ...CLEAN, [path]: long }, { long: { [`${path} run`]: 'long' } }), [
      [list, 3, 'exception']
    ])
    assert.deepEqual(withList(CLEAN, { long: { [`${path} run`]: reason } }), [[list, 3, 'exception']])
    assert.deepEqual(withList({ ...CLEAN, [path]: long }, { key: { [`${path} run`]: reason } }), [
      [path, 2, 'long'],
      [list, 3, 'exception']
    ])
    const mutual = more('packages/mesh/src/right/two.ts', "import type {} from '../left/five.ts'")
    const pair = 'packages/mesh/src/left packages/mesh/src/right'
    assert.deepEqual(withList(mutual, { mutual: { [pair]: reason } }), [])
    assert.deepEqual(withList(rooms, { mutual: { [pair]: reason } }), [[list, 3, 'exception']])
    const hidden = { ...schema, 'config/peer.example.yaml': 'inner: { mode: x }' }
    assert.deepEqual(withList(hidden, { key: { permission: reason } }), [])
  })

  test('a code that nothing uses, and one that no test names (code)', () => {
    const found = breachesOf({
      ...withLine(index, "import '@stimnet/protocol'\nexport { start as code } // LEFT_CODE"),
      'packages/mesh/src/child.ts': "/** A process of its own, started by name. */\nthrow 'USED_CODE'\n",
      'packages/protocol/src/index.ts': `${CLEAN['packages/protocol/src/index.ts']}export { CODES } from './errors.ts'\n`,
      'packages/protocol/src/errors.ts':
        '/** Codes. */\n/** All. */\nexport const CODES = {\n  USED_CODE: {},\n  LEFT_CODE: {}\n}\n',
      'packages/mesh/test/code.test.ts': "assert(code === 'LEFT_CODE') // USED_CODE\n"
    })
    assert.deepEqual(
      found.map(({ file, line, rule, message }) => [file, line, rule, message]),
      [
        ['packages/protocol/src/errors.ts', 4, 'code', 'no test names USED_CODE'],
        ['packages/protocol/src/errors.ts', 5, 'code', 'nothing uses LEFT_CODE']
      ]
    )
  })

  test('a file without an opening sentence (opening)', () => {
    const openings = ["import './clock.ts'\n/** Late. */\n", '/* No. */\n', '/** no end */\n', '// Sentence.\n']
    for (const text of openings) {
      const found = breachesOf({ ...withLine(index, "import './one.ts'"), 'packages/mesh/src/one.ts': text })
      const rules = found.filter(({ rule }) => rule !== 'orphan').map(({ file, rule }) => [file, rule])
      assert.ok(
        rules.some(([file, rule]) => file === 'packages/mesh/src/one.ts' && rule === 'opening'),
        text
      )
    }
  })

  test('an exported name that says nothing, where more than one in twenty do so (tsdoc)', () => {
    const found = breachesOf(withLine(index, 'export const silent = 1'))
    assert.deepEqual(found, [{ file: index, line: lastLine, rule: 'tsdoc', message: 'silent says nothing' }])
    const documented = Array.from({ length: 30 }, (_, i) => `/** Number ${i}. */\nexport const n${i} = ${i}`)
    assert.deepEqual(breachesOf(withLine(index, [...documented, 'export const silent = 1'].join('\n'))), [])
  })
})

test('no package imports or loads one that imports or loads it: each stands below those it names', () => {
  const names = Object.keys(FLOORS)
  for (const [at, name] of names.entries()) {
    const below = names.slice(0, at)
    assert.deepEqual(
      [...(FLOORS[name] ?? []), ...(LAZY_FLOORS[name] ?? [])].filter((other) => !below.includes(other)),
      [],
      name
    )
  }
})

test('a repository without breaches passes, whatever its texts and comments talk about', () => {
  assert.deepEqual(breachesOf(CLEAN), [])
})

test('npm run tidy prints file, line, rule and message, and fails', () => {
  const root = mkdtempSync(join(tmpdir(), 'stimnet-tidy-'))
  const tidy = (): string =>
    execFileSync(process.execPath, [join(import.meta.dirname, '../tidy.ts'), root], { encoding: 'utf8' })
  try {
    build(root, CLEAN)
    assert.match(tidy(), /^tidy: \d+ files\n$/)
    build(root, withLine(index, "import 'level'"))
    assert.throws(tidy, (error: { status?: number; stdout?: string }) => {
      assert.equal(error.status, 1)
      assert.match(error.stdout ?? '', new RegExp(`^${index}:${lastLine} door level is used in peer alone\n`))
      return true
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('imports are found in every form they have', () => {
  const source = `import a from 'a'
import b, { type c as d } from "b"
import * as e from 'e'
import type { F } from 'f'
import 'g'
export * from 'h'
export * as i from 'i'
export { j as k } from 'j'
export type { L } from 'l'
const m = await import('m')
import {
  n,
  o
} from 'n'
const p = require('p')
`
  const found = importsOf(layersOf(source))
  assert.deepEqual(found.map(({ from }) => from).join(''), 'abefghijlmnp')
  assert.deepEqual(
    found.filter(({ typeOnly }) => typeOnly).map(({ from }) => from),
    ['f', 'l']
  )
  assert.equal(found.find(({ from }) => from === 'n')?.line, 11)
})

test('division, patterns and nested templates do not confuse what is code', () => {
  const source = 'const a = b / c; /x"/.test(y) // "\nconst d = `${`${e("}")}` + "`"} text` + f / 2 / g'
  assert.equal(
    layersOf(source).code,
    'const a = b / c; /  /.test(y)     \nconst d = `${`${e(" ")}` + " "}     ` + f / 2 / g'
  )
})

test('the tags of a page are no regular expressions, whatever stands behind them', () => {
  const source = "const a = <b>{c}</b>; console.log('x')\nconst d = <br title={e} />; f('y')"
  assert.equal(layersOf(source).code, "const a = <b>{c}</b>; console.log(' ')\nconst d = <br title={e} />; f(' ')")
})
