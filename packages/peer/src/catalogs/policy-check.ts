/** Findings about the policy of a valid configuration that the steward should know. */
import {
  derivedFromRows,
  isIdentifyingName,
  knownByNameAlone,
  latticeOf,
  saidTwice,
  type WrittenRules
} from '@stimnet/data'
import {
  assertLatticeHolds,
  type DisclosureRules,
  laxerThan,
  PRESETS,
  type PresetName,
  type PrivacySettings,
  REFUSAL_BITS_MAX_DEFAULT
} from '@stimnet/privacy'
import { codeOf } from '@stimnet/protocol'
import type { LoadedConfig, PeerConfig } from '../config/config.ts'
import { overridesOf, settingsOf } from '../jobs/admit/rules.ts'
import { protectedRowsOf } from '../jobs/run/hidden.ts'
import { type SameContent, sameContentIn } from './same-content.ts'
import { withScratchCatalog } from './scratch.ts'

type CatalogConfig = PeerConfig['catalogs'][number]

/**
 * `wrong`: the peer will not start, or does not do what the configuration states. `weak`: the configuration works, but
 * people should know its effect.
 */
export interface PolicyFinding {
  readonly grade: 'wrong' | 'weak'
  /** The configuration key. */
  readonly key: string
  readonly detail: string
}

/**
 * All findings. Reads the data of catalogs with a lattice, of catalogs in which people can have different numbers of rows,
 * and of catalogs with several variables that others do not know.
 */
export async function checkPolicy(loaded: LoadedConfig): Promise<PolicyFinding[]> {
  const { config } = loaded
  const findings = [...checkPeer(config)]
  for (const catalog of config.catalogs) {
    findings.push(...checkCatalog(config, catalog), ...(await checkData(loaded, catalog)))
  }
  return findings
}

function* checkPeer({ privacy, mesh }: PeerConfig): Generator<PolicyFinding> {
  const settings = settingsOf(privacy)
  const base = PRESETS[settings.preset as PresetName]
  if (privacy.min_cohort_size < base.k) {
    const detail = `${privacy.min_cohort_size} is below the preset’s ${base.k}, which holds: a file can only tighten`
    // The value may be the default and not be written in the file.
    yield { grade: 'weak', key: 'privacy.min_cohort_size', detail }
  }
  yield* withoutEffect('privacy', privacy, settings)
  yield* raisedBits('privacy.refusal_bits_max', privacy.refusal_bits_max)
  if (mesh.open) yield { grade: 'weak', key: 'mesh.open', detail: 'everybody may ask: for demos and tests alone' }
}

/** Rules without effect, because a stricter rule applies. */
function* withoutEffect(key: string, written: WrittenRules, holds: PrivacySettings): Generator<PolicyFinding> {
  for (const [rule, wanted] of Object.entries(overridesOf(written))) {
    const held = holds[rule as keyof DisclosureRules]
    if (wanted === undefined || wanted === held) continue
    const name = rule.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const detail = `${wanted} is laxer than ${held}, which holds by preset or peer: a file can only tighten`
    yield { grade: 'wrong', key: `${key}.${name}`, detail }
  }
}

/** A finding for a number of bits above the default, which applies although it is less strict. */
function* raisedBits(key: string, written: number | undefined): Generator<PolicyFinding> {
  if (written === undefined || written <= REFUSAL_BITS_MAX_DEFAULT) return
  const detail = `${written} bits in thirty days, in place of ${REFUSAL_BITS_MAX_DEFAULT}: refusals and withheld cells disclose that much more to one requester`
  yield { grade: 'weak', key, detail }
}

function* laxerThanUnwritten(key: string, catalog: CatalogConfig): Generator<PolicyFinding> {
  // A synthetic catalog contains no real people, and a catalog with `mode: dp` releases no exact numbers.
  if (catalog.synthetic || catalog.mode === 'dp') return
  yield* raisedBits(`${key}.privacy.refusal_bits_max`, catalog.privacy?.refusal_bits_max)
  if (catalog.privacy?.precision === 'exact') {
    const detail =
      'exact: means and spreads of real people are released with all digits, which discloses more about single people'
    yield { grade: 'weak', key: `${key}.privacy.precision`, detail }
  }
  yield* derivedFindings(key, catalog)
  for (const table of catalog.tables) {
    for (const { name, identifying } of table.variables) {
      if (identifying !== true || isIdentifyingName(name)) continue
      const detail =
        'true, though not by its name: others are assumed to know its value of everybody, so any amount of it may be disclosed and refusals may depend on its values'
      yield { grade: 'weak', key: `${key}.tables.${table.name}.${name}.identifying`, detail }
    }
  }
}

function* derivedFindings(key: string, catalog: CatalogConfig): Generator<PolicyFinding> {
  for (const derived of knownByNameAlone(catalog)) {
    const detail =
      'by its name others know its value of a person, but they are not assumed to know the inputs of its derivation: if they do, write identifying: true at the inputs (and presence: known at a table of rows), else identifying: false here'
    yield { grade: 'weak', key: `${key}.tables.${derived}.identifying`, detail }
  }
  for (const { input, isOffered, derived } of saidTwice(catalog)) {
    const [names, advice] = [derived.slice(0, 5).join(', '), 'offer one of them (offered: false)']
    const detail = isOffered
      ? `${names}: derived from it, and offered as well. The ledger of one does not count disclosures of the other, so both together can disclose single people: ${advice}`
      : `${names}: all derived from it. If one follows from others, such as a change from both visits, together they can disclose single people: ${advice}`
    yield { grade: 'weak', key: `${key}.tables.${input}`, detail }
  }
}

/** Findings about variables that disclose who has a row, for tables in which that is protected. */
function* rowFindings(key: string, catalog: CatalogConfig, tables: readonly string[]): Generator<PolicyFinding> {
  for (const [table, derived] of derivedFromRows(catalog)) {
    if (!tables.includes(table)) continue
    const detail = `${derived.slice(0, 5).join(', ')}: derived from its rows, so it discloses who has a row. The ledger of the rows does not count its disclosures: offer it or the table, not both (offered: false)`
    yield { grade: 'weak', key: `${key}.tables.${table}`, detail }
  }
}

/** Findings about variables with nearly the same content. Pairs of which one is derived are reported by `derivedFindings`. */
function* sameFindings(key: string, same: readonly SameContent[]): Generator<PolicyFinding> {
  for (const { from, to } of same) {
    const isMutual = same.some((other) => other.from === to && other.to === from)
    if (isMutual && from > to) continue
    const what = isMutual
      ? `${from} and ${to} have the same content for nearly everybody`
      : `${to} follows from ${from} for nearly everybody`
    const detail = `${what}. The ledger of one does not count disclosures of the other, so both together can disclose single people: offer one of them (offered: false)`
    yield { grade: 'weak', key: `${key}.tables.${to}`, detail }
  }
}

function isNotDerived({ tables }: CatalogConfig): (one: SameContent) => boolean {
  const derived = tables.flatMap(({ name, variables }) =>
    variables.flatMap((variable) => (variable.derive === undefined ? [] : [`${name}.${variable.name}`]))
  )
  return ({ from, to }) => !derived.includes(from) && !derived.includes(to)
}

/** Whether a table can have two variables that others do not know and that can be compared with each other. */
function hasSeveralUnknown({ variables }: CatalogConfig['tables'][number]): boolean {
  const compared = variables.filter(
    ({ name, type, derive, breakpoints = [], identifying = isIdentifyingName(name) }) => {
      return !identifying && derive === undefined && (type === 'category' || breakpoints.length > 0)
    }
  )
  return compared.length > 1
}

function* checkCatalog({ privacy }: PeerConfig, catalog: CatalogConfig): Generator<PolicyFinding> {
  const key = `catalogs.${catalog.name}`
  const weak = (name: string, detail: string): PolicyFinding => ({ grade: 'weak', key: `${key}.${name}`, detail })
  const own = catalog.privacy
  // Throws CONFIG_INVALID for an unknown preset.
  const ofPeer = settingsOf(privacy)
  const holds = settingsOf(privacy, catalog)
  if (own !== undefined) yield* withoutEffect(`${key}.privacy`, own, holds)
  yield* laxerThanUnwritten(key, catalog)
  const laxer = own?.preset === undefined ? [] : laxerThan(ofPeer, PRESETS[own.preset as PresetName])
  if (laxer.length > 0) {
    const detail = `${own?.preset} alone would be laxer than the peer’s rules in ${laxer.join(', ')}: the stricter of both holds`
    yield weak('privacy.preset', detail)
  }
  if (own?.scope === 'project') {
    yield weak(
      'privacy.scope',
      'two projects together may learn about fewer people than either: inform those who are responsible for the data'
    )
  }
  if (catalog.code_hashes?.length) {
    yield weak('code_hashes', `${catalog.code_hashes.length} scripts run without a decision, with any parameters`)
  }
  if (catalog.scripts === 'auto')
    yield weak('scripts', 'auto: strangers’ code runs unread, and its results make no claim')
  if (catalog.missingness === 'told' && (catalog.requesters || catalog.data_use)) {
    yield weak('missingness', 'told: disclosed to everybody who sees the catalog, also to those who may not ask it')
  }
  if (catalog.timing === 'prompt') yield weak('timing', 'prompt: how long a script took can be seen')
}

/**
 * Findings about the data: those that prevent the peer from starting (a catalog that cannot be opened, or a lattice with a cell that is too
 * small), tables in which few people have rows, if these are protected by default or unprotected by the configuration, and variables with
 * the same content.
 */
async function checkData({ baseDir, config }: LoadedConfig, catalog: CatalogConfig): Promise<PolicyFinding[]> {
  const key = `catalogs.${catalog.name}`
  const [first, ...others] = catalog.tables
  const isOfEverybody = others.length === 0 && first?.one_row_per_subject === true
  const hasLattice = latticeOf(catalog).length > 0
  const isSimple = isOfEverybody && !hasSeveralUnknown(first)
  if (catalog.mode === 'dp' || (!hasLattice && (catalog.synthetic || isSimple))) return []
  const { k } = settingsOf(config.privacy, catalog)
  try {
    return await withScratchCatalog(catalog, baseDir, async (opened) => {
      if (hasLattice) assertLatticeHolds(opened.descriptor, await opened.baseCells(), k)
      if (catalog.synthetic) return []
      const found = await protectedRowsOf(opened)
      const rows = found.map(
        ({ table, because, isKnown, ofLevels }): PolicyFinding => ({
          grade: 'weak',
          key: `${key}.tables.${table}.presence`,
          detail: isKnown
            ? `known, though ${because}: others are assumed to know who has a row, so this is not protected. Remove it unless everybody knows it of everybody`
            : `absent, and ${because}: who has a row is protected like a value, so fewer questions are answered. Write presence: known if everybody knows it of everybody, ${ofLevels ? 'else leave it out: presence: unknown protects all rows of the table' : 'else presence: unknown'}`
        })
      )
      const isProtected = ({ name, presence }: CatalogConfig['tables'][number]) =>
        presence === 'unknown' || found.some(({ table, isKnown, ofLevels }) => table === name && !isKnown && !ofLevels)
      const same = await sameContentIn(opened, k)
      return [
        ...rows,
        ...sameFindings(key, same.filter(isNotDerived(catalog))),
        ...rowFindings(
          key,
          catalog,
          catalog.tables.filter(isProtected).map(({ name }) => name)
        )
      ]
    })
  } catch (error) {
    return [
      {
        grade: 'wrong',
        key,
        detail: `cannot be opened (${codeOf(error)}): ${error instanceof Error ? error.message : ''}`
      }
    ]
  }
}
