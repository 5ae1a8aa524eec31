/** `stimnet doctor`: checks a peer and says how to repair what is wrong. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { clientSettings, command, EXIT, openToOthers, printable, readPrivate, readSeed } from '@stimnet/machine'
import { systemClock } from '@stimnet/protocol'
import { diskCheck } from '../../gateway/checks.ts'
import type { LoadedConfig } from '../../config/config.ts'
import { PEER_FOLDERS } from '../../store/folders.ts'
import { CONFIG_OPTION } from './start.ts'

interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** Exit code 1: at least one finding needs repair. */
export const doctorCommand = command({
  name: 'doctor',
  usage: '[--config FILE] [--json]',
  summary: 'Checks clock, disk, ports, other peers and the sandbox, and says what to do.',
  details: `
Each line begins with ok or FIX. A line with FIX says what to do, and the exit code is then 1. The peer may be running or
stopped.

  stimnet doctor --config ./peer/stimnet.yaml`,
  options: { config: CONFIG_OPTION, json: { type: 'boolean', help: 'Print the findings as JSON' } },
  positionals: [0, 0],
  run: async (values, _, io) => {
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const { loadConfig } = await import('../../config/config.ts')
    const loaded = await loadConfig(values.config ?? 'stimnet.yaml')
    const findings = [
      { name: 'configuration', ok: true, detail: `${loaded.config.catalogs.length} catalogs` },
      admission(loaded),
      clockFinding(),
      await permissionFinding(loaded),
      await diskCheck(resolve(loaded.baseDir, loaded.config.data_dir)),
      await storeFinding(loaded),
      ...(await gatewayFindings(loaded)),
      ...(await Promise.all(loaded.config.mesh.bootstrap.map(reachable))),
      ...(await policyFindings(loaded)),
      ...(await sourceFindings(loaded)),
      await sandboxFinding(loaded)
    ]
    if (values.json) io.out(`${JSON.stringify(findings, null, 2)}\n`)
    else
      for (const { name, ok, detail } of findings)
        io.out(`${ok ? 'ok  ' : 'FIX '} ${name.padEnd(14)} ${printable(detail)}\n`)
    return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
  }
})

function admission({ config }: LoadedConfig): Finding {
  if (config.mesh.open)
    return { name: 'admission', ok: false, detail: 'mesh.open lets everybody connect and ask: only for demonstrations' }
  const { peers } = config.mesh
  const ok = peers.length > 0 && config.requesters.length > 0
  const detail = ok
    ? `${peers.length} peers may connect, ${config.requesters.length} requesters may ask`
    : 'nobody may connect or ask yet: list PeerIds in mesh.peers and keys in requesters'
  return { name: 'admission', ok, detail }
}

/** The findings of `stimnet policy check`. A finding that only weakens the rules is shown and is no failure. */
async function policyFindings(loaded: LoadedConfig): Promise<Finding[]> {
  const { checkPolicy } = await import('../../catalogs/policy-check.ts')
  const findings = await checkPolicy(loaded)
  return findings.map(({ grade, key, detail }) => ({
    name: 'policy',
    ok: grade === 'weak',
    detail: `${key}: ${detail}`
  }))
}

/** Reads the files of each catalog. Rows of people who are in no table of people are shown and are no failure. */
async function sourceFindings({ config, baseDir }: LoadedConfig): Promise<Finding[]> {
  const { findStrays } = await import('@stimnet/data')
  const findings: Finding[] = []
  for (const catalog of config.catalogs) {
    try {
      for (const { table, file, first, rows, subjects } of await findStrays(catalog, baseDir)) {
        const detail = `${catalog.name}.${table}: ${file}, ${first}: the first of ${rows} rows of ${subjects} people who are in no table of people`
        findings.push({ name: 'rows', ok: true, detail: `${detail}; they are loaded, see docs/operating.md` })
      }
    } catch (error) {
      findings.push({ name: 'rows', ok: false, detail: error instanceof Error ? error.message : String(error) })
    }
  }
  return findings
}

/**
 * Checks the clock. Signed requests are valid for ten minutes, so a wrong clock refuses everything. Only an impossible
 * year is noticed
 * here.
 */
function clockFinding(): Finding {
  const year = new Date(performance.timeOrigin).getUTCFullYear()
  const ok = year >= 2026
  return {
    name: 'clock',
    ok,
    detail: ok ? 'plausible; keep it synchronised with NTP' : `shows the year ${year}: set it`
  }
}

/** Checks whether anybody except the peer's user has access to its files. */
async function permissionFinding({ config, baseDir }: LoadedConfig): Promise<Finding> {
  const name = 'permissions'
  const dataDir = resolve(baseDir, config.data_dir)
  const { sessionFile, keyFile } = clientSettings()
  const secrets = [...['identity.key', 'accounts.json'].map((file) => join(dataDir, file)), sessionFile, keyFile]
  for (const file of secrets) {
    const problem = await readPrivate(file).then(
      () => undefined,
      (error: Error) => error.message
    )
    if (problem !== undefined) return { name, ok: false, detail: problem }
  }
  const open = (await Promise.all(PEER_FOLDERS.map((folder) => openToOthers(join(dataDir, folder))))).flat()
  const [first] = open
  const detail = first
    ? `other users can read ${first.path}${open.length > 1 ? ` and ${open.length - 1} more` : ''}: chmod -R go= ${dataDir}`
    : 'keys, accounts and data are closed to other users'
  return { name, ok: first === undefined, detail }
}

/** Verifies every stored value, unless a running peer has the store open. */
async function storeFinding({ config, baseDir }: LoadedConfig): Promise<Finding> {
  const name = 'store'
  const directory = join(resolve(baseDir, config.data_dir), 'db')
  if (!existsSync(directory)) return { name, ok: true, detail: 'empty: the peer has not run yet' }
  const { Database } = await import('../../store/database.ts')
  const { damageText } = await import('../../store/checked-level.ts')
  try {
    const found = await Database.walk(directory)
    return {
      name,
      ok: found.damaged.length === 0,
      detail: damageText(found) ?? `all ${found.values} values are undamaged`
    }
  } catch (error) {
    const { cause } = error as { cause?: { cause?: { code?: string } } }
    if (cause?.cause?.code === 'LEVEL_LOCKED') {
      return { name, ok: true, detail: 'not checked, since the peer has it open: stimnet audit verify --url checks it' }
    }
    return { name, ok: false, detail: `${directory} cannot be opened: restore the newest undamaged copy` }
  }
}

/** Checks the gateway: the peer runs and answers, or its port is free. */
async function gatewayFindings(loaded: LoadedConfig): Promise<Finding[]> {
  const { config } = loaded
  const { gateway } = config
  if (!gateway.enabled) return []
  // Under TLS the gateway is not asked: this program may neither know its authority nor have a client certificate.
  if (gateway.tls) return [await certificateFinding(loaded)]
  if (gateway.port === 0) return []
  const url = `http://${gateway.host}:${gateway.port}`
  try {
    const ready = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })
    const body = (await ready.json()) as { checks?: Finding[] }
    return (body.checks ?? []).map((check) => ({ ...check, name: `peer: ${check.name}` }))
  } catch {
    const free = await canListen(gateway.host, gateway.port)
    const detail = free
      ? `port ${gateway.port} is free; the peer is not running`
      : `port ${gateway.port} is taken by another program: change gateway.port`
    return [{ name: 'gateway', ok: free, detail }, ...(await meshPortFindings(config.mesh.listen))]
  }
}

const DAY_MS = 24 * 3_600_000
const DAYS_LEFT_MIN = 14

/** Checks that the files of gateway.tls can be used, and for how long. */
async function certificateFinding(loaded: LoadedConfig): Promise<Finding> {
  const { openCertificates } = await import('../../config/certificates.ts')
  const name = 'certificate'
  try {
    const certificates = await openCertificates(loaded, systemClock)
    const days = Math.floor(((certificates?.expiresAtMs ?? 0) - systemClock.now()) / DAY_MS)
    const ok = days >= DAYS_LEFT_MIN
    return { name, ok, detail: `valid for ${days} more days${ok ? '' : ': renew it'}` }
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Checks the ports of the mesh; only while the peer is not running. */
async function meshPortFindings(addresses: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const address of addresses) {
    const match = /^\/ip[46]\/([^/]+)\/tcp\/([1-9]\d*)/.exec(address)
    if (!match?.[1]) continue
    const ok = await canListen(match[1], Number(match[2]))
    findings.push({ name: 'mesh', ok, detail: ok ? `${address} is free` : `${address} is taken: change mesh.listen` })
  }
  return findings
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, host, () => server.close(() => settle(true)))
  })
}

/** Checks that the address of a bootstrap peer accepts a TCP connection. The mesh itself verifies who answers. */
async function reachable(address: string): Promise<Finding> {
  const match = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)/.exec(address)
  const name = 'bootstrap'
  if (!match?.[1])
    return { name, ok: false, detail: `${address} is not an address such as /dns4/HOST/tcp/4001/p2p/PEERID` }
  const ok = await canConnect(match[1], Number(match[2]))
  return {
    name,
    ok,
    detail: ok ? `${address} answers` : `${address} does not answer: ask its steward, check the firewall`
  }
}

async function canConnect(host: string, port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: 3_000 })
    const end = (ok: boolean) => {
      socket.destroy()
      settle(ok)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}

async function sandboxFinding({ config, baseDir }: LoadedConfig): Promise<Finding> {
  const name = 'sandbox'
  if (config.sandbox.engine === 'none') return { name, ok: true, detail: 'none: scripts are refused' }
  try {
    const { openConfiguredSandbox } = await import('../../start/opening.ts')
    const dataDir = resolve(baseDir, config.data_dir)
    // Unsafe permissions of the key are reported by the check of permissions.
    const seed = await readSeed(join(dataDir, 'identity.key')).catch(() => undefined)
    const chosen = await openConfiguredSandbox(config, dataDir, { owner: 'doctor', seed })
    const description = await chosen?.sandbox.describe()
    await chosen?.sandbox.close()
    return {
      name,
      ok: true,
      detail: `${description?.engine} (${description?.grade}) runs ${description?.languages.join(', ')}; ${chosen?.reason}`
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no reason given'
    const isDocker = config.sandbox.engine === 'docker' || config.sandbox.docker.runtime !== undefined
    const what = isDocker
      ? 'start Docker, and build its images with npm run images'
      : 'npm ci installs Deno and Pyodide'
    return { name, ok: false, detail: `cannot be started (${why}): ${what}` }
  }
}
