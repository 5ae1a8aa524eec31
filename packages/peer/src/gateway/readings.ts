/** Readings of a running peer for the gauges of `/metrics`. */
import { X509Certificate } from 'node:crypto'
import { readFile, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readiness } from '@stimnet/api'
import type { Gateways } from '@stimnet/gateway'
import type { Mesh } from '@stimnet/mesh'
import type { Clock } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { CatalogPrivacies } from '../jobs/release/privacy.ts'
import { informedOf, type Used, usagesOf } from '../jobs/release/usage.ts'
import type { Runner } from '../jobs/run/runner.ts'
import type { Readings } from '../monitor/gauges.ts'
import type { Database } from '../store/database.ts'
import { databaseUse, diskUseOf, type DiskUse } from '../store/disk-use.ts'
import type { PrivacyLedger } from '../store/released/privacy-ledger.ts'

interface ReadingParts {
  readonly config: PeerConfig
  readonly baseDir: string
  readonly dataDir: string
  readonly clock: Clock
  readonly mesh: Pick<Mesh, 'connected'>
  readonly gateways: Pick<Gateways, 'list'>
  readonly runner: Pick<Runner, 'counts'>
  readonly checks: () => Promise<Readiness['checks']>
  readonly ledger: PrivacyLedger
  readonly privacy: CatalogPrivacies
  readonly database: Pick<Database, 'bytesOf'>
}

/** Interval of reading the ledgers and the folders, ms. Prometheus reads every few seconds, and they change slowly. */
const SLOW_EVERY_MS = 60_000

/** Returns the function that reads the state at each scrape. */
export function createReadings(parts: ReadingParts): () => Promise<Readings> {
  const { config, clock, mesh, runner, checks } = parts
  let known: { readonly atMs: number; readonly slow: Promise<Pick<Readings, 'used' | 'diskUse'>> } | undefined
  const diskUse = diskUseOf(parts.dataDir)
  const slow = () => {
    const nowMs = clock.now()
    if (!known || Math.abs(nowMs - known.atMs) >= SLOW_EVERY_MS) known = { atMs: nowMs, slow: slowOf(parts, diskUse) }
    return known.slow
  }
  return async () => ({
    ...runner.counts,
    queueMax: config.jobs.queue_max,
    peers: mesh.connected().length,
    gateways: parts.gateways.list().length,
    checks: await checks(),
    disk: await diskOf(parts.dataDir),
    ...(await slow()),
    certificates: await certificatesOf(parts)
  })
}

async function slowOf(
  parts: ReadingParts,
  diskUse: () => Promise<DiskUse[]>
): Promise<Pick<Readings, 'used' | 'diskUse'>> {
  const use = [...(await diskUse()), ...(await databaseUse(parts.database))]
  return { used: await usedOf(parts), diskUse: use.filter(({ what }) => what !== 'free') }
}

/**
 * The largest share of each kind over all catalogs, scopes and variables, so that no individual catalog, scope or variable
 * is named.
 */
async function usedOf({ config: { catalogs }, ledger, privacy }: ReadingParts): Promise<Readings['used']> {
  const informed = (await informedOf(catalogs, privacy)).map((one) => ({ ...one, what: 'information' as const }))
  const used = { 'privacy budget': 0, refusals: 0, 'script bits': 0, information: 0 }
  for (const one of [...usagesOf({ catalogs, ledger, privacy }), ...informed]) {
    used[one.what] = Math.max(used[one.what], shareOf(one))
  }
  return used
}

function shareOf({ used, max }: Pick<Used, 'used' | 'max'>): number {
  return max > 0 ? Math.min(1, used / max) : 0
}

async function diskOf(dataDir: string): Promise<Readings['disk']> {
  return statfs(dataDir).then(
    ({ bavail, blocks, bsize }) => ({ freeBytes: bavail * bsize, sizeBytes: blocks * bsize }),
    () => undefined
  )
}

/** The certificates of the gateway and of the channel to its processes, and those of programs in front of it that `metrics.certificates` names. */
async function certificatesOf({ config, baseDir }: ReadingParts): Promise<ReadonlyMap<string, number>> {
  const own = [config.gateway.tls, config.gateways.tls].flatMap((tls) => (tls === undefined ? [] : [tls.cert]))
  const files = [...own, ...config.metrics.certificates]
  return new Map(await Promise.all(files.map(async (file) => [file, await endOf(resolve(baseDir, file))] as const)))
}

async function endOf(path: string): Promise<number> {
  try {
    return new X509Certificate(await readFile(path)).validToDate.getTime()
  } catch {
    return 0
  }
}
