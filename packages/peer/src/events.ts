/**
 * Events of a peer. Each event is one function, which writes the log line and counts. The audit log is separate, in the
 * database.
 */
import type { Access } from '@stimnet/gateway'
import { CODES, type Code } from '@stimnet/protocol'
import { type Logger, pino } from 'pino'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { createGauges, type Readings } from './monitor/gauges.ts'
import { escaping, type LogDestination } from './monitor/log-lines.ts'

/** The kinds of alerts. */
export const ALERT_KINDS = [
  'login-failed',
  'rate-limited',
  'statement-refused',
  'digest-refused',
  'digest-conflict',
  'log-regression',
  'log-conflict',
  'refused-often',
  'quota',
  'connection-refused',
  'peer-shut-out',
  'relay-lost',
  'near-identical',
  'nearly-used-up',
  'sandbox-open',
  'clock-skew'
] as const

/** An alert for the operators. */
export interface Alert {
  readonly kind: (typeof ALERT_KINDS)[number]
  /** Key id, PeerId, account or scope. */
  readonly actor: string
  readonly detail?: string
}

/** One function per event. */
export interface PeerEvents {
  started(facts: { peerId: string; addresses: readonly string[]; gatewayUrl?: string }): void
  stopped(): void
  /** `newer` is the epoch of changed files, if the catalog still answers from an earlier epoch. */
  catalogReady(facts: { catalog: string; epoch: string; fresh: boolean; newer?: string }): void
  /** The database of a catalog could not be reached, or its role may write. */
  sourceNoted(facts: { catalog: string; note: string }): void
  /** Rows of a catalog's file belong to people who are in no table of people. */
  strayRows(facts: {
    catalog: string
    table: string
    file: string
    first: string
    rows: number
    subjects: number
  }): void
  /** Missingness of a catalog was to be released, but questions of a project had already been answered from this epoch. */
  missingnessUntold(catalog: string): void
  /** The engine that runs scripts, its isolation grade, and the reason for its choice. */
  sandboxReady(facts: { engine: string; grade: string; why: string }): void
  /** The sandbox does not answer, and an approved job is waiting for it. */
  sandboxAway(facts: { jobId: string }): void
  /** One of several Docker engines does not answer, or may not be used. It is tried again. */
  engineAway(facts: { engine: string; why: string }): void
  peerConnected(peerId: string): void
  peerDisconnected(peerId: string): void
  /** A gateway process is attached: it carries requests to this peer. */
  gatewayAttached(facts: { name: string; version: string; through: string }): void
  gatewayDetached(facts: { name: string; version: string; through: string }): void
  /** From now on, others reach this peer through the relay. */
  relayReserved(facts: { relay: string; address: string }): void
  /** An exchange was answered, or refused with a code. */
  served(facts: { exchange: string; from?: string; ms: number; code?: Code }): void
  admitted(facts: { jobId: string; catalog: string; program: string; askedBy: string }): void
  refused(facts: { code: Code; askedBy: string; catalog?: string; cause?: unknown }): void
  ran(facts: { jobId: string; program: string; ms: number }): void
  ended(facts: { jobId: string; state: string; code?: Code; why?: string; cause?: unknown }): void
  asked(facts: { requestId: string; peers: number }): void
  partFailed(facts: { requestId: string; peerId: string; code: Code; cause?: unknown }): void
  /** An alert for the operators was raised. */
  alert(alert: Alert): void
  /** The gateway answered a request. */
  answered(facts: { route: string; status: number; ms: number }): void
  /** A request of the gateway has ended; for the access log. */
  accessed(access: Access): void
  /** An unexpected failure. The client received the incident as its reference. */
  unexpected(error: unknown, incident: string): void
  metrics(): Promise<string>
  /** Registers the function that is called for the gauges just before they are read. */
  onMetrics(read: () => Promise<Readings>): void
}

/**
 * Creates the events with a log at the given level. Lines are written to standard error, so that standard output stays free
 * for answers; `to` is for tests.
 */
export function createEvents(settings: { level: string; nodeId: string; to?: LogDestination }): PeerEvents {
  const to = escaping(settings.to ?? pino.destination({ fd: 2, sync: false }))
  const log = pino({ level: settings.level, base: { node: settings.nodeId } }, to)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    ...lifeEvents(log, registry),
    ...alertEvents(log, registry),
    ...jobEvents(log, registry),
    ...meshEvents(log, registry),
    ...gatewayEvents(log, registry),
    ...createGauges(registry)
  }
}

function lifeEvents(log: Logger, registry: Registry) {
  const failures = new Counter({
    name: 'stimnet_unexpected_total',
    help: 'Unexpected failures, each with a line of the log',
    registers: [registry]
  })
  return {
    started: (facts: object) => log.info(facts, 'serving'),
    stopped: () => log.info('stopped'),
    catalogReady: (facts: { newer?: string }) =>
      facts.newer === undefined
        ? log.info(facts, 'catalog ready')
        : log.warn(facts, 'catalog ready at its earlier epoch: stimnet epoch accept takes the newer one'),
    sourceNoted: (facts: object) => log.warn(facts, 'about the database of a catalog'),
    strayRows: (facts: object) =>
      log.warn(
        facts,
        'rows of people who are in no table of people are loaded; such a person has no value of those tables'
      ),
    missingnessUntold: (catalog: string) =>
      log.warn(
        { catalog },
        'its missingness stays undisclosed until a newer epoch is accepted with --forget --tell-missing'
      ),
    sandboxReady: (facts: object) => log.info(facts, 'sandbox ready'),
    sandboxAway: (facts: { jobId: string }) =>
      log.warn(facts, 'the sandbox does not answer: start it again, an approved script waits for it'),
    engineAway: (facts: { engine: string; why: string }) => log.warn(facts, 'a Docker engine is not used for now'),
    unexpected: (error: unknown, incident: string) => {
      failures.inc()
      log.error({ err: error, incident }, 'unexpected')
    }
  }
}

function alertEvents(log: Logger, registry: Registry) {
  const alerts = new Counter({
    name: 'stimnet_alerts_total',
    help: 'What somebody should look at',
    labelNames: ['kind'],
    registers: [registry]
  })
  // The series exist from the start, because Prometheus counts no increase from a series that did not exist before.
  for (const kind of ALERT_KINDS) alerts.inc({ kind }, 0)
  return {
    alert: ({ kind, actor, detail }: Alert) => {
      alerts.inc({ kind })
      log.warn({ alert: kind, actor, ...(detail ? { detail } : {}) }, 'alert')
    }
  }
}

/**
 * The outcomes that an operator distinguishes. Outcomes by policy, by disclosure control and by a program's failure are
 * merged, for the same reason as refusals have no labels.
 */
const OUTCOMES = ['completed', 'node-fault', 'other'] as const

function outcomeOf({ state, code }: { state: string; code?: Code }): (typeof OUTCOMES)[number] {
  if (state === 'completed') return 'completed'
  return code !== undefined && CODES[code].fault === 'node' ? 'node-fault' : 'other'
}

function jobEvents(log: Logger, registry: Registry) {
  const registers = [registry]
  const admissions = new Counter({ name: 'stimnet_admissions_total', help: 'Requests admitted', registers })
  // No labels for reasons, because /metrics may be read by more people than the log.
  const refusals = new Counter({ name: 'stimnet_refusals_total', help: 'Requests refused', registers })
  const ends = new Counter({
    name: 'stimnet_jobs_ended_total',
    help: 'Jobs that reached an end: completed, failed through a fault of this node, or another end',
    labelNames: ['outcome'],
    registers
  })
  for (const outcome of OUTCOMES) ends.inc({ outcome }, 0)
  const runs = new Histogram({
    name: 'stimnet_job_run_seconds',
    help: 'Time from start to end of a run',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    registers
  })
  return {
    admitted: (facts: object) => {
      admissions.inc()
      log.info(facts, 'admitted')
    },
    refused: ({ cause, ...facts }: { cause?: unknown }) => {
      refusals.inc()
      log.info({ ...facts, ...(cause === undefined ? {} : { err: cause }) }, 'refused')
    },
    ran: (facts: { ms: number }) => {
      runs.observe(facts.ms / 1000)
      log.debug(facts, 'ran')
    },
    ended: ({ cause, ...facts }: { state: string; code?: Code; cause?: unknown }) => {
      ends.inc({ outcome: outcomeOf(facts) })
      log.info({ ...facts, ...(cause === undefined ? {} : { err: cause }) }, 'ended')
    },
    asked: (facts: object) => log.info(facts, 'asked'),
    partFailed: ({ cause, ...facts }: { cause?: unknown }) =>
      log.info({ ...facts, ...(cause === undefined ? {} : { err: cause }) }, 'a peer gave no answer')
  }
}

function meshEvents(log: Logger, registry: Registry) {
  const exchanges = new Counter({
    name: 'stimnet_exchanges_total',
    help: 'Questions answered on the mesh',
    labelNames: ['exchange'],
    registers: [registry]
  })
  return {
    peerConnected: (peerId: string) => log.info({ peerId }, 'peer connected'),
    peerDisconnected: (peerId: string) => log.info({ peerId }, 'peer disconnected'),
    relayReserved: (facts: object) => log.info(facts, 'others reach this peer through the relay'),
    served: (facts: { exchange: string }) => {
      exchanges.inc({ exchange: facts.exchange })
      log.debug(facts, 'served')
    }
  }
}

function gatewayEvents(log: Logger, registry: Registry) {
  const registers = [registry]
  // Whether there is an access log is a setting of its own, so the level of other lines does not hide it.
  const accesses = log.child({}, { level: log.level === 'silent' ? 'silent' : 'info' })
  const requests = new Counter({
    name: 'stimnet_http_requests_total',
    help: 'Requests that the gateway answered, by operation of its API and class of status',
    labelNames: ['route', 'status'],
    registers
  })
  // The buckets are coarse, and time is measured until the answer begins: an event stream lasts for hours.
  const times = new Histogram({
    name: 'stimnet_http_request_seconds',
    help: 'Time from a request of the gateway to its answer',
    labelNames: ['route'],
    buckets: [0.02, 0.1, 0.5, 2, 10],
    registers
  })
  return {
    gatewayAttached: ({ name, version, through }: { name: string; version: string; through: string }) =>
      log.info({ gateway: name, version, through }, 'a gateway process is attached'),
    gatewayDetached: ({ name }: { name: string }) => log.warn({ gateway: name }, 'a gateway process is gone'),
    answered: ({ route, status, ms }: { route: string; status: number; ms: number }) => {
      requests.inc({ route, status: `${Math.floor(status / 100)}xx` })
      times.observe({ route }, ms / 1_000)
    },
    accessed: (access: Access) => accesses.info(access, 'access')
  }
}
