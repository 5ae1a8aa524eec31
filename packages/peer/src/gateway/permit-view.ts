/** Data permits over HTTP: entering and revoking them, and the extract of the audit log that an authority asks for. */
import { isoOf, type Permit, type PermitRecords, type PermitTerms } from '@stimnet/api'
import type { Account, GatewayPeer } from '@stimnet/gateway'
import { type AuditRecord, type Clock, didYouMean, LIMITS, StimnetError } from '@stimnet/protocol'
import { extractText } from '@stimnet/sdk'
import { STATISTICS } from '@stimnet/statistics'
import { canonicalHash } from '../canonical-hash.ts'
import type { PeerConfig } from '../config/config.ts'
import { type DataPermit, type DataPermits, stateOf } from '../store/data-permits.ts'
import type { Database } from '../store/database.ts'
import type { AuditKind } from '../store/log/audit-log.ts'
import { sizeIn } from '../witness/conflicts.ts'
import type { Witnesses } from '../witness/witnesses.ts'
import { assertAuditor, checkpointOver, detailOf, recordOf } from './audit-view.ts'

interface PermitParts {
  readonly config: Pick<PeerConfig, 'catalogs' | 'institution'>
  readonly self: string
  readonly clock: Clock
  readonly database: Database
  readonly dataPermits: DataPermits
  readonly witnesses: Witnesses
}

type PermitMethods = 'permits' | 'grantPermit' | 'revokePermit' | 'confirmPermit' | 'permitRecords'

/** Maximum number of records in one extract. An extract has fewer if its file would be longer than `stimnet verify` accepts. */
const RECORDS_MAX = 500

/** The kinds of records that an authority is shown. Alerts, logins and similar records stay inside the institution. */
const SHOWN: readonly AuditKind[] = [
  'permit',
  'request',
  'decision',
  'refusal',
  'approval',
  'denial',
  'cancel',
  'spend',
  'run',
  'release',
  'end'
]

/** The methods for permits: stewards enter and revoke them; stewards, auditors and operators read them. */
export function permitMethods(parts: PermitParts): Pick<GatewayPeer, PermitMethods> {
  const { clock, database, dataPermits } = parts
  const viewOf = (permit: DataPermit) => permitOf(permit, clock.now())
  let reading: Promise<unknown> = Promise.resolve()
  return {
    permits: (account) => {
      assertAuditor(account)
      return dataPermits.list().map(viewOf)
    },
    grantPermit: async (terms, account) => {
      assertSteward(account)
      assertKnown(terms, parts)
      const permit = { terms, grantedBy: account.name, grantedAtMs: clock.now() }
      return viewOf(await database.commit((draft) => dataPermits.grant(draft, permit)))
    },
    revokePermit: async (id, account) => {
      assertSteward(account)
      const revoked = { by: account.name, atMs: clock.now() }
      const permit = await database.commit((draft) => dataPermits.revoke(draft, id, revoked))
      return permit ? viewOf(permit) : null
    },
    confirmPermit: async (id, account) => {
      assertSteward(account)
      const confirmed = { by: account.name, atMs: clock.now() }
      const permit = await database.commit((draft) => dataPermits.confirm(draft, id, confirmed))
      return permit ? viewOf(permit) : null
    },
    permitRecords: async (account, id, options) => {
      assertAuditor(account)
      const permit = dataPermits.get(id)
      if (permit === undefined) return null
      // One at a time: each reads the whole log.
      const read = reading.then(() => recordsUnder(parts, viewOf(permit), options))
      reading = read.catch(() => undefined)
      return read
    }
  }
}

/** The records under a permit: the records about the permit, records that name it, and records of the jobs whose requests named it. */
async function recordsUnder(
  { self, config, database, witnesses }: PermitParts,
  permit: Permit,
  { after, signal }: { readonly after: number; readonly signal: AbortSignal }
): Promise<PermitRecords> {
  const { id } = permit.terms
  const jobs = new Set<string>()
  const isUnder = (record: AuditRecord): boolean => {
    const isNamed = record.detailJson.includes(id) && detailOf(record.detailJson).permit === id
    if (isNamed && record.jobId !== '') jobs.add(record.jobId)
    const isItsOwn = isNamed || jobs.has(record.jobId)
    return isItsOwn && record.sequence > after && SHOWN.some((kind) => kind === record.kind)
  }
  const found = await database.auditLog.select(isUnder, { limit: RECORDS_MAX + 1, signal })
  const records = found.slice(0, RECORDS_MAX)
  const checkpoint = await checkpointOver(witnesses, records.at(-1)?.sequence ?? 0)
  const size = sizeIn(checkpoint)
  const head = { permit, peer_id: self, institution: config.institution, checkpoint }
  const proven: PermitRecords['records'][number][] = []
  const empty = extractText({ ...head, records: [], after: Number.MAX_SAFE_INTEGER })
  let room = LIMITS.evidenceFileCharactersMax - empty.length
  for (const record of records) {
    const proof = await database.auditLog.prove(record.sequence, { size, isOpened: () => !isClosed(record) })
    const { entry, path, record: opened } = proof
    const one = {
      shown: shownOf(record),
      proof: { entry: base64(entry), path: path.map(base64), record: base64(opened) }
    }
    // The length of the record with the indentation that it has in the extract.
    room -= JSON.stringify({ records: [one] }, null, 2).length
    // A single record is far shorter than the longest file, so each extract contains at least one record.
    if (room < 0 && proven.length > 0) break
    proven.push(one)
  }
  const next = found.length > proven.length ? (proven.at(-1)?.shown.sequence ?? null) : null
  return { ...head, records: proven, after: next }
}

/** As in a receipt: the record of an end without a release contains more than the requester receives, and some of this depends on data. */
function isClosed({ kind, detailJson }: AuditRecord): boolean {
  return kind === 'end' || detailOf(detailJson).why !== undefined
}

function shownOf(record: AuditRecord): PermitRecords['records'][number]['shown'] {
  const shown = recordOf(record, { asks: true })
  if (!isClosed(record)) return shown
  const { state, request, permit } = shown.detail
  return { ...shown, detail: { state, request, permit } }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function permitOf(permit: DataPermit, nowMs: number): Permit {
  const { terms, grantedBy, grantedAtMs, revoked } = permit
  return {
    state: stateOf(permit, nowMs),
    terms,
    terms_hash: canonicalHash(terms),
    granted_by: grantedBy,
    granted_at: isoOf(grantedAtMs),
    revoked_by: revoked?.by ?? null,
    revoked_at: revoked === undefined ? null : isoOf(revoked.atMs)
  }
}

/** Throws PARAMETER_INVALID for an unknown catalog or statistic, since the permit would cover nothing under that name. */
function assertKnown({ data_catalog_names: catalogs, statistics }: PermitTerms, { config }: PermitParts): void {
  const names = ['sql', ...STATISTICS.map(({ name }) => name)]
  const offered = config.catalogs.map(({ name }) => name)
  for (const [what, asked, known] of [
    ['catalog', catalogs, offered],
    ['statistic', statistics, names]
  ] as const) {
    const unknown = asked.find((name) => !known.includes(name))
    if (unknown === undefined) continue
    const reason = `There is no ${what} ${JSON.stringify(unknown)} here.${didYouMean(unknown, known)}`
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
}

function assertSteward(account: Account): void {
  if (account.roles.includes('steward')) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} enters permits`)
}
