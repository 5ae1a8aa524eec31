/** Check of the ports: either the peer's own gateway answers, or the port is free. */
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { systemClock } from '@stimnet/protocol'
import type { Health, Readiness } from '@stimnet/api'
import { openCertificates } from '../config/certificates.ts'
import type { LoadedConfig } from '../config/config.ts'
import { hostAndPort } from '../config/hosts.ts'
import { assertClosed } from '../start/gateway/channel-socket.ts'
import { type Finding, messageOf, namer } from './finding.ts'

const ANSWER_MS = 3_000

/** The result of the check of the gateway. */
export interface Door {
  readonly findings: Finding[]
  /** Whether this peer runs; undefined if that cannot be determined. */
  readonly isRunning: boolean | undefined
  /** The URL of the running gateway, if it was asked. */
  readonly url?: string
}

/** Checks the gateway, and the ports of a peer that does not run. `peerId` is this peer's own PeerId. */
export async function doorOf(loaded: LoadedConfig, peerId: string | undefined): Promise<Door> {
  const { config } = loaded
  const { gateway } = config
  const certificate = gateway.tls ? [await certificateFinding(loaded)] : []
  if (!gateway.enabled || gateway.port === 0) {
    return { findings: [...certificate, ...(await otherPorts(loaded, { mayRun: true }))], isRunning: undefined }
  }
  const state = await listening(gateway)
  const { ok, fix } = namer('gateway')
  if (state === 'free') {
    const free = ok(`port ${gateway.port} is free; the peer is not running`)
    return { findings: [...certificate, free, ...(await otherPorts(loaded, { mayRun: false }))], isRunning: false }
  }
  if (state !== 'taken') return { findings: [...certificate, fix(state)], isRunning: false }
  const taken = (by: string) => fix(`port ${gateway.port} is taken by ${by}: stop it, or change gateway.port`)
  if (gateway.tls) {
    const isOwn = await showsOwnCertificate(loaded).catch(() => false)
    if (isOwn) return { findings: [...certificate, ok('the peer runs, with its certificate')], isRunning: true }
    return { findings: [...certificate, taken('a program that does not show this certificate')], isRunning: undefined }
  }
  const url = `http://${hostOf(gateway.host)}:${gateway.port}`
  const health = await jsonAt<Health>(`${url}/health`)
  if (typeof health?.peer_id !== 'string') return { findings: [taken('another program')], isRunning: false }
  if (peerId === undefined) {
    const whose = `${String(health.institution)} (${health.peer_id})`
    return {
      findings: [fix(`port ${gateway.port}: whether ${whose} is this peer cannot be checked without its key`)],
      isRunning: undefined
    }
  }
  if (health.peer_id !== peerId) {
    const other = `another peer, ${String(health.institution)} (${health.peer_id})`
    return { findings: [taken(other)], isRunning: false }
  }
  const ready = await jsonAt<Readiness>(`${url}/ready`)
  const checks = ready?.checks ?? [{ name: 'ready', ok: false, detail: 'gives no answer: see the log' }]
  return { findings: checks.map((check) => ({ ...check, name: `peer: ${check.name}` })), isRunning: true, url }
}

/** The address at which this machine reaches its own listener. */
function hostOf(host: string): string {
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return reached.includes(':') && !reached.startsWith('[') ? `[${reached}]` : reached
}

async function jsonAt<T>(url: string): Promise<Partial<T> | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
    const body: unknown = await answer.json()
    return typeof body === 'object' && body !== null ? (body as Partial<T>) : undefined
  } catch {
    return undefined
  }
}

/** Whether the program at the gateway's port presents the certificate that the configuration names. Nothing is sent to it. */
async function showsOwnCertificate({ config: { gateway }, baseDir }: LoadedConfig): Promise<boolean> {
  const own = new X509Certificate(await readFile(resolve(baseDir, gateway.tls?.cert ?? '')))
  const host = hostOf(gateway.host).replace(/^\[|\]$/g, '')
  return new Promise((settle, fail) => {
    // Only the bytes of the certificate are compared, so its issuer does not matter.
    const socket = connectTls({ host, port: gateway.port, rejectUnauthorized: false, timeout: ANSWER_MS })
    const end = (isOwn: boolean) => {
      socket.destroy()
      settle(isOwn)
    }
    socket.once('secureConnect', () => end(socket.getPeerX509Certificate()?.fingerprint256 === own.fingerprint256))
    socket.once('timeout', () => end(false))
    socket.once('error', fail)
  })
}

const DAY_MS = 24 * 3_600_000
const DAYS_LEFT_MIN = 14

/** Checks that the files of gateway.tls can be used, and how long they are valid. */
async function certificateFinding(loaded: LoadedConfig): Promise<Finding> {
  const { ok, fix } = namer('certificate')
  try {
    const certificates = await openCertificates(loaded, systemClock)
    const days = Math.floor(((certificates?.expiresAtMs ?? 0) - systemClock.now()) / DAY_MS)
    const valid = `valid for ${days} more days`
    return days >= DAYS_LEFT_MIN ? ok(valid) : fix(`${valid}: renew it`)
  } catch (error) {
    return fix(messageOf(error))
  }
}

/** Checks the ports of the mesh, metrics and gateway processes. If the peer `mayRun`, it may itself be the program that listens there. */
async function otherPorts({ config, baseDir }: LoadedConfig, run: { mayRun: boolean }): Promise<Finding[]> {
  const { mesh, metrics, gateways } = config
  const findings: Finding[] = []
  for (const address of mesh.listen) {
    const match = /^\/ip[46]\/([^/]+)\/tcp\/([1-9]\d*)/.exec(address)
    if (!match?.[1]) continue
    findings.push(await portFinding('mesh', { host: match[1], port: Number(match[2]), key: 'mesh.listen', ...run }))
  }
  const where = metrics.listen === undefined ? undefined : hostAndPort(metrics.listen)
  if (where && where.port > 0) findings.push(await portFinding('metrics', { ...where, key: 'metrics.listen', ...run }))
  const channel = gateways.tls && hostAndPort(gateways.tls.listen)
  if (channel && channel.port > 0) {
    findings.push(await portFinding('gateways', { ...channel, key: 'gateways.tls.listen', ...run }))
  }
  if (gateways.socket !== undefined) findings.push(await socketFinding(resolve(baseDir, gateways.socket)))
  return findings
}

/** Checks the folder of the socket for gateway processes. */
async function socketFinding(path: string): Promise<Finding> {
  const { ok, fix } = namer('gateways')
  const folder = dirname(path)
  if (!existsSync(folder)) return ok(`the start makes ${folder}, if this user may`)
  return assertClosed(path).then(
    () => ok(`${folder} is closed to other users`),
    (error: unknown) => fix(messageOf(error))
  )
}

interface Place {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly mayRun: boolean
}

async function portFinding(name: string, { host, port, key, mayRun }: Place): Promise<Finding> {
  const { ok, fix } = namer(name)
  const state = await listening({ host, port })
  if (state === 'free') return ok(`${host} port ${port} is free`)
  if (state !== 'taken') return fix(`${key}: ${state}`)
  if (mayRun) return ok(`${host} port ${port} is taken, by this peer if it runs`)
  return fix(`${host} port ${port} is taken by another program: stop it, or change ${key}`)
}

/** `free`, `taken`, or the reason why this user cannot listen there. */
function listening({ host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      settle(code === 'EADDRINUSE' ? 'taken' : whyNot(host, port, code))
    )
    server.listen(port, host, () => server.close(() => settle('free')))
  })
}

function whyNot(host: string, port: number, code: string | undefined): string {
  if (code === 'EACCES')
    return `this user may not listen on port ${port}: choose a port from 1024, or put a proxy in front`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `this machine has no address ${host}: listen on one of its own`
  return `${host} port ${port} cannot be used (${code})`
}
