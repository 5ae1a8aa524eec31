import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Sandbox, SandboxJob, SandboxLimits } from '../src/index.ts'
import { dockerHere } from './docker-engine.ts'
import { classOf as outcomeClass, jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'

const here = await dockerHere('r')
const gvisor = await dockerHere('r', 'runsc')

/** Code that writes a forged answer and a second one, bypassing the runner. */
const FORGED = `
send <- pipe("cat >&3", "wb")
writeBin(c(charToRaw("R"), as.raw(c(0, 0, 0, 1)), charToRaw("7")), send)
flush(send)
`

/** Programs that may end differently under gVisor's own kernel. */
const FAILING_BY_FORCE = {
  'the process killed under it': 'tools::pskill(Sys.getpid(), 9)\nSys.sleep(1)\nstop("alive")',
  'two answers': `${FORGED}close(send)\nresult <- 1`
}
const FAILING = {
  ...FAILING_BY_FORCE,
  'an error': 'stop("of its own")',
  'no result': 'x <- 1',
  'no program': 'x <- (1',
  'a package that is not there': 'library(ggplot2)\nresult <- 1',
  'the process ended under it': 'base::quit(status = 0)',
  'an answer of its own, and the end': `${FORGED}base::quit(status = 1)`
}

for (const [name, docker] of Object.entries({ 'R in a container': here, 'R in a container under gVisor': gvisor })) {
  describe(name, { skip: docker.skip }, () => {
    let sandbox: Sandbox
    before(async () => {
      sandbox = await docker.open({ poolSize: 1, warmFrom: 'open' })
    })
    after(async () => {
      await sandbox?.close()
      assert.equal(await docker.containersOf(), 0)
    })

    const run = (code: string, limits: Partial<SandboxLimits> = {}, more: Partial<SandboxJob> = {}) =>
      sandbox.run(jobOf(code, { language: 'r', ...more }), { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000, ...limits })
    const classOf = (code: string, limits: Partial<SandboxLimits> = {}) => outcomeClass(run(code, limits))

    test('says what it runs, in which image, and which packages there are', async () => {
      const description = await sandbox.describe()
      assert.deepEqual(description.languages, ['r'])
      assert.match(description.image('r'), /^docker sha256:[0-9a-f]{64}$/)
      for (const one of ['survival', 'dplyr', 'jsonlite', 'data.table', 'stats'])
        assert.ok(description.libraries('r').has(one), one)
      assert.equal(description.libraries('python').size, 0)
    })

    test('answers from a table with the libraries of a clinical study', async () => {
      const rows = Array.from(
        { length: 120 },
        (_, at) => `S${at},${30 + (at % 50)},${at % 2 ? 'a' : 'b'},${1 + (at % 40)},${at % 3 ? 1 : 0}`
      )
      const table = {
        name: 'trial',
        csv: Buffer.from(`id,age,arm,time,event\n${rows.join('\n')}\n`),
        columns: [
          { name: 'id', type: 'text' },
          { name: 'age', type: 'integer' },
          { name: 'arm', type: 'category' },
          { name: 'time', type: 'number' },
          { name: 'event', type: 'integer' }
        ]
      } as const
      const code = `
library(survival)
library(dplyr)
trial <- load_data("trial")
fit <- coxph(Surv(time, event) ~ arm, trial)
means <- trial |> group_by(arm) |> summarise(age = mean(age), n = n())
print("for the steward alone")
result <- list(n = nrow(trial), groups = means$n, terms = length(coef(fit)), table = nrow(data.table::as.data.table(trial)))`
      const outcome = await run(code, {}, { tables: [table] })
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), { n: 120, groups: [60, 60], terms: 1, table: 120 })
      assert.match(outcome.log, /for the steward alone/)
      assert.doesNotMatch(outcome.log, /END/)
    })

    test('gives the job as files and as a configuration, as scripts of the first clients read it', async () => {
      const code = `
config <- jsonlite::fromJSON(Sys.getenv("JOB_CONFIG"))
rows <- read.csv(file.path(Sys.getenv("DATA_ROOT"), "subjects.csv"))
answer <- list(job = config$job_id, threshold = config$parameters$threshold, rows = nrow(rows), least = Sys.getenv("MIN_COHORT_SIZE"))
writeLines(jsonlite::toJSON(answer, auto_unbox = TRUE), Sys.getenv("OUTPUT_FILE"))`
      assert.deepEqual(JSON.parse(await classOf(code)), { job: 'job-1', threshold: 5, rows: 3, least: '7' })
    })

    for (const [kind, code] of Object.entries(docker === here ? FAILING : FAILING_BY_FORCE)) {
      test(`fails by itself, and only itself: ${kind}`, async () => {
        assert.equal(await classOf(code), 'PROGRAM_FAILED')
      })
    }

    test('is bounded in time, memory, result and print', async () => {
      const endless = ['while (TRUE) {}', 'readLines(file("stdin"))\nSys.sleep(100)']
      const late = await Promise.all(endless.map((code) => classOf(code, { wallTimeMsMax: 3_000 })))
      assert.deepEqual(late, ['TIME_LIMIT', 'TIME_LIMIT'])
      const memory = { memoryBytesMax: 300 * MiB }
      assert.equal(await classOf('x <- list()\nwhile (TRUE) x[[length(x) + 1]] <- rnorm(1e6)', memory), 'MEMORY_LIMIT')
      const loud = ['result <- strrep("x", 1e5)', 'repeat print(strrep("x", 1000))', 'repeat system("cat /usr/bin/*")']
      const cut = await Promise.all(loud.map((code) => classOf(code)))
      assert.deepEqual(cut, ['OUTPUT_LIMIT', 'OUTPUT_LIMIT', 'OUTPUT_LIMIT'])
    })

    test('gets at no file, no network and no other process', async () => {
      const code = `
got <- character()
attempt <- function(name, expression) if (!inherits(try(eval(expression), silent = TRUE), "try-error")) got <<- c(got, name)
attempt("shadow", quote(suppressWarnings(readLines("/etc/shadow"))))
attempt("root", quote(suppressWarnings(writeLines("x", "/left"))))
attempt("library", quote(suppressWarnings(writeLines("x", file.path(R.home(), "left")))))
attempt("network", quote(suppressWarnings(readLines(url("http://127.0.0.1:9")))))
attempt("socket", quote(suppressWarnings(socketConnection(port = 9, timeout = 2))))
attempt("install", quote({ suppressWarnings(install.packages("x", repos = "http://127.0.0.1:9", quiet = TRUE)); stop("none") }))
others <- setdiff(list.files("/proc", "^[0-9]+$"), Sys.getpid())
commands <- vapply(others, function(pid) tryCatch(readLines(file.path("/proc", pid, "comm")), error = function(e) "cat"), "")
if (!all(commands %in% c("cat", "sh", "ls"))) got <- c(got, paste("processes", commands))
result <- list(got = as.list(got))`
      const outcome = await run(code)
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
    })

    test('leaves nothing to the next one', async () => {
      assert.equal(await classOf('left <- 1\nwriteLines("x", "/tmp/left")\nresult <- 1'), '1')
      const look = 'result <- list(exists("left"), file.exists("/tmp/left"), list.files("/data"))'
      assert.deepEqual(JSON.parse(await classOf(look)), [false, false, 'subjects.csv'])
    })
  })
}
