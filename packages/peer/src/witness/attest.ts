/** What this peer attests of others: that a log it saw before only ever went on from there. */
import {
  addCosignature,
  bareCheckpoint,
  type Clock,
  codeOf,
  cosign,
  type Message,
  openCheckpoint,
  provesConsistency,
  type Signer,
  StimnetError
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import { type Conflicts, sizeIn } from './conflicts.ts'

/** What attesting needs. */
export interface AttestParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly events: PeerEvents
  readonly conflicts: Pick<Conflicts, 'found'>
}

/** Attests the checkpoint of the peer that asks, and remembers it. */
export type Attest = (ask: Message<'WitnessAsk'>, from: string) => Promise<Message<'WitnessAnswer'>>

/**
 * Over the given parts. What was seen last is read, judged and replaced in one turn of the single writer: two questions
 * at once cannot have two different continuations attested.
 */
export function createAttest(parts: AttestParts): Attest {
  const { database, clock, signer } = parts
  const stored = database.json<string>('witnessed')
  /** Attested in the batch that is being prepared: the database does not know it yet. */
  const fresh = new Map<string, string>()
  const lastOf = async (peer: string) => fresh.get(peer) ?? (await stored.get(peer))
  return async (ask, from) => {
    if (ask.note === '') return { cosignature: '', code: '', seen: (await lastOf(from)) ?? '' }
    try {
      const answer = await database.commit(async (draft) => {
        const last = await lastOf(from)
        await assertGoesOn(ask, from, last)
        const cosignature = await cosign(ask.note, { signer, atMs: clock.now() })
        // Its own line and ours: with others' it could grow beyond what can be read again.
        const attested = addCosignature(await bareCheckpoint(ask.note, { peer: from }), cosignature)
        draft.put(stored, from, attested)
        const before = fresh.get(from)
        fresh.set(from, attested)
        draft.undo(() => (before === undefined ? fresh.delete(from) : fresh.set(from, before)))
        // The first alone: a record for each would make two logs grow by each other for ever.
        if (last === undefined) {
          draft.audit({ kind: 'witness', actor: from, detail: { checkpoint: sizeIn(ask.note) } })
        }
        return { cosignature, code: '', seen: attested }
      })
      // On disk now: the database knows.
      if (fresh.get(from) === answer.seen) fresh.delete(from)
      return answer
    } catch (error) {
      const code = codeOf(error)
      parts.events.refused({ code, askedBy: from, cause: error })
      const last = (await lastOf(from)) ?? ''
      // The note that was seen first stays: a changed log is not attested again.
      if (code === 'CHECKPOINT_CONFLICT') await parts.conflicts.found({ peer: from, seen: last, shown: ask.note })
      return { cosignature: '', code, seen: last }
    }
  }
}

/** Throws what `openCheckpoint` throws, and CHECKPOINT_CONFLICT for a log that is not the one seen before. */
async function assertGoesOn(ask: Message<'WitnessAsk'>, from: string, last: string | undefined): Promise<void> {
  const shown = await openCheckpoint(ask.note, { peer: from })
  if (last === undefined) return
  const before = await openCheckpoint(last, { peer: from })
  const goesOn =
    ask.oldSize === before.size &&
    (await provesConsistency({
      ...{ oldSize: before.size, oldRoot: before.root, size: shown.size, root: shown.root },
      path: ask.path
    }))
  if (!goesOn) throw new StimnetError('CHECKPOINT_CONFLICT', `${from} shows ${shown.size} after ${before.size}`)
}
