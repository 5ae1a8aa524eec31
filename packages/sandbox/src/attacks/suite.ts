/** The attack suite: runs attacks on any sandbox and judges each of them. */
import type { Sandbox, SandboxDescription, SandboxJob, SandboxLimits, SandboxOutcome } from '../sandbox.ts'
import { isAdmitted } from './admitted.ts'
import type { Assault, Attack, AttackResult, Marks, Probe, Verdict } from './attack.ts'
import { ATTACKS } from './catalogue.ts'
import { BEGINS, breach, judgeAssault, judgeProbe, probesTold } from './judge.ts'
import type { Witnesses } from './witnesses.ts'

const WALL_TIME_MS_MAX = 20_000
/** Factor of the wall time for the second attempt with a program that was ended before it began. */
const MORE_TIME = 4

/** Factor of R's start time relative to Python's. */
const R_STARTS = 4

const OUTPUT_BYTES_MAX = 256 * 1024

/** Options of the suite. */
export interface AttackOptions {
  readonly witnesses: Witnesses
  /** Memory limit of each program, bytes. It should equal the sandbox's own limit, so that warm processes can be used. */
  readonly memoryBytesMax: number
  /** Time for a start of Python, ms, which is added to each time limit. Default: 0. */
  readonly startMsMax?: number
  /** Default: all attacks. Attacks that do not apply to the engine, or that need a language it does not run, are left out. */
  readonly attacks?: readonly Attack[]
  /** Number of programs that run at the same time. Default: 2. */
  readonly atOnce?: number
  readonly signal?: AbortSignal
  /** Called for each attack as soon as it is judged. */
  onResult?(result: AttackResult): void
}

/** The results of all attacks that apply to this sandbox, in the order of the catalogue. After an abort, the rest are unjudged. */
export async function attackSandbox(sandbox: Sandbox, options: AttackOptions): Promise<AttackResult[]> {
  const suite = new Suite(sandbox, await sandbox.describe(), options)
  return suite.run()
}

/** The attacks that apply to an engine. */
export function attacksFor(description: SandboxDescription, attacks: readonly Attack[] = ATTACKS): readonly Attack[] {
  const { engine, languages } = description
  return attacks.filter(
    ({ on, language }) => languages.includes(language) && (on === undefined || (on === 'wasm') === (engine === 'wasm'))
  )
}

/** Verdicts on attacks without an outcome. */
const NOT_TRIED: Verdict = { outcome: 'unjudged', by: 'the attacks were ended before it' }
const NOT_TOLD: Verdict = { outcome: 'unjudged', by: 'it said nothing' }

class Suite {
  readonly #sandbox: Sandbox
  readonly #description: SandboxDescription
  readonly #options: AttackOptions
  readonly #marks: Marks
  readonly #results = new Map<string, AttackResult>()

  constructor(sandbox: Sandbox, description: SandboxDescription, options: AttackOptions) {
    this.#sandbox = sandbox
    this.#description = description
    this.#options = options
    this.#marks = options.witnesses.marks(options.memoryBytesMax)
  }

  async run(): Promise<AttackResult[]> {
    const attacks = attacksFor(this.#description, this.#options.attacks)
    for (const language of ['python', 'r'] as const) {
      await this.#probe(attacks.filter((one): one is Probe => one.kind === 'probe' && one.language === language))
    }
    const waiting = attacks.filter((one): one is Assault => one.kind === 'assault')
    const work = async () => {
      for (let next = waiting.shift(); next && !this.#options.signal?.aborted; next = waiting.shift()) {
        this.#judged(next, await this.#assault(next))
      }
    }
    await Promise.all(Array.from({ length: this.#options.atOnce ?? 2 }, work))
    return attacks.map((attack) => this.#results.get(attack.id) ?? { attack, verdict: NOT_TRIED, isAdmitted: false })
  }

  /**
   * Runs all probes in one program. A probe that ends the program is run alone, and the program is repeated without it. If the host
   * observed a breach, every probe is run alone.
   */
  async #probe(probes: readonly Probe[]): Promise<void> {
    let together = probes
    while (together.length > 0 && !this.#options.signal?.aborted) {
      const { told, breach, trying } = await this.#probes(together)
      const verdicts = together.map((probe) => judgeProbe(probe, this.#description.grade, told))
      if (!breach && verdicts.every((verdict) => verdict !== undefined)) {
        for (const [at, probe] of together.entries()) this.#judged(probe, verdicts[at] ?? NOT_TOLD)
        return
      }
      const fatal = breach ? undefined : together.find(({ id }) => id === trying)
      for (const probe of fatal ? [fatal] : together) this.#judged(probe, await this.#probeAlone(probe))
      together = fatal ? together.filter((probe) => probe !== fatal) : []
    }
  }

  async #probeAlone(probe: Probe): Promise<Verdict> {
    const { told, breach, end, trying } = await this.#probes([probe])
    const verdict = breach ?? judgeProbe(probe, this.#description.grade, told)
    if (verdict) return verdict
    // The probe had begun, and the program ended because of it.
    if (trying === probe.id && end === 'PROGRAM_FAILED') return { outcome: 'contained', by: 'the program died of it' }
    return { outcome: 'unjudged', by: `it ended as ${end}` }
  }

  async #probes(probes: readonly Probe[]) {
    const code = programOf(probes, this.#marks)
    const { outcome, breach } = await this.#watched(() =>
      this.#run({ code, language: probes[0]?.language ?? 'python' })
    )
    const told = (outcome.ok ? probesTold(outcome.result) : undefined) ?? { got: [], why: {} }
    const trying = [...outcome.log.matchAll(/^TRIES (\S+)$/gm)].at(-1)?.[1]
    return { told, breach, trying, end: outcome.ok ? 'an answer without a word of it' : outcome.code }
  }

  async #assault(attack: Assault): Promise<Verdict> {
    const first = await this.#assaultOnce(attack)
    // On a busy machine, a program may reach its time limit before it has begun.
    return first.outcome === 'unjudged' && !this.#options.signal?.aborted ? this.#assaultOnce(attack, MORE_TIME) : first
  }

  async #assaultOnce(attack: Assault, times = 1): Promise<Verdict> {
    const { language } = attack
    const { memoryBytesMax } = this.#options
    const startMsMax = (this.#options.startMsMax ?? 0) * (language === 'r' ? R_STARTS : 1)
    const wallTimeMsMax = times * ((attack.wallTimeMsMax ?? WALL_TIME_MS_MAX) + startMsMax)
    const limits = { wallTimeMsMax, memoryBytesMax }
    const marks = this.#marks
    const { outcome, breach } = await this.#watched(async () => {
      const neighbour = attack.neighbour
        ? this.#run({ code: attack.neighbour(marks), language, secret: this.#options.witnesses.secret })
        : undefined
      const found = await this.#run({ code: begun(language, attack.program(marks)), language, wallTimeMsMax })
      const beside = await neighbour
      return beside && !beside.ok ? beside : found
    })
    if (breach) return breach
    const verdict = judgeAssault(attack, outcome, { grade: this.#description.grade, ...limits })
    if (!attack.next || verdict.outcome !== 'contained') return verdict
    return this.#lookAfter(attack, attack.next(marks))
  }

  /** Runs the attack's `next` program twice, because a sandbox that is reused by mistake may not be the very next one. */
  async #lookAfter(attack: Assault, code: string): Promise<Verdict> {
    let verdict: Verdict = { outcome: 'unjudged', by: 'nobody looked' }
    for (let round = 0; round < 2; round++) {
      const { outcome, breach } = await this.#watched(() =>
        this.#run({ code: begun(attack.language, code), language: attack.language })
      )
      const { memoryBytesMax } = this.#options
      const limits = { grade: this.#description.grade, wallTimeMsMax: WALL_TIME_MS_MAX, memoryBytesMax }
      verdict = breach ?? judgeAssault(attack, outcome, limits)
      if (verdict.outcome !== 'contained') return verdict
    }
    return verdict
  }

  /** Runs a program, and adds the breach that the host observed in the meantime, if any. */
  async #watched(
    run: () => Promise<SandboxOutcome>
  ): Promise<{ outcome: SandboxOutcome; breach: Verdict | undefined }> {
    const { witnesses } = this.#options
    const before = witnesses.hits
    const outcome = await run()
    const seen = { secret: witnesses.secret, left: await witnesses.left(), hits: witnesses.hits - before }
    return { outcome, breach: breach([outcome], seen) }
  }

  #run(what: {
    code: string
    language: SandboxJob['language']
    wallTimeMsMax?: number
    secret?: string
  }): Promise<SandboxOutcome> {
    const limits: SandboxLimits = {
      wallTimeMsMax: what.wallTimeMsMax ?? WALL_TIME_MS_MAX,
      memoryBytesMax: this.#options.memoryBytesMax,
      outputBytesMax: OUTPUT_BYTES_MAX
    }
    return this.#sandbox.run(jobOf(what), limits, this.#options.signal)
  }

  #judged(attack: Attack, verdict: Verdict): void {
    const { grade } = this.#description
    const admitted = verdict.outcome === 'bounded' && isAdmitted(grade, attack, verdict.by)
    const result = { attack, verdict, isAdmitted: admitted || verdict.outcome === 'contained' }
    this.#results.set(attack.id, result)
    this.#options.onResult?.(result)
  }
}

/** The program with an additional first line that prints BEGINS. */
function begun(language: Attack['language'], code: string): string {
  return language === 'r' ? `message("${BEGINS}")\n${code}` : `print("${BEGINS}", flush=True)\n${code}`
}

/** A job with a table of two fictitious subjects. For a neighbour, the table contains the secret. */
function jobOf({
  code,
  language,
  secret = ''
}: {
  code: string
  language: SandboxJob['language']
  secret?: string
}): SandboxJob {
  return {
    jobId: 'attack',
    language,
    code,
    parameters: {},
    filters: {},
    catalogId: 'attack',
    minCohortSize: 5,
    tables: [
      {
        name: 'subjects',
        csv: Buffer.from(`subject_id,note\nS1,${secret}\nS2,\n`),
        columns: [
          { name: 'subject_id', type: 'text' },
          { name: 'note', type: 'text' }
        ]
      }
    ]
  }
}

/** A program that tries each probe, and reports which probes succeeded and which error each of the others raised. */
function programOf(probes: readonly Probe[], marks: Marks): string {
  const pieces = Object.fromEntries(probes.map((probe) => [probe.id, probe.code(marks)]))
  return probes[0]?.language === 'r' ? rProgramOf(pieces) : pythonProgramOf(pieces)
}

function pythonProgramOf(pieces: Readonly<Record<string, string>>): string {
  return `
import json
got, why = [], {}
for name, code in json.loads(${JSON.stringify(JSON.stringify(pieces))}).items():
    print("TRIES", name, flush=True)
    try:
        exec(code, {})
        got.append(name)
    except BaseException as error:
        why[name] = (type(error).__name__ + ": " + str(error)).split("\\n")[0][:60].strip(": ")
result = {"got": got, "why": why}
`
}

function rProgramOf(pieces: Readonly<Record<string, string>>): string {
  const list = Object.entries(pieces).map(([name, code]) => `${JSON.stringify(name)} = ${JSON.stringify(code)}`)
  return `
pieces <- list(${list.join(',\n')})
must <- function(there) if (!isTRUE(there)) stop("nothing is there")
got <- character()
why <- character()
for (name in names(pieces)) {
  message("TRIES ", name)
  said <- tryCatch({ eval(parse(text = pieces[[name]]), new.env()); "" }, error = function(e) paste("", conditionMessage(e)))
  if (said == "") got <- c(got, name) else why[name] <- gsub("[^A-Za-z0-9 .,:()/_-]", " ", substr(said, 2, 80))
}
cat('{"got":[', paste0('"', got, '"', recycle0 = TRUE, collapse = ","), '],"why":{',
  paste0('"', names(why), '":"', why, '"', recycle0 = TRUE, collapse = ","), '}}', sep = "", file = Sys.getenv("OUTPUT_FILE"))
`
}
