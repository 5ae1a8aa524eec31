import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reviewOf, type SandboxLanguage } from '../src/index.ts'
import { notebookOf } from './jobs.ts'

/** The findings as `kind what:line`, with the full name if the script uses another one. */
async function found(language: SandboxLanguage, code: string): Promise<string[]> {
  const { findings, imports, isCut } = await reviewOf(language, code)
  assert.ok(imports.ok, JSON.stringify(imports))
  assert.equal(isCut, false)
  return findings
    .filter(({ kind }) => kind !== 'import')
    .map(({ kind, what, means, line, cell }) => {
      const place = cell === undefined ? `${line}` : `cell ${cell} line ${line}`
      return `${kind} ${what}${means ? ` = ${means}` : ''} :${place}`
    })
}

test('what a Python script touches is told with its line, kind by kind', async () => {
  const code = `import os, socket
with open("x") as f: pass
os.system("ls")
eval("1")
import ctypes
import time
time.sleep(1)
import random
x = os.environ["A"]
frame.to_csv("y")
`
  assert.deepEqual(await found('python', code), [
    'network socket :1',
    'file open :2',
    'process os.system :3',
    'eval eval :4',
    'native ctypes :5',
    'time time :6',
    'time time.sleep :7',
    'random random :8',
    'environment os.environ :9',
    'file frame.to_csv :10'
  ])
})

test('a name that was given another name is still told for what it is', async () => {
  const code = `def late(): return s("ls")
import os as o
from os import system as s, popen
run = o.system
run("ls")
from subprocess import *
import numpy as np, datetime
np.random.default_rng(1)
datetime.datetime.now()
getattr(o, "system")
`
  assert.deepEqual(await found('python', code), [
    'process s = os.system :1',
    'process system as s = os.system :3',
    'process popen = os.popen :3',
    'process o.system = os.system :4',
    'process run = os.system :5',
    'process subprocess :6',
    'random np.random.default_rng = numpy.random.default_rng :8',
    'time datetime.datetime.now :9',
    'process getattr(o, "system") = os.system :10'
  ])
})

test('names that only look alike are not told', async () => {
  const code = `import re, statistics
re.compile("a")
"open eval exec" # os.system
row = dict(open=1, time=2)
def price(open, *, random=3): return statistics.mean([1])
class eval_result: pass
door.open = 1
import os
path = os.path.join("a", "b")
`
  assert.deepEqual(await found('python', code), [])
})

test('code found at run time is told as such and nothing better: no list sees what it is', async () => {
  // Each of these reaches os.system or any file. The review cannot see that, which is why no protection relies on it.
  for (const code of [
    '__import__("o" + "s")',
    'getattr(x, "sys" + "tem")',
    'exec(bytes([112]).decode())',
    'import importlib\nimportlib.import_module(name)',
    '().__class__.__base__.__subclasses__()',
    'globals()["__buil" + "tins__"]',
    'f.__globals__["os"]',
    'import sys\nsys.modules["os"]',
    'import pickle\npickle.loads(b"")',
    'from pyodide.code import run_js\nrun_js("1")',
    'vars(x)["y"]'
  ]) {
    const kinds = new Set((await found('python', code)).map((text) => text.split(' ')[0]))
    assert.deepEqual([...kinds], ['eval'], code)
  }
  // This one reads any file of its sandbox without any name that a list could contain.
  assert.deepEqual(await found('python', 'import zipimport, posix\nposix.open("/etc/passwd", 0)'), [])
})

test('what an R script touches is told with its line, kind by kind', async () => {
  const code = `d <- read.csv(file.path(root, "x.csv"))
download.file("http://x", "y")
system("ls"); base::system2("ls")
sapply(x, system)
eval(parse(text = "1"))
do.call("system", list("ls"))
do.call(rbind, rows)
do.call(paste0("sys", "tem"), list("ls"))
.Call("a", 1)
Sys.getenv("OUTPUT_FILE")
Sys.time()
set.seed(1)
"system2"("ls")
\`shell\`("dir")
library(name, character.only = TRUE)
x |> writeLines("y")
match.fun("unlink")("x")
`
  assert.deepEqual(await found('r', code), [
    'file read.csv :1',
    'network download.file :2',
    'process system :3',
    'process base::system2 :3',
    'process system :4',
    'eval eval :5',
    'eval parse :5',
    'process do.call("system", list("ls")) :6',
    'eval do.call(paste0("sys", "tem"), list("ls")) :8',
    'native .Call :9',
    'environment Sys.getenv :10',
    'time Sys.time :11',
    'random set.seed :12',
    'process "system2" :13',
    'process `shell` :14',
    'eval library(name, character.only = TRUE) :15',
    'file writeLines :16',
    'file match.fun("unlink") :17'
  ])
})

test('plain words of R that are also functions are told only where they are called', async () => {
  assert.deepEqual(
    await found('r', 'file <- "a"\ntime <- 3\nx$get(1)\nf(url = "b", source = file)\nsample_size <- 4'),
    []
  )
})

test('imports are findings too, also those that the script can do without', async () => {
  const { findings } = await reviewOf('python', 'try:\n  import pandas.io as p\nexcept ImportError:\n  pass\nimport os')
  assert.deepEqual(
    findings.map(({ kind, what, line }) => [kind, what, line]),
    [
      ['import', 'pandas.io', 2],
      ['import', 'os', 5]
    ]
  )
})

test('in a notebook the line is that of the cell, and a name keeps its meaning from cell to cell', async () => {
  const { language, code } = notebookOf('%matplotlib inline\nimport os as o', 'x = 1', '\no.system("ls")')
  assert.deepEqual(await found(language, code), ['process o.system = os.system :cell 3 line 2'])
})

test('what is shown of a script is one bounded line', async () => {
  const { findings } = await reviewOf('python', `getattr(x,\n  "${'y'.repeat(300)}" + z)`)
  assert.equal(findings[0]?.what.length, 80)
  assert.match(findings[0]?.what ?? '', /^getattr\(x, "yyy.*…$/)
})

test('a script with more findings than a person reads says that it is cut', async () => {
  const { findings, isCut } = await reviewOf('python', 'eval("1")\n'.repeat(1_000))
  assert.equal(findings.length, 256)
  assert.equal(isCut, true)
  const cells = notebookOf(...Array.from({ length: 4 }, () => 'eval("1")\n'.repeat(100)))
  assert.equal((await reviewOf('jupyter', cells.code)).isCut, true)
})

test('what is no code of its language is told with the line and has no findings', async () => {
  const unreadable = { imports: { ok: false, line: 2 }, findings: [], isCut: false }
  assert.deepEqual(await reviewOf('python', 'import os\ndef f(:\n'), unreadable)
  assert.deepEqual(await reviewOf('r', 'library(x)\nf(]\n'), unreadable)
})

test('names are taken for what Python takes them for, in whatever letters they are written', async () => {
  const kinds = async (code: string) => (await reviewOf('python', code)).findings.map(({ kind }) => kind)
  assert.deepEqual(await kinds('ｅｖａｌ("1")'), ['eval'])
  assert.deepEqual(await kinds('ｇｅｔａｔｔｒ(x, y)'), ['eval'])
  assert.deepEqual(
    await kinds('from ｏｓ import ｓystem as s\ns("ls")'),
    await kinds('from os import system as s\ns("ls")')
  )
  assert.deepEqual(await kinds('import os\nos.𝓼ystem("ls")'), await kinds('import os\nos.system("ls")'))
  assert.deepEqual(await kinds('x.__ｃlass__'), await kinds('x.__class__'))
})

test('code that an interpreter reads otherwise than its reader is no code, in either language and in a notebook', async () => {
  const { code } = notebookOf('x = 1\ny = 2', 'z = 3\n# comment\rimport os')
  const { imports } = await reviewOf('jupyter', code)
  assert.ok(!imports.ok)
  assert.deepEqual([imports.line, /U\+000D in cell 2, line 2/.test(imports.why ?? '')], [4, true])
  for (const language of ['python', 'r'] as const) {
    for (const character of ['\r', '\f', '\0', '\u2028', '\x85', '\u202e', '\u2066']) {
      const review = await reviewOf(language, `x = 1\n# comment${character}system("ls")`)
      assert.ok(!review.imports.ok && review.imports.line === 2 && review.imports.why, JSON.stringify(character))
    }
    assert.equal((await reviewOf(language, 'x = 1\r\ny = 2\r\n')).imports.ok, true)
  }
})

test('code made to be slow or deep to read is answered soon, in either language', async () => {
  const size = 250_000
  const of = (piece: string) => piece.repeat(Math.floor(size / piece.length))
  const hostile: [SandboxLanguage, string][] = [
    ['python', `x${of('.a')}`],
    ['python', of('a.b(').concat(')')],
    ['python', `${of('f(').slice(0, size / 2)}${of(')').slice(0, size / 4)}`],
    ['python', `import ${'a,'.repeat(100_000)}a`],
    ['python', of('os.system\n')],
    ['python', of('a=b;b=a;')],
    ['python', of('import os as a\n')],
    ['python', `getattr(${of('a,')}b)`],
    ['python', of('lambda: ')],
    ['r', `${of('f(').slice(0, size / 2)}${of(')').slice(0, size / 4)}`],
    ['r', of('x$')],
    ['r', of('a::b;')],
    ['r', `do.call(${of('a,')}b)`],
    ['r', `${of('if(require(a)) ').slice(0, 100_000)} 1`],
    ['r', of('\\(x) ')],
    ['r', of('{')]
  ]
  for (const [language, code] of hostile) {
    const before = process.cpuUsage()
    await reviewOf(language, code)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 10_000_000, `${code.slice(0, 12)} ${user + system} µs`)
  }
  assert.deepEqual(await found('r', 'system("ls")'), ['process system :1'])
})
