/** Gauges of a peer for Prometheus, read at each scrape. They contain rounded amounts of the node, and nothing about data. */
import { Gauge, type Registry } from 'prom-client'

/** The kinds of limits that can be used up: the allowances, and the information about variables. */
export const USED_UP = ['privacy budget', 'refusals', 'script bits', 'information'] as const

/** The state of a peer at one moment. */
export interface Readings {
  readonly queued: number
  readonly queueMax: number
  readonly running: number
  readonly peers: number
  /** Attached gateway processes. */
  readonly gateways: number
  /** The health checks, named as in `/ready`. */
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[]
  /** The file system with the data folder; undefined if it cannot be read. */
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number } | undefined
  /** Disk use by purpose, as in `stimnet status`, without the free space. */
  readonly diskUse: readonly { readonly what: string; readonly bytes: number }[]
  /** The largest used share of each kind, 0 to 1. */
  readonly used: Readonly<Record<(typeof USED_UP)[number], number>>
  /** End of validity by file name, Unix time, ms; 0 for a certificate that cannot be read. */
  readonly certificates: ReadonlyMap<string, number>
}

/** The step to which free space is rounded down, so that the size of a single epoch or result cannot be determined. */
const DISK_STEP_BYTES = 64 * 1024 * 1024

/** Registers the gauges. `onMetrics` sets the function that is called just before they are read. */
export function createGauges(registry: Registry): {
  onMetrics(read: () => Promise<Readings>): void
  metrics(): Promise<string>
} {
  const set = gaugesOf(registry)
  let read: (() => Promise<Readings>) | undefined
  return {
    onMetrics: (reader) => {
      read = reader
    },
    metrics: async () => {
      if (read) set(await read())
      return await registry.metrics()
    }
  }
}

function gaugesOf(registry: Registry): (now: Readings) => void {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const queued = gauge('stimnet_jobs_queued', 'Jobs waiting')
  const queueMax = gauge('stimnet_jobs_queue_limit', 'Jobs that may wait; further requests are refused')
  const running = gauge('stimnet_jobs_running', 'Jobs running')
  const peers = gauge('stimnet_peers_connected', 'Connected peers')
  const gateways = gauge('stimnet_gateways_attached', 'Gateway processes that are attached')
  const checks = gauge('stimnet_check_ok', '1 where a check of /ready is ok, else 0', 'check')
  const free = gauge('stimnet_disk_free_bytes', 'Free space where the data folder is, rounded down')
  const size = gauge('stimnet_disk_size_bytes', 'Size of the file system where the data folder is')
  const use = gauge(
    'stimnet_disk_use_bytes',
    'Used by this peer, rounded down; parts of the database are in it',
    'what'
  )
  const used = gauge('stimnet_used_share', 'Largest used share of any allowance, in whole tenths', 'what')
  const ends = gauge('stimnet_certificate_expiry_timestamp_seconds', 'End of validity; 0 if unreadable', 'file')
  return (now) => {
    queued.set(now.queued)
    queueMax.set(now.queueMax)
    running.set(now.running)
    peers.set(now.peers)
    gateways.set(now.gateways)
    for (const { name, ok } of now.checks) checks.set({ check: name }, ok ? 1 : 0)
    // A disk whose state cannot be read is shown as full, which is the safe assumption.
    free.set(Math.floor((now.disk?.freeBytes ?? 0) / DISK_STEP_BYTES) * DISK_STEP_BYTES)
    size.set(now.disk?.sizeBytes ?? 0)
    for (const { what, bytes } of now.diskUse) use.set({ what }, Math.floor(bytes / DISK_STEP_BYTES) * DISK_STEP_BYTES)
    for (const what of USED_UP) used.set({ what }, Math.floor(now.used[what] * 10) / 10)
    for (const [file, ms] of now.certificates) ends.set({ file }, ms / 1_000)
  }
}
