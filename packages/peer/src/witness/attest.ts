/** Attestation of other peers' logs: each new state must continue the state that this peer attested before. */
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

/** Dependencies of attesting. */
export interface AttestParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly events: PeerEvents
  readonly conflicts: Pick<Conflicts, 'found'>
}

/** Attests the checkpoint of the asking peer and remembers it. */
export type Attest = (ask: Message<'WitnessAsk'>, from: string) => Promise<Message<'WitnessAnswer'>>

/**
 * Creates the attestation function. The last checkpoint is read, compared and replaced in one turn of the single writer, so
 * that two concurrent requests cannot have two different continuations attested.
 */
export function createAttest(parts: AttestParts): Attest {
  const { database, clock, signer } = parts
  const stored = database.json<string>('witnessed')
  /** Checkpoints attested in the batch being prepared, which the database does not have yet. */
  const fresh = new Map<string, string>()
  const lastOf = async (peer: string) => fresh.get(peer) ?? (await stored.get(peer))
  return async (ask, from) => {
    if (ask.note === '') return { cosignature: '', code: '', seen: (await lastOf(from)) ?? '' }
    try {
      const answer = await database.commit(async (draft) => {
        const last = await lastOf(from)
        await assertGoesOn(ask, from, last)
        const cosignature = await cosign(ask.note, { signer, atMs: clock.now() })
        // Only the peer's own signature and this peer's are kept: with more cosignatures the note could become too long to
        // be read again.
        const attested = addCosignature(await bareCheckpoint(ask.note, { peer: from }), cosignature)
        draft.put(stored, from, attested)
        const before = fresh.get(from)
        fresh.set(from, attested)
        draft.undo(() => (before === undefined ? fresh.delete(from) : fresh.set(from, before)))
        // Only the first attestation is recorded. With a record for each, two logs would make each other grow for ever.
        if (last === undefined) {
          draft.audit({ kind: 'witness', actor: from, detail: { checkpoint: sizeIn(ask.note) } })
        }
        return { cosignature, code: '', seen: attested }
      })
      // The batch is now on disk, so the database has the checkpoint.
      if (fresh.get(from) === answer.seen) fresh.delete(from)
      return answer
    } catch (error) {
      const code = codeOf(error)
      parts.events.refused({ code, askedBy: from, cause: error })
      const last = (await lastOf(from)) ?? ''
      // The earlier note is kept: a changed log is not attested again.
      if (code === 'CHECKPOINT_CONFLICT') await parts.conflicts.found({ peer: from, seen: last, shown: ask.note })
      return { cosignature: '', code, seen: last }
    }
  }
}

/** Throws the errors of `openCheckpoint`, and CHECKPOINT_CONFLICT for a log that does not continue the state attested before. */
async function assertGoesOn(ask: Message<'WitnessAsk'>, from: string, last: string | undefined): Promise<void> {
  const shown = await openCheckpoint(ask.note, { peer: from })
  if (last === undefined) return
  const before = await openCheckpoint(last, { peer: from })
  const goesOn =
    ask.oldSize === before.size &&
    (await provesConsistency({
      oldSize: before.size,
      oldRoot: before.root,
      size: shown.size,
      root: shown.root,
      path: ask.path
    }))
  if (!goesOn) throw new StimnetError('CHECKPOINT_CONFLICT', `${from} shows ${shown.size} after ${before.size}`)
}
