import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openWasmSandbox, type Sandbox } from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'
import { webrHere } from './webr.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const limits = { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000 }
const webr = await webrHere()
after(webr.remove)
const plain = await scratchFolder({ after })

async function resultOf(sandbox: Sandbox, code: string, language: 'python' | 'r'): Promise<unknown> {
  const outcome = await sandbox.run(jobOf(code, { language }), limits)
  assert.ok(outcome.ok, JSON.stringify(outcome))
  return JSON.parse(outcome.result)
}

/** One output of each kind, as the helpers of all languages must write it. */
const OUTPUTS = {
  stimnet_outputs: {
    n: { kind: 'count', value: 40 },
    arms: { kind: 'table', counts: { DBS: 40, drug: 38 } },
    ages: { kind: 'histogram', counts: [3, 0, 7] },
    total: { kind: 'sum', value: 12.5 },
    age: { kind: 'mean', value: 61.2 },
    female: { kind: 'proportion', value: 0.5 },
    median: { kind: 'quantile', value: 60 },
    spread: { kind: 'sd', value: 8.25 },
    fit: { kind: 'coefficients', terms: { age: { estimate: 1.5, se: 0.5 }, sex: { estimate: -2, se: 1 } } },
    test: { kind: 'test', statistic: 1.5, df: 8, p: 0.25 },
    survival: { kind: 'curve', values: [1, 0.9, 0.75] }
  }
}

const PYTHON = `
from stimnet import release
release("n", "count", value=40.0)
release("arms", "table", counts={"DBS": 40, "drug": 38})
release("ages", "histogram", counts=(3, 0, 7))
release("total", "sum", value=12.5)
release("age", "mean", value=61.2)
release("female", kind="proportion", value=0.5)
release("median", "quantile", value=60)
release("spread", "sd", value=8.25)
release("fit", "coefficients", terms={"age": (1.5, 0.5), "sex": {"estimate": -2, "se": 1}})
release("test", "test", statistic=1.5, df=8, p=0.25)
release("survival", "curve", values=[1, 0.9, 0.75])`

const R = `
release <- stimnet$release
release("n", "count", value = 40)
release("arms", "table", counts = table(rep(c("DBS", "drug"), c(40, 38))))
release("ages", "histogram", counts = c(3L, 0L, 7L))
release("total", "sum", value = 12.5)
release("age", "mean", value = c(named = 61.2))
release("female", kind = "proportion", value = 0.5)
release("median", "quantile", value = 60L)
release("spread", "sd", value = 8.25)
terms <- matrix(c(1.5, -2, 0.5, 1), 2, dimnames = list(c("age", "sex"), c("Estimate", "Std. Error")))
release("fit", "coefficients", terms = terms)
release("test", "test", statistic = c(t = 1.5), df = 8, p = 0.25)
release("survival", "curve", values = c(1, 0.9, 0.75))`

describe('typed releases in Python', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await openWasmSandbox({ cacheDir: plain, poolSize: 1, warmFrom: 'open' })
  })
  after(() => sandbox?.close())

  test('write each kind with its fields', async () => {
    assert.deepEqual(await resultOf(sandbox, PYTHON, 'python'), OUTPUTS)
  })

  test("take the numbers, arrays and tables of numpy and pandas for Python's own", async () => {
    const code = `
import stimnet
class Scalar:
    def __init__(self, value): self.value = value
    def tolist(self): return self.value
class Series(dict):
    def to_dict(self): return dict(self)
    def tolist(self): return list(self.values())
class Frame:
    ndim = 2
    def to_dict(self, orient): return {"age": {"estimate": Scalar(1.5), "se": 0.5}} if orient == "index" else None
stimnet.release("age", "mean", value=Scalar(61.2))
stimnet.release("arms", "table", counts=Series({Scalar("DBS"): Scalar(40)}))
stimnet.release("survival", "curve", values=Series(a=1, b=0.5))
stimnet.release("fit", "coefficients", terms=Frame())`
    assert.deepEqual(await resultOf(sandbox, code, 'python'), {
      stimnet_outputs: {
        age: { kind: 'mean', value: 61.2 },
        arms: { kind: 'table', counts: { DBS: 40 } },
        survival: { kind: 'curve', values: [1, 0.5] },
        fit: { kind: 'coefficients', terms: { age: { estimate: 1.5, se: 0.5 } } }
      }
    })
  })

  test('say what is wrong where they are given something else', async () => {
    const wrong = {
      'release("a", "mean", val=1)': `release('a', 'mean') takes value= and nothing else`,
      'release("a", "test", statistic=1, p=0.5)': `release('a', 'test') takes statistic=, df=, p= and nothing else`,
      'release("a", "average", value=1)': `release('a'): the kind is one of count, table, histogram, sum, mean, proportion, quantile, sd, coefficients, test, curve`,
      'release("a", "mean", value="1")': `release('a', 'mean') has a str where a number belongs`,
      'release("a", "mean", value=True)': `release('a', 'mean') has a bool where a number belongs`,
      'release("a", "mean", value=float("nan"))': `release('a', 'mean') has nan, which is no number`,
      'release("a", "count", value=1.5)': `release('a', 'count') has a count that is not a whole number of zero or more`,
      'release("a", "count", value=-1)': `release('a', 'count') has a count that is not a whole number of zero or more`,
      'release("a", "table", counts=[1, 2])': `release('a', 'table') needs a dict, or a Series, with a name for each value`,
      'release("a", "table", counts={None: 1})': `release('a', 'table') needs words or numbers as names, each once and none missing`,
      'release("a", "table", counts={1: 1, "1": 2})': `release('a', 'table') needs words or numbers as names, each once and none missing`,
      'release("a", "histogram", counts=[])': `release('a', 'histogram') needs a list that is not empty`,
      'release("a", "coefficients", terms={"x": 1})': `release('a', 'coefficients') needs \`estimate\` and \`se\` for each term`,
      'release("", "mean", value=1)': 'release needs a name first',
      'release("a")': 'release needs either values or named fields after the name',
      'release("a", 1)': `release('a'): a program gives all of its releases a kind, or none`
    }
    const code = `
import stimnet
from stimnet import release
said = []
release("first", "mean", value=1)
for attempt in ${JSON.stringify(Object.keys(wrong))}:
    try:
        eval(attempt)
    except (TypeError, ValueError) as error:
        said.append(str(error))
assert list(stimnet._outputs) == ["first"]
import json, os
json.dump(said, open(os.environ["OUTPUT_FILE"], "w"))`
    assert.deepEqual(await resultOf(sandbox, code, 'python'), Object.values(wrong))
  })

  test('after untyped ones end the program, with a word for the steward', async () => {
    const outcome = await sandbox.run(
      jobOf('import stimnet\nstimnet.release("a", 1)\nstimnet.release("b", "mean", value=1)'),
      limits
    )
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'PROGRAM_FAILED')
    assert.match(outcome.log, /release\('b'\): a program gives all of its releases a kind, or none/)
  })

  test('leave the older forms as they were, the names of kinds among them', async () => {
    const code = `
from stimnet import release
release("a", "mean")
release("b", mean=1, value=2)
release("c", 1, 2)
release("d", kind="of its own", n=3)`
    assert.deepEqual(await resultOf(sandbox, code, 'python'), {
      a: 'mean',
      b: { mean: 1, value: 2 },
      c: [1, 2],
      d: { kind: 'of its own', n: 3 }
    })
  })
})

describe('releases in R', { skip: webr.skip }, () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await openWasmSandbox({ cacheDir: webr.cacheDir, poolSize: 1 })
  })
  after(() => sandbox?.close())

  test('write each kind with its fields', async () => {
    assert.deepEqual(await resultOf(sandbox, R, 'r'), OUTPUTS)
  })

  test('say what is wrong where they are given something else', async () => {
    const wrong = {
      'release("a", "mean", val = 1)': 'release("a", "mean") takes value = and nothing else',
      'release("a", "average", value = 1)':
        'release("a"): the kind is one of count, table, histogram, sum, mean, proportion, quantile, sd, coefficients, test, curve',
      'release("a", "mean", value = "1")': 'release("a", "mean") is not one number',
      'release("a", "mean", value = 1:2)': 'release("a", "mean") is not one number',
      'release("a", "mean", value = NaN)': 'release("a", "mean") is NaN, which is no number',
      'release("a", "count", value = 1.5)': 'release("a", "count") is not a whole number of zero or more',
      'release("a", "table", counts = 1:2)':
        'release("a", "table") needs a name for each of its values, and each name once',
      'release("a", "table", counts = table(mtcars$am, mtcars$vs))':
        'release("a", "table") has more than one dimension',
      'release("a", "histogram", counts = c())': 'release("a", "histogram") is empty',
      'release("a", "coefficients", terms = list(x = 1))':
        'release("a", "coefficients") needs an estimate and its se for each term',
      'release("", "mean", value = 1)': 'release needs a name first',
      'release(n = 3)': 'release needs a name first',
      'release("a")': 'release needs either values or named fields after the name',
      'release("a", 1, n = 2)':
        'release("a"): the kind is one of count, table, histogram, sum, mean, proportion, quantile, sd, coefficients, test, curve',
      'release("a", 1)': 'release("a"): a program gives all of its releases a kind, or none'
    }
    const code = `
release <- stimnet$release
release("first", "mean", value = 1)
said <- vapply(c(${Object.keys(wrong)
      .map((attempt) => JSON.stringify(attempt))
      .join(', ')}), function(attempt) {
  tryCatch({ eval(parse(text = attempt)); "got through" }, error = conditionMessage)
}, "", USE.NAMES = FALSE)
writeLines(paste0("[", paste0('"', gsub('"', '\\\\"', said, fixed = TRUE), '"', collapse = ","), "]"), Sys.getenv("OUTPUT_FILE"))`
    assert.deepEqual(await resultOf(sandbox, code, 'r'), Object.values(wrong))
  })

  test('without a kind make one object, and a field may be named as R names its own', async () => {
    const code = `
stimnet$release("mean_age", 65.5)
stimnet$release("quartiles", 61, 65.5, 70)
stimnet$release("age", n = 2, name_of = 3, mean = 65.5)
save_result("threshold", stimnet$parameters$threshold)
result <- "not this one"`
    assert.deepEqual(await resultOf(sandbox, code, 'r'), {
      mean_age: 65.5,
      quartiles: [61, 65.5, 70],
      age: { n: 2, name_of: 3, mean: 65.5 },
      threshold: 5
    })
  })

  test('values of R are the JSON one expects', async () => {
    const code = `
save_result(list(
  number = 1 / 3, whole = 100000L, large = 1e5, tiny = 1e-300, missing = NA, none = NULL, yes = TRUE,
  text = "a\\"b\\\\c\\n\\u00e9", several = c(1, 2.5), one = I(5), empty = list(), named = c(a = 1, b = 2),
  factor = factor("u"), day = as.Date("2024-02-03"), counts = table(c("p", "q", "p")), matrix = matrix(1:4, 2),
  rows = data.frame(x = 1:2, y = c("a", NA)), filters = stimnet$filters
))`
    assert.deepEqual(await resultOf(sandbox, code, 'r'), {
      number: 1 / 3,
      whole: 100000,
      large: 100000,
      tiny: 1e-300,
      missing: null,
      none: null,
      yes: true,
      text: 'a"b\\c\né',
      several: [1, 2.5],
      one: [5],
      empty: [],
      named: { a: 1, b: 2 },
      factor: 'u',
      day: '2024-02-03',
      counts: { p: 2, q: 1 },
      matrix: [
        [1, 3],
        [2, 4]
      ],
      rows: { x: [1, 2], y: ['a', null] },
      filters: { sex: 'F' }
    })
  })

  test('a parameter of any JSON arrives as R would write it', async () => {
    const parameters = { n: 1.5, words: ['a"b', 'é\n𝄞'], list: [[1], [2, 'x']], none: null, no: false, deep: { a: [] } }
    const code = `
p <- stimnet$parameters
stopifnot(is.numeric(p$n), is.character(p$words), nchar(p$words[2]) == 3, is.list(p$list), is.null(p$none))
save_result(p)`
    const outcome = await sandbox.run(jobOf(code, { language: 'r', parameters }), limits)
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { ...parameters, list: [1, [2, 'x']] })
  })
})

describe('the same script in the embedded sandbox and in Docker', () => {
  const MODEL = `
s <- load_data("subjects")
fit <- lm(mpg ~ wt + factor(cyl), mtcars)
t <- t.test(extra ~ group, sleep)
save_result(list(
  ages = s$age, classes = unname(sapply(s, class)), parameters = stimnet$parameters, k = stimnet$min_cohort_size,
  terms = signif(coef(summary(fit))[, 1:2], 6), p = signif(t$p.value, 6), quantiles = quantile(mtcars$mpg)
))`

  test('gives the same result in R', async (t) => {
    const docker = webr.skip ? undefined : await dockerHere('r')
    if (!docker || docker.skip) return t.skip(String(webr.skip || docker?.skip))
    const [embedded, container] = [await openWasmSandbox({ cacheDir: webr.cacheDir, poolSize: 0 }), await docker.open()]
    for (const code of [MODEL, R]) {
      assert.deepEqual(await resultOf(embedded, code, 'r'), await resultOf(container, code, 'r'))
    }
    await Promise.all([embedded.close(), container.close()])
  })

  test('gives the same result in Python', async (t) => {
    const docker = await dockerHere('minimal')
    if (docker.skip) return t.skip(docker.skip)
    const [embedded, container] = [await openWasmSandbox({ cacheDir: plain, poolSize: 0 }), await docker.open()]
    const tables = `
import statistics, stimnet
from data_loader import load_data
ages = [row["age"] for row in load_data("subjects") if row["age"]]
result = [load_data(), stimnet.parameters, statistics.stdev(ages), {1, 2}, float("1e22")]`
    for (const code of [tables, PYTHON]) {
      assert.deepEqual(await resultOf(embedded, code, 'python'), await resultOf(container, code, 'python'))
    }
    await Promise.all([embedded.close(), container.close()])
  })
})
