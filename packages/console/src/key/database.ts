/** The IndexedDB database of this origin, which stores keys and signed questions of the browser's accounts. */
import { StimnetError } from '@stimnet/protocol'

const NAME = 'stimnet'
const VERSION = 1

/** `keys`: one per account. `asked`: the questions that were signed in this browser. */
export type Room = 'keys' | 'asked'

let opened: Promise<IDBDatabase> | undefined

/** The result of one database request; throws its error. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}

/** Runs `use` in one transaction: all of its changes are made, or none. `use` may await only requests of this store. */
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
  // If `use` throws, the error of `use` is reported instead.
  done.catch(() => undefined)
  const answer = await use(transaction.objectStore(room))
  await done
  return answer
}

/** Whether a write failed because the browser has no space left. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}

function database(): Promise<IDBDatabase> {
  opened ??= openDatabase().catch((cause: unknown) => {
    opened = undefined
    throw new StimnetError('NODE_ERROR', 'opening the browser’s store', {
      cause,
      reason: 'This browser stores nothing for this page. The reason may be a private window or blocked cookies.'
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
  // A newer console in another tab wants to upgrade the database: close it here, and reopen it when it is needed.
  database.addEventListener('versionchange', () => {
    opened = undefined
    database.close()
  })
  return database
}
