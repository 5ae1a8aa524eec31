/** `stimnet status`: the state of a peer for its operator: running jobs, connected peers, and tasks that wait for a person. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { CLIENT_OPTIONS, clientFor, command, EXIT, exitOfCode, gatewayUrl, type Io } from '@stimnet/machine'
import { isKeyId, StimnetError } from '@stimnet/protocol'
import { type Client, createClient, type Health, type Readiness, type Status } from '@stimnet/sdk'
import type { LoadedConfig } from '../../config/config.ts'
import { CONFIG_OPTION } from './start.ts'
import { bytesText } from '../../store/disk-use.ts'
import { type LocalStatus, restText, statusText } from './status-text.ts'

const CONFIG_FILE = 'stimnet.yaml'

/** Exit codes: 0 runs and every check is ok; 1 runs and a check fails; 3 no peer answers; 4 it runs, and a login is needed. */
export const statusCommand = command({
  name: 'status',
  usage: '[--config FILE] [--url URL] [--json]',
  summary: 'Shows what runs, who is connected, what waits for a person, and what is used.',
  details: `
Asks the gateway of the peer that the configuration describes, or the one at --url. Without a login as steward, auditor or operator
it shows what anybody may see, and the disk use if there is a configuration.

Exit code 0: the peer runs and all its checks are ok. 1: it runs, and a check fails. 3: no peer runs there. 4: it runs, and more is
shown after a login.

  stimnet login olga && stimnet status
  stimnet status --config ./peer/stimnet.yaml`,
  options: { config: CONFIG_OPTION, ...CLIENT_OPTIONS },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const loaded = await configOf(values.config)
    const url = values.url ?? (loaded && urlOf(loaded)) ?? (await gatewayUrl(undefined))
    const local = await localOf(loaded)
    const health = await answerOf(createClient({ url }).health({ signal: AbortSignal.timeout(WAIT_MS) }))
    // Another program at that port may answer with any JSON.
    if ('error' in health) return absent({ url, loaded, local, ...whyOf(health.error) }, values.json, io)
    if (!isPeer(health.answer)) return absent({ url, loaded, local }, values.json, io)
    // The gateway of another peer discloses nothing about the peer of this configuration.
    const other = loaded && values.url === undefined ? await otherThan(loaded, health.answer) : undefined
    if (other !== undefined) return absent({ url, why: other, loaded, local }, values.json, io)
    const status = await answerOf((await clientFor(url)).status())
    if ('answer' in status) return whole(status.answer, values.json, io)
    return inPart(url, { health: health.answer, why: status.error, local }, values.json, io)
  }
})

/** Maximum time for a gateway to answer, ms. */
const WAIT_MS = 5_000

/** The named configuration, or the one in this folder, if any. Throws CONFIG_INVALID. */
async function configOf(file: string | undefined): Promise<LoadedConfig | undefined> {
  if (file === undefined && !existsSync(CONFIG_FILE)) return undefined
  // Loaded when needed, so that client commands start without DuckDB and libp2p.
  const { loadConfig } = await import('../../config/config.ts')
  return loadConfig(file ?? CONFIG_FILE)
}

/**
 * The URL of the configured gateway, or the one at which browsers reach the gateway processes in its place; undefined if there is neither, or
 * if the gateway selects its port itself.
 */
function urlOf({ config: { gateway } }: LoadedConfig): string | undefined {
  if (!gateway.enabled) return gateway.public_url?.replace(/\/+$/, '')
  if (gateway.port === 0) return undefined
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[gateway.host] ?? gateway.host
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `${gateway.tls ? 'https' : 'http'}://${bracketed}:${gateway.port}`
}

async function localOf(loaded: LoadedConfig | undefined): Promise<LocalStatus | undefined> {
  if (!loaded) return undefined
  const { diskUseOf } = await import('../../store/disk-use.ts')
  const { config, baseDir } = loaded
  return { institution: config.institution, disk: await diskUseOf(resolve(baseDir, config.data_dir))() }
}

/** The reason why the answering peer is not the peer of this configuration; undefined if it is, or if there is no key yet. */
async function otherThan({ config, baseDir }: LoadedConfig, { peer_id, institution }: Health) {
  const { peerIdIn } = await import('../../store/identity.ts')
  const own = await peerIdIn(resolve(baseDir, config.data_dir)).catch(() => undefined)
  return own === undefined || own === peer_id ? undefined : `another peer answers there: ${institution} (${peer_id})`
}

function isPeer(answer: Partial<Health>): boolean {
  return typeof answer.peer_id === 'string' && isKeyId(answer.peer_id)
}

type Answer<T> = { readonly answer: T } | { readonly error: StimnetError }

async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { answer: await asked }
  } catch (error) {
    if (error instanceof StimnetError) return { error }
    if ((error as Error).name === 'TimeoutError') return { error: new StimnetError('DEADLINE', 'asking a gateway') }
    throw error
  }
}

/** Error codes of the system if nothing listens. */
const NOBODY = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']

/** The reason why a program that is there cannot be asked. The peer may be running all the same. */
function whyOf(error: StimnetError): Pick<Absent, 'why' | 'isUnknown'> {
  if (error.code === 'DEADLINE') return { why: 'a program is there and does not answer in time', isUnknown: true }
  let at: unknown = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  const code = (at as NodeJS.ErrnoException).code ?? ''
  if (NOBODY.includes(code) || !/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return {}
  return {
    why: `its certificate is not trusted here (${code}): name its authority in NODE_EXTRA_CA_CERTS`,
    isUnknown: true
  }
}

function whole(status: Status, json: boolean | undefined, io: Io): number {
  io.out(json ? `${JSON.stringify({ running: true, ...status }, null, 2)}\n` : statusText(status))
  return status.checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
}

interface Partly {
  readonly health: Health
  readonly why: StimnetError
  readonly local: LocalStatus | undefined
}

/** Shows the public state of a running peer, and the reason why no more is shown. */
async function inPart(url: string, { health, why, local }: Partly, json: boolean | undefined, io: Io): Promise<number> {
  const { checks } = await readinessOf(createClient({ url }))
  if (json) io.out(`${JSON.stringify({ running: true, ...health, checks, disk: local?.disk ?? [] }, null, 2)}\n`)
  else io.out(restText({ url, health, checks, local }))
  io.err(
    exitOfCode(why.code) === EXIT.notLetIn
      ? `Members, what waits and budgets: log in as steward, auditor or operator (stimnet login NAME --url ${url}).\n`
      : `The rest cannot be shown (${why.code}).\n`
  )
  return exitOfCode(why.code)
}

async function readinessOf(client: Client): Promise<Readiness> {
  return client.readiness().catch(() => ({ ready: false, checks: [] }))
}

interface Absent {
  readonly url: string
  /** The reason; absent if nothing answers. */
  readonly why?: string
  /** Whether the peer may be running although it was not reached. */
  readonly isUnknown?: boolean
  readonly loaded: LoadedConfig | undefined
  readonly local: LocalStatus | undefined
}

function absent({ url, why, isUnknown, loaded, local }: Absent, json: boolean | undefined, io: Io): number {
  const isOff = loaded !== undefined && !loaded.config.gateway.enabled && urlOf(loaded) === undefined
  const reason = isOff
    ? 'its own gateway is switched off (gateway.enabled), so it cannot be asked whether it runs: name that of a gateway process with --url'
    : (why ?? `nothing answers at ${url} as a peer does`)
  const file = loaded?.file
  if (json) {
    io.out(
      `${JSON.stringify({ running: isOff || isUnknown ? null : false, reason, disk: local?.disk ?? [] }, null, 2)}\n`
    )
    return EXIT.unreachable
  }
  io.out(`${isOff || isUnknown ? 'Unknown' : 'Not running'}: ${reason}.\n`)
  if (local) io.out(`${local.institution}, on disk: ${local.disk.map(bytesText).join(', ')}\n`)
  const at = file === undefined ? '' : ` --config ${file}`
  io.err(`stimnet start${at} starts a peer; stimnet doctor${at} says what keeps it from starting.\n`)
  return EXIT.unreachable
}
