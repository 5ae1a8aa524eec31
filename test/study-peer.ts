/** One institution with catalogs over made-up studies, which is queried through its REST API. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { codeOf, StimnetError } from '@stimnet/protocol'
import type { Client, Job, JobSubmission } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { CHEAP_PASSWORDS, clientOf, PASSWORD } from './mesh.ts'
import { csvOf, type Study, type Tables } from './usefulness/study.ts'

/** A catalog over a study. `more` is merged into the steward's description. */
export interface Offered {
  readonly name: string
  readonly study: Study
  readonly more?: Readonly<Record<string, unknown>>
}

/** The running institution, with a client. */
export interface StudyPeer {
  readonly folder: string
  readonly configFile: string
  peer: Peer
  client: Client
  /** Stops the peer, lets `meanwhile` change its files, and starts it again. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>
  stop(): Promise<void>
}

/** Options of `startStudyPeer`. */
export interface StudyPeerOptions {
  readonly folder: string
  readonly offered: readonly Offered[]
  readonly preset?: string
  /** Merged into the sections of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** The node id of the institution. */
const STUDY_NODE = 'studies'

/** Writes files and configuration, and starts the peer. */
export async function startStudyPeer(options: StudyPeerOptions): Promise<StudyPeer> {
  const { folder, offered, preset = 'default', config = {} } = options
  await mkdir(join(folder, 'data'), { recursive: true })
  const catalogs = []
  for (const { name, study, more = {} } of offered) {
    await writeTables(folder, name, study.tables)
    catalogs.push({ ...study.describe(name, filesOf(name, study.tables)), ...more })
  }
  const written = {
    node_id: STUDY_NODE,
    institution: 'A hospital with studies',
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    requesters: ['gateway:self'],
    gateway: { port: 0, requests_per_minute: 1_000_000, logins_per_minute: 1_000 },
    privacy: { preset },
    sandbox: { engine: 'none' },
    log: { level: 'silent' },
    catalogs,
    ...config
  }
  const configFile = join(folder, 'stimnet.yaml')
  await writeFile(configFile, stringify(written))
  const opened: StudyPeer = {
    folder,
    configFile,
    ...(await open(configFile)),
    restart: async (meanwhile) => {
      await opened.peer.stop()
      await meanwhile?.()
      Object.assign(opened, await open(configFile))
    },
    stop: () => opened.peer.stop()
  }
  return opened
}

/** Writes the files of one catalog. */
export async function writeTables(folder: string, name: string, tables: Tables): Promise<void> {
  for (const [table, file] of Object.entries(filesOf(name, tables))) {
    await writeFile(join(folder, file), csvOf(tables[table] ?? []))
  }
}

// Each catalog has its own files, because one file behind two catalogs is refused.
function filesOf(name: string, tables: Tables): Record<string, string> {
  return Object.fromEntries(Object.keys(tables).map((table) => [table, `data/${name}_${table}.csv`]))
}

async function open(configFile: string): Promise<{ peer: Peer; client: Client }> {
  const events = createEvents({ level: 'silent', nodeId: STUDY_NODE })
  const peer = await startPeer(await loadConfig(configFile, {}), { events, passwordCost: CHEAP_PASSWORDS })
  await peer.accounts.put({ name: 'ada', roles: ['researcher'], password: PASSWORD })
  return { peer, client: await clientOf(peer) }
}

/** An ended job, or the gateway's refusal. */
export type Asked = { readonly job: Job; readonly code: string | null } | { readonly job: null; readonly code: string }

const TRIES = 20

/** Sends one question and waits for its end. Tries again if a busy process lost its connections. */
export async function askOnce(client: Client, submission: Submission): Promise<Asked> {
  for (let tries = 1; ; tries++) {
    const asked = await sendOnce(client, submission)
    if (asked.code !== 'PEER_UNREACHABLE' || tries === TRIES) return asked
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

type Submission = Omit<JobSubmission, 'target_node_id'>

async function sendOnce(client: Client, submission: Submission): Promise<Asked> {
  try {
    const { job_id } = await client.submitJob({ ...submission, target_node_id: STUDY_NODE })
    const job = await client.waitForJob(job_id)
    return { job, code: job.code }
  } catch (error) {
    const code = codeOf(error)
    if (!(error instanceof StimnetError) || code === undefined) throw error
    return { job: null, code }
  }
}
