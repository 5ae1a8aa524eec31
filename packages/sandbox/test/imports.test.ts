import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf } from '../src/index.ts'
import { notebookOf } from './jobs.ts'

const namesIn = async (code: string) => {
  const imports = await importsOf('python', code)
  return imports.ok ? imports.modules.map(({ name, line }) => `${name}:${line}`) : imports
}

test('imports are found wherever they stand, by top-level name and line', async () => {
  const code = `import numpy as np, os.path
from scipy.stats import norm
from __future__ import annotations
from . import neighbour
def f():
    if True: import pandas
x = "import not_this"
# import nor_this
import numpy
`
  assert.deepEqual(await namesIn(code), ['numpy:1', 'os:1', 'scipy:2', 'pandas:6'])
})

test('an import that the script can do without is not asked for', async () => {
  const guarded = ['ImportError', 'ModuleNotFoundError', '(ImportError, ValueError)', 'Exception as error', '']
  for (const caught of guarded) {
    assert.deepEqual(await namesIn(`try:\n  import pandas\nexcept ${caught}:\n  pandas = None\n`), [], caught)
  }
  const unguarded = 'try:\n  import pandas\nexcept ValueError:\n  import scipy\nfinally:\n  import numpy\n'
  assert.deepEqual(await namesIn(unguarded), ['pandas:2', 'scipy:4', 'numpy:6'])
})

test("a notebook's cells are read as one after the other, without its own commands", async () => {
  const { language, code } = notebookOf('%matplotlib inline\nimport os\n!pip install numpy', 'import pandas')
  const imports = await importsOf(language, code)
  assert.deepEqual(imports, {
    ok: true,
    modules: [
      { name: 'os', line: 2 },
      { name: 'pandas', line: 4 }
    ]
  })
})

test('what is no code of its language is told with the line', async () => {
  assert.deepEqual(await importsOf('python', 'x = 1\n\ndef f(:\n  pass\n'), { ok: false, line: 3 })
  for (const text of ['', '{', '[]', '{"cells": 3}', '{"cells": ["x"]}', 'null']) {
    const imports = await importsOf('jupyter', text)
    assert.ok(!imports.ok && imports.why?.startsWith('The notebook cannot be read'), text)
  }
  assert.deepEqual(await importsOf('jupyter', notebookOf('x = 1\n', 'x = = 2').code), { ok: false, line: 3 })
  assert.deepEqual(await importsOf('r', 'x <- 1\ny <- (2\n'), { ok: false, line: 2 })
})

test('packages of R are found by library, require and ::, and those that the script can do without are not', async () => {
  const code = `library(survival)
suppressPackageStartupMessages(require("dplyr", quietly = TRUE))
fit <- stats::glm(y ~ x)
library(package = jsonlite)
if (requireNamespace("ggplot2", quietly = TRUE)) ggplot2::ggplot()
try(library(broom), silent = TRUE)
tryCatch(library(tidyr), error = function(e) NULL)
name <- "lattice"
library(name, character.only = TRUE)
text <- "library(not_this)" # library(nor_this)
library()
library(survival)
`
  assert.deepEqual(await importsOf('r', code), {
    ok: true,
    modules: [
      { name: 'survival', line: 1 },
      { name: 'dplyr', line: 2 },
      { name: 'stats', line: 3 },
      { name: 'jsonlite', line: 4 }
    ]
  })
})

test('code of the newest Python is code', async () => {
  const code = `
type Pair[T] = tuple[T, T]
def first[T](pair: Pair[T]) -> T: return pair[0]
match first((1, 2)):
    case int(): pass
try:
    pass
except* ValueError:
    import json
name = t"{first}"
if (n := 3) > 2: print(f"{n!r:>{n}}")
`
  assert.deepEqual(await namesIn(code), ['json:9'])
})

test('code made to be slow or deep to parse is answered soon', async () => {
  const hostile = [
    '('.repeat(250_000),
    `x${'.a'.repeat(125_000)}`,
    'a if b else '.repeat(20_000),
    'lambda: '.repeat(30_000)
  ]
  for (const code of hostile) {
    const before = process.cpuUsage()
    await importsOf('python', code)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 20_000_000, `${code.slice(0, 10)} ${(user + system) / 1_000} ms of a processor`)
  }
  assert.deepEqual(await namesIn('import os'), ['os:1'])
})
