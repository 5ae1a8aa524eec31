/** What this browser keeps for its accounts, in one database of this origin. */
import { StimnetError } from '@stimnet/protocol'

const NAME = 'stimnet'
const VERSION = 1

/** `keys`: one an account. `asked`: questions that were signed here. */
export type Room = 'keys' | 'asked'

let opened: Promise<IDBDatabase> | undefined

/** The answer of one request; throws what it failed with. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}

/** All that `use` does is done together, or nothing of it is; it may wait for nothing but requests of this room. */
export async function inRoom<T>(
  room: Room,
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => Promise<T>
): Promise<T> {
  const transaction = (await database()).transaction(room, mode)
  const done = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error))
  })
  // Where `use` throws, its error says more.
  done.catch(() => undefined)
  const answer = await use(transaction.objectStore(room))
  await done
  return answer
}

/** Whether there is no more room for what was to be kept. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}

function database(): Promise<IDBDatabase> {
  opened ??= openDatabase().catch((cause: unknown) => {
    opened = undefined
    throw new StimnetError('NODE_ERROR', 'opening the browser’s store', {
      cause,
      reason: 'This browser keeps nothing for this page; a private window often does not, nor one that blocks cookies.'
    })
  })
  return opened
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore('keys', { keyPath: 'account' })
    request.result.createObjectStore('asked', { keyPath: ['account', 'hash'] }).createIndex('id', ['account', 'id'])
  })
  const database = await answerOf(request)
  // A later console in another tab has another form of it: this tab lets go, and opens it anew when it needs it.
  database.addEventListener('versionchange', () => {
    opened = undefined
    database.close()
  })
  return database
}
