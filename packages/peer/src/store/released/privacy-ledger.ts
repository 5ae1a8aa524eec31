/** What each catalog has spent of its privacy: taken before data are read, never given back, and never taken twice for one answer. */
import { decimalText } from '@stimnet/privacy'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** The scope of everybody together, for peers where anybody may ask: a new key costs nothing there. */
export const EVERYBODY = '*'

/** How much may be spent, in billionths of ρ. */
export interface BudgetCaps {
  readonly lifetime: bigint
  /** Of one scope: a project, or the key of a requester or of a gateway's account. */
  readonly project: bigint
}

/** One charge. */
export interface Spending {
  /** Hash of the canonical request: the same one is never charged twice. */
  readonly key: string
  readonly catalog: string
  /** A project, a key, or EVERYBODY; jobs/charge.ts says which. */
  readonly scope: string
  readonly nanoRho: bigint
  readonly caps: BudgetCaps
  /** The catalog says that nothing exact ever leaves it. */
  readonly promised: boolean
  readonly jobId: string
}

/** Spent and left. */
export interface Balance {
  readonly scope: string
  readonly spent: bigint
}

interface Totals {
  readonly lifetime: string
  readonly scopes: Readonly<Record<string, string>>
  readonly spends: number
  /** Somebody was told that nothing exact ever leaves this catalog. */
  readonly promised: boolean
}

interface Spend {
  readonly catalog: string
  readonly scope: string
  readonly nanoRho: string
  readonly jobId: string
  /** Known from the audit log alone: its answer may have been shown, so it pays for no other. */
  readonly lost?: true
}

const NOTHING: Totals = { lifetime: '0', scopes: {}, spends: 0, promised: false }

/** Charges of one catalog: bounded, since each is kept for ever. */
const SPENDS_MAX = 100_000

/** How far back the start of this life may lie in the log: every start and every spend says how many there were. */
const PAGE = 256

/** The ledger of a peer; written by the single writer alone. */
export class PrivacyLedger {
  readonly #totals: Sublevel<Totals>
  readonly #spends: Sublevel<Spend>
  readonly #answers: Sublevel<string>
  readonly #meta: Sublevel<number>
  readonly #database: Database
  readonly #byCatalog = new Map<string, Totals>()
  readonly #paid = new Map<string, Spend>()
  /** Answers that the next batch, or the one under way, brings to the disk. */
  readonly #fresh = new Map<string, string>()
  /** Of all catalogs, ever. It only grows, also in the audit log. */
  #count = 0
  #behind = false

  private constructor(database: Database) {
    this.#database = database
    this.#totals = database.json('privacy-totals')
    this.#spends = database.json('privacy-spends')
    this.#answers = database.json('privacy-answers')
    this.#meta = database.json('privacy-meta')
  }

  /** Reads the ledger and holds it against what the audit log says was spent. */
  static async open(database: Database): Promise<PrivacyLedger> {
    const ledger = new PrivacyLedger(database)
    for await (const [catalog, totals] of ledger.#totals.iterator()) ledger.#byCatalog.set(catalog, totals)
    for await (const [key, spend] of ledger.#spends.iterator()) ledger.#paid.set(key, spend)
    ledger.#count = (await ledger.#meta.get('count')) ?? 0
    ledger.#behind = ledger.#count < (await lastCount(database))
    return ledger
  }

  /** How many charges there were, ever; what a start writes into the audit log. */
  get count(): number {
    return this.#count
  }

  /** Whether the audit log knows of charges that this ledger does not: an older one was put back. */
  get behind(): boolean {
    return this.#behind
  }

  /** Whether that request was paid for, and the answer is here or may still be made. */
  isPaid(key: string): boolean {
    const spend = this.#paid.get(key)
    return spend !== undefined && spend.lost === undefined
  }

  /** Whether a reader was told that nothing exact ever leaves this catalog. */
  hasPromised(catalog: string): boolean {
    return this.#byCatalog.get(catalog)?.promised ?? false
  }

  /** Over a catalog's life. */
  spent(catalog: string): bigint {
    return BigInt(this.#byCatalog.get(catalog)?.lifetime ?? '0')
  }

  /** By scope, largest first. */
  balances(catalog: string): Balance[] {
    const scopes = Object.entries(this.#byCatalog.get(catalog)?.scopes ?? {})
    return scopes
      .map(([scope, spent]) => ({ scope, spent: BigInt(spent) }))
      .sort((a, b) => (a.spent < b.spent ? 1 : a.spent > b.spent ? -1 : 0))
  }

  /** Every catalog that spent anything. */
  catalogs(): string[] {
    return [...this.#byCatalog.keys()].sort()
  }

  /** What is left of each cap. */
  left({ catalog, scope, caps }: { catalog: string; scope: string; caps: BudgetCaps }): BudgetCaps {
    const totals = this.#byCatalog.get(catalog) ?? NOTHING
    const rest = (cap: bigint, spent: string) => (cap > BigInt(spent) ? cap - BigInt(spent) : 0n)
    return { lifetime: rest(caps.lifetime, totals.lifetime), project: rest(caps.project, totals.scopes[scope] ?? '0') }
  }

  /**
   * Throws BUDGET_EXCEEDED, with a reason that is about requests alone. What was refused costs nothing. `advice` ends the
   * reason where too little is left: it is given how much.
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

  /** Inside the single writer. False where it was paid before. Throws BUDGET_EXCEEDED; then nothing is written. */
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
        ...{ catalog, scope, key, nano_rho: String(nanoRho), promised: totals.promised },
        ...{ lifetime: totals.lifetime, project: totals.scopes[scope] ?? '0', spends: this.#count }
      }
    })
    return true
  }

  /** The bytes that were, or are about to be, released for a request; undefined before. */
  async answerOf(key: string): Promise<string | undefined> {
    return this.#fresh.get(key) ?? (await this.#answers.get(key))
  }

  /** Inside the single writer, in the batch that publishes it: the one answer that this request ever gets. */
  answer(draft: Draft, key: string, json: string): void {
    draft.undo(() => this.#fresh.delete(key))
    this.#fresh.set(key, json)
    draft.put(this.#answers, key, json)
  }

  /** Once the batch is on disk. */
  settled(key: string): void {
    this.#fresh.delete(key)
  }

  /**
   * Takes over from the audit log what the ledger does not know of: the log has every charge. Gives how many charges it knew
   * nothing of, and those whose answer it does not have: either may have been shown.
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
   * After a life of this peer was lost: what was paid before and has no answer here may have been answered there, so that it
   * pays for nothing any more.
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

/** One charge more. */
function added(was: Totals, { scope, nanoRho, promised }: Omit<Spend, 'lost'> & { promised: boolean }): Totals {
  const sum = (text: string | undefined) => String(BigInt(text ?? '0') + BigInt(nanoRho))
  return {
    lifetime: sum(was.lifetime),
    scopes: { ...was.scopes, [scope]: sum(was.scopes[scope]) },
    spends: was.spends + 1,
    promised: was.promised || promised
  }
}

/** The last number of charges that the log speaks of: every start and every spend does. */
async function lastCount({ auditLog }: Database): Promise<number> {
  let before: number | undefined
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

/** A charge as the audit log has it; a reconciliation is none. */
const chargeSchema = z.object({
  catalog: z.string(),
  scope: z.string(),
  key: z.string(),
  nano_rho: z.string().regex(/^\d+$/),
  spends: z.number(),
  promised: z.boolean()
})

/** Newest first. */
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

/** Billionths of ρ as people write them. */
export function rhoText(nanoRho: bigint): string {
  return decimalText(nanoRho, 9)
}

function refuse(reason: string): never {
  throw new StimnetError('BUDGET_EXCEEDED', reason, { reason })
}
