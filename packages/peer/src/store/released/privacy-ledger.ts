/**
 * The ledger of differential privacy: charges per catalog. Amounts are charged before data are read, never refunded, and
 * once per answer.
 */
import { decimalText } from '@stimnet/privacy'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** The scope shared by all requesters, for peers where anybody may ask and new keys are free. */
export const EVERYBODY = '*'

/** Caps on charges, in units of 10⁻⁹ ρ. */
export interface BudgetCaps {
  readonly lifetime: bigint
  /** The cap of one scope: a project, or the key of a requester or of a gateway's account. */
  readonly project: bigint
}

/** One charge. */
export interface Spending {
  /** Hash of the canonical request. The same request is never charged twice. */
  readonly key: string
  readonly catalog: string
  /** A project, a key, or EVERYBODY; see `scopeOf` in jobs/release/charge.ts. */
  readonly scope: string
  readonly nanoRho: bigint
  readonly caps: BudgetCaps
  /** Whether the catalog promises never to release exact numbers. */
  readonly promised: boolean
  readonly jobId: string
}

/** The amount that one scope has spent, in units of 10⁻⁹ ρ. */
export interface Balance {
  readonly scope: string
  readonly spent: bigint
}

interface Totals {
  readonly lifetime: string
  readonly scopes: Readonly<Record<string, string>>
  readonly spends: number
  /** Whether an answer was given under the promise that this catalog never releases exact numbers. */
  readonly promised: boolean
}

interface Spend {
  readonly catalog: string
  readonly scope: string
  readonly nanoRho: string
  readonly jobId: string
  /**
   * Whether the charge is known only from the audit log. Its answer may have been released, so the charge pays for no other
   * answer.
   */
  readonly lost?: true
}

const NOTHING: Totals = { lifetime: '0', scopes: {}, spends: 0, promised: false }

/** Maximum number of charges per catalog, because each is kept for ever. */
const SPENDS_MAX = 100_000

/** Number of audit records read at a time. */
const PAGE = 256

/** The ledger of a peer. Only the single writer changes it. */
export class PrivacyLedger {
  readonly #totals: Sublevel<Totals>
  readonly #spends: Sublevel<Spend>
  readonly #answers: Sublevel<string>
  readonly #meta: Sublevel<number>
  readonly #database: Database
  readonly #byCatalog = new Map<string, Totals>()
  readonly #paid = new Map<string, Spend>()
  /** Answers in the batch that is being prepared or written. */
  readonly #fresh = new Map<string, string>()
  /** Number of all charges ever made, over all catalogs. It only grows, also in the audit log. */
  #count = 0
  #behind = false

  private constructor(database: Database) {
    this.#database = database
    this.#totals = database.json('privacy-totals')
    this.#spends = database.json('privacy-spends')
    this.#answers = database.json('privacy-answers')
    this.#meta = database.json('privacy-meta')
  }

  /** Reads the ledger and compares it with the number of charges in the audit log. */
  static async open(database: Database): Promise<PrivacyLedger> {
    const ledger = new PrivacyLedger(database)
    for await (const [catalog, totals] of ledger.#totals.iterator()) ledger.#byCatalog.set(catalog, totals)
    for await (const [key, spend] of ledger.#spends.iterator()) ledger.#paid.set(key, spend)
    ledger.#count = (await ledger.#meta.get('count')) ?? 0
    ledger.#behind = ledger.#count < (await lastCount(database))
    return ledger
  }

  /** Number of charges ever made. Each start writes it into the audit log. */
  get count(): number {
    return this.#count
  }

  /** Whether the audit log contains charges that this ledger lacks, because an older database was restored. */
  get behind(): boolean {
    return this.#behind
  }

  /** Whether the request was paid for, and its answer exists or may still be computed. */
  isPaid(key: string): boolean {
    const spend = this.#paid.get(key)
    return spend !== undefined && spend.lost === undefined
  }

  /** Whether an answer was given under the promise that this catalog never releases exact numbers. */
  hasPromised(catalog: string): boolean {
    return this.#byCatalog.get(catalog)?.promised ?? false
  }

  /** The amount spent over a catalog's lifetime, in units of 10⁻⁹ ρ. */
  spent(catalog: string): bigint {
    return BigInt(this.#byCatalog.get(catalog)?.lifetime ?? '0')
  }

  /** The balances of a catalog by scope, largest first. */
  balances(catalog: string): Balance[] {
    const scopes = Object.entries(this.#byCatalog.get(catalog)?.scopes ?? {})
    return scopes
      .map(([scope, spent]) => ({ scope, spent: BigInt(spent) }))
      .sort((a, b) => (a.spent < b.spent ? 1 : a.spent > b.spent ? -1 : 0))
  }

  /** The catalogs with charges. */
  catalogs(): string[] {
    return [...this.#byCatalog.keys()].sort()
  }

  /** The remainder of each cap. */
  left({ catalog, scope, caps }: { catalog: string; scope: string; caps: BudgetCaps }): BudgetCaps {
    const totals = this.#byCatalog.get(catalog) ?? NOTHING
    const rest = (cap: bigint, spent: string) => (cap > BigInt(spent) ? cap - BigInt(spent) : 0n)
    return { lifetime: rest(caps.lifetime, totals.lifetime), project: rest(caps.project, totals.scopes[scope] ?? '0') }
  }

  /**
   * Throws BUDGET_EXCEEDED if the charge exceeds the remaining amount, the catalog has too many charges, or the ledger is
   * behind the audit log. The reason depends on requests alone, and a refusal costs nothing. `advice` receives the remaining
   * amounts and returns the end of the reason.
   */
  assertHolds(
    spending: Omit<Spending, 'jobId' | 'key' | 'promised'>,
    advice: (left: BudgetCaps) => string = () => ''
  ): void {
    if (this.#behind) {
      refuse(
        'The ledger of this institution is older than its audit log. Nothing more is spent until its steward has ' +
          'reconciled them: stimnet budget reconcile.'
      )
    }
    const left = this.left(spending)
    const { lifetime, project } = left
    if (spending.nanoRho > lifetime || spending.nanoRho > project) {
      const whose = spending.scope === EVERYBODY ? 'of all who ask' : 'of this project or account'
      refuse(
        `This costs ρ = ${rhoText(spending.nanoRho)}. Of the budget for ${spending.catalog}, ${rhoText(project)} is left ` +
          `${whose} and ${rhoText(lifetime)} of the catalog's life.${advice(left)}`
      )
    }
    if ((this.#byCatalog.get(spending.catalog)?.spends ?? 0) >= SPENDS_MAX) {
      refuse(`${spending.catalog} was charged ${SPENDS_MAX} times, which is all that its ledger holds.`)
    }
  }

  /**
   * Charges a request, inside the single writer. Returns false if it was paid before. Throws BUDGET_EXCEEDED; then nothing
   * is written.
   */
  spend(draft: Draft, spending: Spending): boolean {
    const { key, catalog, scope, nanoRho, jobId } = spending
    if (this.isPaid(key)) return false
    this.assertHolds(spending)
    const before = this.#byCatalog.get(catalog)
    const was = before ?? NOTHING
    const earlier = this.#paid.get(key)
    const spend: Spend = { catalog, scope, nanoRho: String(nanoRho), jobId }
    const totals = added(was, { ...spend, promised: spending.promised })
    draft.undo(() => {
      restore(this.#byCatalog, catalog, before)
      restore(this.#paid, key, earlier)
      this.#count -= 1
    })
    this.#count += 1
    this.#byCatalog.set(catalog, totals)
    this.#paid.set(key, spend)
    draft.put(this.#totals, catalog, totals)
    draft.put(this.#spends, key, spend)
    draft.put(this.#meta, 'count', this.#count)
    draft.audit({
      kind: 'spend',
      actor: 'node',
      jobId,
      detail: {
        catalog,
        scope,
        key,
        nano_rho: String(nanoRho),
        promised: totals.promised,
        lifetime: totals.lifetime,
        project: totals.scopes[scope] ?? '0',
        spends: this.#count
      }
    })
    return true
  }

  /** The output that was released or is about to be released for a request; undefined before that. */
  async answerOf(key: string): Promise<string | undefined> {
    return this.#fresh.get(key) ?? (await this.#answers.get(key))
  }

  /** Stores the only answer that this request ever gets. Use inside the single writer, in the batch that publishes the answer. */
  answer(draft: Draft, key: string, json: string): void {
    draft.undo(() => this.#fresh.delete(key))
    this.#fresh.set(key, json)
    draft.put(this.#answers, key, json)
  }

  /** Called when the batch of an answer is on disk. */
  settled(key: string): void {
    this.#fresh.delete(key)
  }

  /**
   * Adds the charges that only the audit log contains; the log has every charge. Returns the number of charges that were
   * missing, or whose answer is not stored: the answers of both may have been released.
   */
  async reconcile(): Promise<number> {
    if (!this.#behind) return 0
    const totals = new Map<string, Totals>()
    const lost = new Map<string, Spend>()
    let count = this.#count
    for await (const { key, spends, promised, spend } of spendsInLog(this.#database)) {
      count = Math.max(count, spends)
      totals.set(spend.catalog, added(totals.get(spend.catalog) ?? NOTHING, { ...spend, promised }))
      if (!this.#paid.has(key)) lost.set(key, { ...spend, lost: true })
    }
    for (const [key, spend] of await this.#unanswered()) lost.set(key, spend)
    await this.#database.commit((draft) => {
      for (const [catalog, of] of totals) draft.put(this.#totals, catalog, of)
      for (const [key, spend] of lost) draft.put(this.#spends, key, spend)
      draft.put(this.#meta, 'count', count)
      draft.audit({ kind: 'spend', actor: 'steward', detail: { reconciled: lost.size, spends: count } })
    })
    for (const [catalog, of] of totals) this.#byCatalog.set(catalog, of)
    for (const [key, spend] of lost) this.#paid.set(key, spend)
    this.#count = count
    this.#behind = false
    return lost.size
  }

  /**
   * Marks paid requests without a stored answer as lost. Called when part of this peer's log was lost: they may have been
   * answered then, and must not pay for a second answer.
   */
  async loseUnanswered(): Promise<void> {
    const lost = await this.#unanswered()
    if (lost.size === 0) return
    await this.#database.commit((draft) => {
      for (const [key, spend] of lost) draft.put(this.#spends, key, spend)
    })
    for (const [key, spend] of lost) this.#paid.set(key, spend)
  }

  async #unanswered(): Promise<Map<string, Spend>> {
    const lost = new Map<string, Spend>()
    for (const [key, spend] of this.#paid) {
      if (spend.lost === undefined && (await this.answerOf(key)) === undefined) lost.set(key, { ...spend, lost: true })
    }
    return lost
  }
}

/** The totals after one more charge. */
function added(was: Totals, { scope, nanoRho, promised }: Omit<Spend, 'lost'> & { promised: boolean }): Totals {
  const sum = (text: string | undefined) => String(BigInt(text ?? '0') + BigInt(nanoRho))
  return {
    lifetime: sum(was.lifetime),
    scopes: { ...was.scopes, [scope]: sum(was.scopes[scope]) },
    spends: was.spends + 1,
    promised: was.promised || promised
  }
}

/** The latest number of charges in the audit log. Every start and every charge records it. */
async function lastCount({ auditLog }: Database): Promise<number> {
  // The log knows the position, so that later records are not read.
  let before = auditLog.counted === undefined ? undefined : auditLog.counted + 1
  for (;;) {
    const records = await auditLog.read({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const { kind, detailJson } of records) {
      if (kind !== 'spend' && kind !== 'start') continue
      const { spends } = JSON.parse(detailJson || '{}') as { spends?: unknown }
      if (typeof spends === 'number') return spends
    }
    before = records.at(-1)?.sequence
    if (before === undefined) return 0
  }
}

/** A charge as recorded in the audit log. The record of a reconciliation does not match this schema. */
const chargeSchema = z.object({
  catalog: z.string(),
  scope: z.string(),
  key: z.string(),
  nano_rho: z.string().regex(/^\d+$/),
  spends: z.number(),
  promised: z.boolean()
})

/** All charges in the audit log, newest first. */
async function* spendsInLog({ auditLog }: Database) {
  let before: number | undefined
  for (;;) {
    const records = await auditLog.read({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const { kind, detailJson, jobId } of records) {
      if (kind !== 'spend') continue
      const charged = chargeSchema.safeParse(JSON.parse(detailJson || '{}'))
      if (!charged.success) continue
      const { catalog, scope, key, nano_rho: nanoRho, spends, promised } = charged.data
      yield { key, spends, promised, spend: { catalog, scope, nanoRho, jobId } }
    }
    before = records.at(-1)?.sequence
    if (before === undefined) return
  }
}

function restore<V>(map: Map<string, V>, key: string, before: V | undefined): void {
  if (before === undefined) map.delete(key)
  else map.set(key, before)
}

/** An amount in units of 10⁻⁹ ρ, as decimal text. */
export function rhoText(nanoRho: bigint): string {
  return decimalText(nanoRho, 9)
}

function refuse(reason: string): never {
  throw StimnetError.told('BUDGET_EXCEEDED', reason)
}
