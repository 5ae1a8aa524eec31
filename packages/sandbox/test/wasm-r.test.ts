import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { openWasmSandbox, type Sandbox, type SandboxJob, type SandboxLimits } from '../src/index.ts'
import { R_ATTEMPTS, tryAllInR } from './attempts-r.ts'
import { sandboxContract } from './contract.ts'
import { openBait, classOf as outcomeClass, jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'
import { canSeeProcesses } from './processes.ts'
import { webrHere } from './webr.ts'

/** Each start of R takes two seconds of processor time, so variants of other attempts run only in `npm run test:long`. */
const whenLong = (more: Readonly<Record<string, string>>) => (process.env.STIMNET_LONG === '1' ? more : {})

const { cacheDir, skip, remove } = await webrHere()
after(remove)

if (!skip) {
  sandboxContract({
    name: 'R as WebAssembly, inside bubblewrap where it works',
    language: 'r',
    open: () => openWasmSandbox({ cacheDir, poolSize: 1 }),
    programs: {
      answers: 'result <- list(n = 3)',
      fails: 'stop("of its own")',
      neverEnds: 'while (TRUE) {}',
      leavesNothing: 'x <- 1',
      leavesNoJson: 'cat("{\\"n\\": NaN}", file = Sys.getenv("OUTPUT_FILE"))',
      answersTooMuch: 'result <- strrep("x", 100000)',
      printsTooMuch: 'while (TRUE) cat(strrep("x", 1000), "\\n")',
      prints: 'print("printed by the program")\nresult <- list(n = 3)'
    }
  })
}

describe('R in the embedded sandbox', { skip }, () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await openWasmSandbox({ cacheDir, poolSize: 1 })
  })
  after(() => sandbox?.close())

  const run = (code: string, limits: Partial<SandboxLimits> = {}, more: Partial<SandboxJob> = {}) =>
    sandbox.run(jobOf(code, { language: 'r', ...more }), { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000, ...limits })
  const resultOf = async (code: string, more: Partial<SandboxJob> = {}): Promise<unknown> => {
    const outcome = await run(code, {}, more)
    assert.ok(outcome.ok, JSON.stringify(outcome))
    return JSON.parse(outcome.result)
  }

  test('is there once it was added, with the packages of base R', async () => {
    const { languages, libraries, image } = await sandbox.describe()
    assert.deepEqual(languages, ['python', 'jupyter', 'r'])
    assert.match(image('r'), /^wasm webr@\d+\.\d+\.\d+ sha256:[0-9a-f]{64}$/)
    assert.notEqual(image('r'), image('python'))
    assert.ok(!libraries('r').has('dplyr'))
    const there = `names <- c(${[...libraries('r')].map((name) => `"${name}"`)})
result <- I(names[!vapply(names, requireNamespace, NA, quietly = TRUE)])`
    assert.deepEqual(await resultOf(there), [])
  })

  test('tables come as data frames, numbers as numbers and what is missing as NA', async () => {
    const code = `
s <- load_data("subjects")
result <- list(
  s, identical(s, stimnet$tables$subjects), identical(s, load_data()$subjects), identical(s, load_data("subjects.csv")),
  unname(sapply(s, class)), mean(s$age, na.rm = TRUE)
)`
    assert.deepEqual(await resultOf(code), [
      {
        subject_id: ['S1', 'S2', 'S,3'],
        age: [61, null, 70],
        sex: ['F', 'M', 'F'],
        visit_date: ['2024-01-02', null, '2024-03-04'],
        weight: [70.5, null, 81]
      },
      true,
      true,
      true,
      ['character', 'integer', 'character', 'character', 'numeric'],
      65.5
    ])
  })

  test('a script finds its folder, its configuration, its output file and nothing of this machine', async () => {
    const code = `
lines <- readLines(file.path(Sys.getenv("DATA_ROOT"), "subjects.csv"))
config <- readLines(Sys.getenv("JOB_CONFIG"), warn = FALSE)
secret <- c("STIMNET_SECRET", "PWD", "DENO_DIR", "NODE_OPTIONS")
cat(sprintf('{"lines": %d, "config": %s, "k": "%s", "own": %d}', length(lines), config, Sys.getenv("MIN_COHORT_SIZE"),
  sum(grepl("/(root|home/[a-z]+/|work)", Sys.getenv(secret)))), file = Sys.getenv("OUTPUT_FILE"))
result <- "not this one"`
    const found = (await resultOf(code)) as { config: { tables?: unknown; parameters: unknown } }
    assert.deepEqual(found.config.parameters, { threshold: 5 })
    const { config: _, ...rest } = found
    assert.deepEqual(rest, { lines: 4, k: '7', own: 0 })
  })

  test('uploaded files lie in a folder of their own, read-only, and say where', async () => {
    const uploads = [{ name: 'grid.csv', bytes: Buffer.from('a,b\n1,2\n'), sha256: 'ab' }]
    const code = `
path <- file.path(Sys.getenv("UPLOADS_ROOT"), "grid.csv")
changed <- suppressWarnings(tryCatch({ cat("x", file = path); TRUE }, error = function(e) FALSE))
result <- list(b = read.csv(stimnet$uploads[["grid.csv"]])$b, same = stimnet$uploads[["grid.csv"]] == path, changed = changed)`
    assert.deepEqual(await resultOf(code, { uploads }), { b: 2, same: true, changed: false })
  })

  test('a model of base R is fitted', async () => {
    const code = `
fit <- glm(am ~ wt, binomial(), mtcars)
stimnet$release("fit", "coefficients", terms = coef(summary(fit)))`
    const { stimnet_outputs } = (await resultOf(code)) as {
      stimnet_outputs: { fit: { terms: Record<string, unknown> } }
    }
    const { wt } = stimnet_outputs.fit.terms as { wt: { estimate: number; se: number } }
    assert.ok(Math.abs(wt.estimate + 4.023967) < 1e-4 && Math.abs(wt.se - 1.436416) < 1e-4, JSON.stringify(wt))
  })

  test('a script that quits in trouble has failed, whatever it left, and one that quits well has not', async () => {
    assert.equal((await run('save_result(list(a = 1))\nquit(status = 2)')).ok, false)
    assert.deepEqual(await resultOf('save_result(list(a = 1))\nquit()\nstop("never")'), { a: 1 })
  })

  test('an error is told to the steward with its line', async () => {
    const outcome = await run('x <- 1\n\nf <- function() stop("of its own")\nf()')
    assert.match(outcome.log, /Error at line 4 in f\(\): of its own/)
  })

  test('a file that a program leaves under the name of the answer is no answer', async () => {
    const forged = 'writeLines("result {}", "/job/answer")\nstop("then it fails")'
    const outcome = await run(forged)
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'PROGRAM_FAILED')
  })

  test('leaves nothing to the next one: no file, no name, no option, no state of chance', async () => {
    const leave = `
writeLines("secret", "/tmp/left"); assign("left", "secret", globalenv()); options(left = "secret"); Sys.setenv(LEFT = "secret")
try(cat("secret", file = "/data/subjects.csv", append = TRUE), silent = TRUE)
environment(load_data)$left <- "secret"
result <- list(runif(1), as.numeric(Sys.getpid()))`
    const look = `
result <- list(runif(1), file.exists("/tmp/left") || exists("left") || !is.null(getOption("left")) || Sys.getenv("LEFT") != "" ||
  any(grepl("secret", readLines("/data/subjects.csv"))) || !is.null(environment(load_data)$left))`
    const [first] = (await resultOf(leave)) as [number]
    const [second, found] = (await resultOf(look)) as [number, boolean]
    assert.notEqual(first, second)
    assert.equal(found, false)
  })
})

test('R waits only after its first job, and one at a time, whatever the pool of Python', {
  skip: skip || !canSeeProcesses
}, async () => {
  const own = await openWasmSandbox({ cacheDir, poolSize: 2 })
  const slots = () =>
    readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'latin1').trim().split(' ').length
  const run = async () => (await own.run(jobOf('result <- 1', { language: 'r' }), LIMITS_OF_TESTS)).usage.warm
  assert.equal(await run(), false)
  let tries = 0
  while (!(await run())) assert.ok(++tries < 20)
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.equal(slots(), 1)
  await own.close()
})

describe('a hostile R program', { skip }, () => {
  let sandbox: Sandbox
  let bait: Awaited<ReturnType<typeof openBait>>
  before(async () => {
    process.env.STIMNET_SECRET = 'hidden'
    // Without bubblewrap, so that the tests check the protection that every machine has.
    sandbox = await openWasmSandbox({ cacheDir, poolSize: 1, bubblewrap: 'never' })
    bait = await openBait()
  })
  after(async () => {
    await sandbox?.close()
    bait?.close()
  })

  const run = (code: string, limits: Partial<SandboxLimits> = {}, more: Partial<SandboxJob> = {}) =>
    sandbox.run(jobOf(code, { language: 'r', ...more }), { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000, ...limits })
  const classOf = (code: string, limits: Partial<SandboxLimits> = {}) => outcomeClass(run(code, limits))

  test('gets at no file, no environment, no command and no network', async () => {
    const outcome = await run(tryAllInR(R_ATTEMPTS(bait.port)))
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
    assert.equal(bait.hits(), 0)
  })

  for (const code of ['webr::eval_js("1")', '.Call("ffi_eval_js", "1")', 'serverSocket(0)']) {
    test(`ends where it would reach what is around R: ${code}`, async () => {
      const outcome = await run(`${code}\nresult <- "got through"`)
      assert.ok(!outcome.ok, outcome.log)
      assert.equal(bait.hits(), 0)
    })
  }

  for (const [name, code] of Object.entries({
    'a list that grows': 'x <- list()\nrepeat x[[length(x) + 1]] <- runif(5e6)',
    'a file in memory': 'x <- file("/tmp/x", "wb")\nrepeat writeBin(raw(5e7), x)',
    ...whenLong({ 'one large vector': 'x <- numeric(1e9)\nx[1e9] <- 1' })
  })) {
    test(`is stopped at its memory limit: ${name}`, async () => {
      const outcome = await run(code, { memoryBytesMax: 900 * MiB, wallTimeMsMax: 180_000 })
      assert.equal(outcome.ok ? 'ok' : outcome.code, 'MEMORY_LIMIT', outcome.log)
      assert.ok((outcome.usage.peakMemoryBytes ?? 0) < 1300 * MiB, `${outcome.usage.peakMemoryBytes}`)
    })
  }

  for (const [name, code] of Object.entries({
    'a loop that catches everything': 'repeat tryCatch(repeat {}, error = identity, interrupt = identity)',
    sleep: 'Sys.sleep(100)'
  })) {
    test(`is ended at its wall time: ${name}`, async () => {
      assert.equal(await classOf(code, { wallTimeMsMax: 4_000 }), 'TIME_LIMIT')
    })
  }

  for (const [name, code] of Object.entries({
    'recursion without a limit': 'options(expressions = 500000)\nf <- function(n) f(n + 1) + 1\nf(0)',
    'a jump to the top': 'invokeRestart("abort")',
    'leaving by the inner door': '.Internal(quit("no", 0, FALSE))',
    'a result that is a function': 'result <- function() 1',
    'a result deeper than any table': 'x <- list()\nfor (i in 1:100) x <- list(x)\nresult <- x',
    ...whenLong({
      'deep recursion': 'f <- function(n) f(n + 1) + 1\nf(0)',
      'a result that is not a number': 'result <- NaN',
      'a library that is not there': 'library(dplyr)\nresult <- 1'
    })
  })) {
    test(`fails by itself, and only itself: ${name}`, async () => {
      assert.equal(await classOf(code), 'PROGRAM_FAILED')
    })
  }

  test('writes frames of its own and reaches the log alone', async () => {
    const forge = 'cat("READY\\nR1234")\nwriteLines("x", stdout())\nwriteLines("y", stderr())\nresult <- 1'
    assert.equal(await classOf(forge), '1')
  })
})
