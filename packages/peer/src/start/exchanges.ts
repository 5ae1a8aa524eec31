/**
 * The exchanges that this peer answers, for others and for itself: hello, catalogs, jobs, cancelling, following and
 * attesting.
 */

import type { Catalog } from '@stimnet/data'
import {
  cancelExchange,
  catalogExchange,
  helloExchange,
  jobExchange,
  logConflictExchange,
  type Mesh,
  witnessExchange
} from '@stimnet/mesh'
import {
  type CatalogDescriptor,
  type Clock,
  CODES,
  codeOf,
  type Message,
  messages,
  open,
  type Signer,
  StimnetError,
  seal
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Admit } from '../jobs/admit.ts'
import type { Approvals } from '../jobs/approve/approvals.ts'
import { type FollowEvent, follow } from '../jobs/run/follow.ts'
import type { Runner } from '../jobs/run/runner.ts'
import { fitsWords } from '../requests/directory.ts'
import type { Database } from '../store/database.ts'
import type { JobStore } from '../store/jobs.ts'
import { type Attest, createAttest } from '../witness/attest.ts'
import type { Conflicts } from '../witness/conflicts.ts'

/** The answers of a peer, independent of the transport of the request. */
export interface Exchanges {
  hello(): Promise<Uint8Array>
  catalogs(query: { words: readonly string[]; name: string }, askedBy: string): Promise<Uint8Array[]>
  job(sealedRequest: Uint8Array, askedBy: string): Promise<Uint8Array>
  cancel(sealedCancel: Uint8Array, askedBy: string): Promise<Message<'CancelAnswer'>>
  attest: Attest
  logConflict(conflict: Message<'LogConflict'>, from: string): Promise<Message<'LogConflictAnswer'>>
  follow(
    ask: { log: string; after: number; openJobs: readonly string[] },
    askedBy: string,
    signal: AbortSignal
  ): AsyncIterable<FollowEvent>
}

/** This peer's description of itself. */
export interface HelloFacts {
  readonly nodeId: string
  readonly institution: string
  readonly version: string
  /** Engine and isolation grade, as text for people. */
  readonly sandbox: string
  readonly sandboxEngine: string
  readonly sandboxGrade: string
  /** Languages of scripts that run here. */
  readonly languages: string[]
}

/** Dependencies of answering. */
export interface ExchangeParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly admit: Admit
  readonly jobs: JobStore
  readonly database: Database
  readonly events: PeerEvents
  readonly runner: Runner
  readonly approvals: Approvals
  readonly facts: HelloFacts
  readonly conflicts: Conflicts
}

/** Validity of a peer's description of itself and its catalogs, ms; afterwards it is requested again. */
const DESCRIPTION_LIFETIME_MS = 3_600_000

/** Creates the answers of this peer. */
export function createExchanges(parts: ExchangeParts): Exchanges {
  const say = async (type: 'hello' | 'catalog', body: Uint8Array) => {
    const { signer, clock } = parts
    return (await seal({ type, body, signer, clock, lifetimeMs: DESCRIPTION_LIFETIME_MS })).bytes
  }
  const offered = (askedBy: string): CatalogDescriptor[] =>
    [...parts.catalogs.values()]
      .map((catalog) => catalog.descriptor)
      .filter(({ accessLevel }) => accessLevel !== 'private' || askedBy === parts.signer.id)
  return {
    hello: () => {
      const catalogs = offered('').map(({ name }) => name)
      return say('hello', messages.HelloAnswer.encode({ ...parts.facts, catalogs }))
    },
    catalogs: (query, askedBy) => {
      const fits = offered(askedBy).filter(
        (descriptor) =>
          (query.name === '' || descriptor.name === query.name) && fitsWords(descriptor, query.words.slice(0, 16))
      )
      return Promise.all(
        fits.map((descriptor) => say('catalog', messages.CatalogDescriptor.encode(descriptor as never)))
      )
    },
    job: parts.admit,
    attest: createAttest(parts),
    logConflict: (conflict, from) => answerConflict(parts, conflict, from),
    cancel: (sealed, askedBy) => answerCancel(parts, sealed, askedBy),
    follow: (ask, askedBy, signal) => follow(parts.jobs, ask, askedBy, signal)
  }
}

/** Registers the exchanges on the mesh. */
export function serveExchanges(mesh: Mesh, exchanges: Exchanges): void {
  mesh.serve(helloExchange, async () => ({ jws: await exchanges.hello() }))
  mesh.serve(catalogExchange, async (query, from) => ({ catalogs: await exchanges.catalogs(query, from) }))
  mesh.serve(jobExchange, async ({ request }, from) => ({ decision: await exchanges.job(request, from) }))
  mesh.serve(cancelExchange, ({ cancel }, from) => exchanges.cancel(cancel, from))
  mesh.serve(witnessExchange, (ask, from) => exchanges.attest(ask, from))
  mesh.serve(logConflictExchange, (conflict, from) => exchanges.logConflict(conflict, from))
  mesh.serveFollow((ask, from, signal) => exchanges.follow(ask, from, signal))
}

/** Cancels a job for the key that signed its request or the peer that carried it. For anybody else the job does not exist. */
async function answerCancel(
  parts: ExchangeParts,
  sealed: Uint8Array,
  askedBy: string
): Promise<Message<'CancelAnswer'>> {
  try {
    const opened = await open(sealed, { type: 'cancel', clock: parts.clock, audience: parts.signer.id })
    const { jobId } = messages.CancelRequest.decode(opened.body)
    const job = await parts.jobs.get(jobId)
    if (!job || (opened.issuer !== job.issuer && opened.issuer !== job.askedBy)) {
      throw new StimnetError('JOB_UNKNOWN', `${askedBy} cancels ${jobId.slice(0, 32)}`)
    }
    await parts.database.commit((draft) => draft.audit({ kind: 'cancel', actor: opened.issuer, jobId: job.id }))
    const isPending = job.state === 'pending'
    if (!(isPending ? await parts.approvals.cancel(job) : await parts.runner.cancel(job)))
      throw new StimnetError('JOB_ENDED', `${askedBy} cancels ${job.id}`)
    return { ok: true, code: '', reason: '' }
  } catch (error) {
    const code = codeOf(error)
    parts.events.refused({ code, askedBy, cause: error })
    return { ok: false, code, reason: CODES[code].meaning }
  }
}

async function answerConflict(
  { conflicts, events }: ExchangeParts,
  conflict: Message<'LogConflict'>,
  from: string
): Promise<Message<'LogConflictAnswer'>> {
  try {
    await conflicts.heard(conflict, from)
    return { code: '' }
  } catch (error) {
    const code = codeOf(error)
    events.refused({ code, askedBy: from, cause: error })
    return { code }
  }
}
