/** The harness: runs each attack in both worlds and compares what an outsider observes. */
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Attack, Broken, DIFFERENCES, type Difference, type Observation } from './attack.ts'
import { catalogName, startWorld, type World } from './world.ts'

/** The result of one attack. */
export interface Finding {
  readonly attack: Attack
  /** Outcomes with the target and without; if the attack succeeded, what was learnt. */
  readonly outcomes: readonly [withTarget: string, without: string]
  readonly difference: Difference
  /** The first place where the observations differ. */
  readonly where: string
  /** Faults of the result; empty if it is as required. */
  readonly faults: readonly string[]
}

/** Both worlds, started together. */
export interface Worlds {
  readonly target: World
  readonly without: World
  stop(): Promise<void>
}

const ROOM_BYTES = 2 * 1024 ** 3

/** A folder in memory if there is room, since there are thousands of synced writes, and nothing needs to survive a crash. */
async function quickFolder(): Promise<string> {
  const memory = '/dev/shm'
  const room = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0
  )
  return room > ROOM_BYTES ? memory : tmpdir()
}

/** Starts both worlds in a temporary folder. The caller must stop them. */
export async function startWorlds(attacks: readonly Attack[]): Promise<Worlds> {
  const folder = await mkdtemp(join(await quickFolder(), 'stimnet-redteam-'))
  const cacheDir = join(folder, 'sandbox')
  const clean = () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    const start = async (target: boolean) => {
      const own = join(folder, target ? 'target' : 'without')
      await mkdir(own)
      return startWorld(own, { target, attacks, cacheDir })
    }
    // One after the other, so that the second world can use the sandbox's snapshot of the first.
    const target = await start(true)
    const without = await start(false)
    const stop = async () => {
      await Promise.all([target.stop(), without.stop()])
      await clean()
    }
    return { target, without, stop }
  } catch (error) {
    await clean()
    throw error
  }
}

/** Runs one attack in both worlds at the same time. */
async function carryOut(attack: Attack, worlds: Worlds): Promise<Finding> {
  const [a, b] = await Promise.all([attempt(attack, worlds.target), attempt(attack, worlds.without)])
  const { difference, where } = compare(a.seen, b.seen)
  const outcomes = [a.outcome, b.outcome] as const
  return { attack, outcomes, difference, where, faults: faultsOf(attack, [a, b], difference, where) }
}

/** Attacks at the same time, so that their waits for the release grid overlap. */
const AT_ONCE = 4

/** Time limit of one attack, ms, so that one that hangs does not stop the others. It is generous: speed is not tested here. */
const ATTACK_MS_MAX = 240_000

async function within(finding: Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${ATTACK_MS_MAX / 1_000} s`)), ATTACK_MS_MAX)
  })
  return Promise.race([finding, late]).finally(() => clearTimeout(timer))
}

/** Runs all attacks, some at a time. `told` is called for each finding. An attack that cannot be carried out is a fault. */
export async function carryOutAll(
  attacks: readonly Attack[],
  worlds: Worlds,
  told: (finding: Finding) => void = () => undefined
): Promise<readonly Finding[]> {
  const findings = new Map<string, Finding>()
  const waiting = [...attacks]
  const worker = async () => {
    for (let attack = waiting.shift(); attack; attack = waiting.shift()) {
      const finding = await within(carryOut(attack, worlds)).catch((error) => cannot(attack, error))
      findings.set(attack.id, finding)
      told(finding)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return attacks.flatMap(({ id }) => findings.get(id) ?? [])
}

function cannot(attack: Attack | undefined, error: unknown): Finding {
  if (!attack) throw error
  const why = error instanceof Error ? error.message : String(error)
  return { attack, outcomes: ['–', '–'], difference: 'none', where: '', faults: [`could not be carried out: ${why}`] }
}

interface Attempt {
  readonly outcome: string
  readonly seen: readonly unknown[]
  readonly won?: string
}

async function attempt(attack: Attack, world: World): Promise<Attempt> {
  try {
    const observation: Observation = await attack.run(world, catalogName(attack))
    return observation
  } catch (error) {
    if (error instanceof Broken) return { outcome: 'BROKEN', seen: [error.message], won: error.message }
    throw error
  }
}

function faultsOf(
  attack: Attack,
  [a, b]: readonly [Attempt, Attempt],
  difference: Difference,
  where: string
): readonly string[] {
  const allowed = attack.remains?.difference ?? 'none'
  const isTooMuch = DIFFERENCES.indexOf(difference) > DIFFERENCES.indexOf(allowed)
  const faults = [
    ...(a.won === undefined ? [] : [`with the target: ${a.won}`]),
    ...(b.won === undefined ? [] : [`without the target: ${b.won}`]),
    ...(a.won === undefined && a.outcome !== attack.expected
      ? [`${attack.expected} was expected, not ${a.outcome}`]
      : []),
    ...(isTooMuch && a.won === undefined && b.won === undefined ? [`the worlds differ (${difference}): ${where}`] : [])
  ]
  if (attack.open === undefined) return faults
  // If an open hole is closed, it must be removed from the list.
  return faults.length > 0 ? [] : ['the hole is closed: remove `open`']
}

/** The strongest difference between two observations, and the first place where they differ. */
export function compare(a: readonly unknown[], b: readonly unknown[]): { difference: Difference; where: string } {
  const paths = [...differences(a, b, '')]
  const [first] = paths
  if (first === undefined) return { difference: 'none', where: '' }
  const refusal = paths.find((path) => /\.(status|state|code|reason)$/.test(path.at))
  const isShape = ({ a, b, at }: Apart) =>
    typeof a !== 'number' || typeof b !== 'number' || /withheld|suppressed/.test(at)
  const withheld = paths.find((path) => isShape(path) && !/outputBytes/.test(path.at))
  const [difference, found] = refusal
    ? (['refusal', refusal] as const)
    : withheld
      ? (['withheld', withheld] as const)
      : (['numbers', first] as const)
  return { difference, where: `${found.at}: ${brief(found.a)} or ${brief(found.b)}` }
}

interface Apart {
  readonly at: string
  readonly a: unknown
  readonly b: unknown
}

function* differences(a: unknown, b: unknown, at: string): Generator<Apart> {
  if (Object.is(a, b)) return
  const bothObjects = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null
  if (!bothObjects || Array.isArray(a) !== Array.isArray(b)) return yield { at, a, b }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) {
    yield* differences((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${at}.${key}`)
  }
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80)
}
