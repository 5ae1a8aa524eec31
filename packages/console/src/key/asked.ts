/** The questions that this browser signed, by the hash that receipts name: what a gateway says of them can be held against it. */
import { StimnetError } from '@stimnet/protocol'
import { answerOf, inRoom, isFull } from './database.ts'
import { excessOf } from './excess.ts'

/** One of them. */
export interface AskedHere {
  readonly account: string
  /** SHA-256 of the signed bytes. */
  readonly hash: string
  /** The signed bytes as text: what was asked, of whom, by which key. */
  readonly text: string
  /** What the page called each PeerId when it was signed. */
  readonly names: Readonly<Record<string, string>>
  /** Unix time, ms. */
  readonly atMs: number
  /** As the gateway calls it; absent until its answer came. */
  readonly id?: string
}

/**
 * Before it is sent: an answer that was lost must not leave a question of which nobody here knows. Throws NODE_ERROR where
 * the browser has no room.
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

/** A gateway that gives two questions one name is not followed: the first keeps it. */
export function nameAsked({ account, hash, id }: Required<Pick<AskedHere, 'account' | 'hash' | 'id'>>): Promise<void> {
  return inRoom('asked', 'readwrite', async (store) => {
    const [named, asked] = await Promise.all([
      answerOf<AskedHere | undefined>(store.index('id').get([account, id])),
      answerOf<AskedHere | undefined>(store.get([account, hash]))
    ])
    if (asked && !named) await answerOf(store.put({ ...asked, id }))
  })
}

/** By the gateway's name for it, or by its hash. */
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

/** All of an account. */
export async function forgetAsked(account: string): Promise<void> {
  await inRoom('asked', 'readwrite', (store) => answerOf(store.delete(ofAccount(account))))
}

/** Whatever the hash: texts come before lists in the order of keys. */
function ofAccount(account: string): IDBKeyRange {
  return IDBKeyRange.bound([account, ''], [account, []])
}
