/** Tests of the structural rules: each of them is broken once in a small project. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { codeBreaches } from '../tidy/codes.ts'
import { confinedBreaches } from '../tidy/confined.ts'
import { graphBreaches } from '../tidy/graph.ts'
import { importBreaches } from '../tidy/imports.ts'
import { roomBreaches } from '../tidy/rooms.ts'
import { importsOf, layersOf } from '../tidy/scan.ts'
import { readTree } from '../tidy/tree.ts'
import { wordBreaches } from '../tidy/words.ts'

type House = Readonly<Record<string, string>>

const manifest = (name: string, dependencies: readonly string[] = []) =>
  JSON.stringify({
    name: `@stimnet/${name}`,
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0']))
  })

/** A project without breaches. It contains everything that is confined to some files, in those files or in texts. */
const CLEAN: House = {
  'packages/protocol/package.json': manifest('protocol', ['zod']),
  'packages/protocol/src/index.ts': "/** What is agreed. */\nexport * from './clock.ts'\nexport * from './words.ts'\n",
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
  'packages/peer/package.json': manifest('peer', ['@stimnet/mesh', '@stimnet/sdk', 'level']),
  'packages/peer/src/index.ts': "/** One institution. */\nexport { port } from './config.ts'\n",
  'packages/peer/src/config.ts': '/** Settings. */\n/** A port. */\nexport const port = process.env.PORT\n',
  'packages/peer/src/main.ts': "/** The command. */\nimport './cli/run.ts'\nconsole.log('ready')\n",
  'packages/peer/src/cli/run.ts':
    "/** Runs. */\nimport '@stimnet/mesh'\nimport '@stimnet/sdk'\nconsole.log(import('level'))\n",
  'scripts/demo.ts': "/** Shows it. */\nimport '@stimnet/peer'\nconsole.log(process.env, Date.now())\n"
}

function breachesOf(house: House): { file: string; line: number; rule: string; message: string }[] {
  const root = mkdtempSync(join(tmpdir(), 'stimnet-tidy-'))
  try {
    build(root, house)
    const tree = readTree(root)
    return [importBreaches, confinedBreaches, graphBreaches, wordBreaches, roomBreaches, codeBreaches].flatMap((rule) =>
      rule(tree, root)
    )
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

/** The clean project with one more line at the end of a file. */
const withLine = (path: string, line: string): House => ({ ...CLEAN, [path]: `${CLEAN[path] ?? ''}${line}\n` })

const index = 'packages/mesh/src/index.ts'
const lastLine = (CLEAN[index] ?? '').split('\n').length

describe('a breach of the rules is found', () => {
  const planted: readonly [what: string, rule: string, path: string, line: string][] = [
    ['a package imports one of its own floor', 'floor', index, "import '@stimnet/gateway'"],
    ['the ground floor imports upwards', 'floor', 'packages/protocol/src/words.ts', "import '@stimnet/mesh'"],
    ['a package is entered past its index', 'deep', index, "import '@stimnet/protocol/src/clock.ts'"],
    ['a package is entered past its index by path', 'deep', index, "export * from '../../protocol/src/clock.ts'"],
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
    ['chance is drawn where no source of it is', 'chance', index, 'start.tcp(Math.random())'],
    ['the process is ended', 'exit', 'packages/peer/src/main.ts', 'process.exit(1)'],
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

  test('a folder of more files than a room holds (crowded), and one that the map does not name (map)', () => {
    const names = Array.from({ length: 19 }, (_, i) => `one${i}`)
    const many = Object.fromEntries(names.map((name) => [`packages/mesh/src/full/${name}.ts`, '/** One of many. */\n']))
    const imports = names.map((name) => `import './full/${name}.ts'`).join('\n')
    const rules = (house: House) => breachesOf(house).map(({ rule }) => rule)
    assert.deepEqual(rules({ ...withLine(index, imports), ...many }), ['crowded'])
    const map = { 'docs/architecture.md': 'packages/peer/src cli/' }
    assert.deepEqual(rules({ ...withLine(index, imports), ...many, ...map }), ['crowded', 'map'])
    assert.deepEqual(rules({ ...CLEAN, ...map }), [])
  })

  test('a code that nothing uses, and one that no test names (code)', () => {
    const found = breachesOf({
      ...withLine(index, "import '@stimnet/protocol'\nexport { start as code } // USED_CODE"),
      'packages/protocol/src/index.ts': `${CLEAN['packages/protocol/src/index.ts']}export * from './errors.ts'\n`,
      'packages/protocol/src/errors.ts':
        '/** Codes. */\n/** All. */\nexport const CODES = {\n  USED_CODE: {},\n  LEFT_CODE: {}\n}\n',
      'packages/mesh/test/code.test.ts': "import '../src/index.ts' // LEFT_CODE\n"
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
