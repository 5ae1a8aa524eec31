/**
 * The questions that this browser signed, by the hash that receipts name. The gateway's statements about a question are compared
 * with them.
 */
import { StimnetError } from '@stimnet/protocol'
import { answerOf, inRoom, isFull } from './database.ts'
import { excessOf } from './excess.ts'

/** A question that was signed here. */
export interface AskedHere {
  readonly account: string
  /** SHA-256 of the signed bytes. */
  readonly hash: string
  /** The signed bytes as text: question, targets and key. */
  readonly text: string
  /** The name shown for each PeerId at the time of signing. */
  readonly names: Readonly<Record<string, string>>
  /** Time of signing, Unix time, ms. */
  readonly atMs: number
  /** The gateway's id for the question; absent until the gateway has answered. */
  readonly id?: string
}

/**
 * Stores the question before it is sent, so that it is kept even if the answer is lost. Throws NODE_ERROR if the browser has no
 * space left.
 */
export async function rememberAsked(asked: AskedHere): Promise<void> {
  try {
    await remember(asked)
  } catch (cause) {
    if (!isFull(cause)) throw cause
    const reason =
      'The browser has no space to remember this question, so it was not sent. Forget old questions on the page “Your key”, or let the gateway sign.'
    throw new StimnetError('NODE_ERROR', 'remembering a question', { cause, reason })
  }
}

function remember(asked: AskedHere): Promise<void> {
  return inRoom('asked', 'readwrite', async (store) => {
    await answerOf(store.put(asked))
    const all = await answerOf<AskedHere[]>(store.getAll(ofAccount(asked.account)))
    for (const { hash } of excessOf(all)) await answerOf(store.delete([asked.account, hash]))
  })
}

/** Stores the gateway's id with a question. If a gateway gives two questions the same id, the first one keeps it. */
export function nameAsked({ account, hash, id }: Required<Pick<AskedHere, 'account' | 'hash' | 'id'>>): Promise<void> {
  return inRoom('asked', 'readwrite', async (store) => {
    const [named, asked] = await Promise.all([
      answerOf<AskedHere | undefined>(store.index('id').get([account, id])),
      answerOf<AskedHere | undefined>(store.get([account, hash]))
    ])
    if (asked && !named) await answerOf(store.put({ ...asked, id }))
  })
}

/** Finds a question by the gateway's id or by its hash. */
export function findAsked(
  account: string,
  by: { readonly id: string } | { readonly hash: string }
): Promise<AskedHere | undefined> {
  return inRoom('asked', 'readonly', (store) =>
    answerOf<AskedHere | undefined>(
      'id' in by ? store.index('id').get([account, by.id]) : store.get([account, by.hash])
    )
  )
}

/** Deletes all questions of an account. */
export async function forgetAsked(account: string): Promise<void> {
  await inRoom('asked', 'readwrite', (store) => answerOf(store.delete(ofAccount(account))))
}

/** The range of all keys of an account: in IndexedDB's order, texts come before lists. */
function ofAccount(account: string): IDBKeyRange {
  return IDBKeyRange.bound([account, ''], [account, []])
}
