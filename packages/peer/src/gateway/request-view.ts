/** Requests of accounts, for the gateway: submitting, reading, following and cancelling them. */
import type { Account, GatewayPeer, OwnRequest } from '@stimnet/gateway'
import { type CancelParts, cancelRequest } from '../requests/cancel.ts'
import { type PreviewParts, previewCost } from '../requests/preview.ts'
import { ownerOf, type Submitter } from '../requests/submit.ts'
import type { Views } from '../requests/view.ts'
import { deletedError } from '../store/past/deleted.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'

type RequestMethod = 'submit' | 'submitSigned' | 'privacyCost' | 'requests' | 'request' | 'cancel' | 'watch'

/** Dependencies of the methods for requests. */
export interface RequestParts extends PreviewParts, CancelParts {
  readonly requests: RequestStore
  readonly submitter: Submitter
  readonly views: Views
}

/** The gateway's methods for requests. */
export function requestMethods(parts: RequestParts): Pick<GatewayPeer, RequestMethod> {
  const { requests, submitter, views } = parts
  const view = (record: RequestRecord) => views.of(record)
  const own = async (named: string, account: Account): Promise<RequestRecord | null> => {
    // Existing clients may name a job by its number.
    const isNumber = /^\d{1,15}$/.test(named)
    const id = isNumber ? await requests.idOf(account.name, Number(named)) : named
    const record = id === undefined ? undefined : await requests.get(id)
    if (record !== undefined) return record.owner === account.name ? record : null
    const deleted = await requests.deleted(account.name, isNumber ? Number(named) : named)
    if (deleted) throw deletedError('reading a request', deleted.atMs)
    return null
  }
  return {
    submit: async (submission, account) => view(await submitter.submit(submission, ownerOf(account))),
    submitSigned: async (submission, account) => view(await submitter.submitSigned(submission, ownerOf(account))),
    privacyCost: (question, account, signal) => previewCost(parts, question, ownerOf(account), signal),
    requests: async (account, options) => {
      const records = await requests.list(
        account.name,
        options.limit,
        ({ broadcast, state }) => (!options.broadcastsOnly || broadcast) && (options.states?.includes(state) ?? true),
        options.before
      )
      return Promise.all(records.map(view))
    },
    request: async (id, account) => {
      const record = await own(id, account)
      return record ? view(record) : null
    },
    cancel: async (id, account) => {
      const record = await own(id, account)
      return record ? view(await cancelRequest(parts, record)) : null
    },
    watch: (id, account, signal) => watch(parts, id, account, signal)
  }
}

/** Yields the request now and after each change, until its end. A slow watcher sees the latest state, not every state. */
async function* watch(
  parts: Pick<RequestParts, 'requests' | 'views'>,
  id: string,
  account: Account,
  signal: AbortSignal
): AsyncGenerator<OwnRequest> {
  let changed = Promise.withResolvers<void>()
  const wake = () => changed.resolve()
  const unwatch = parts.requests.watch(id, wake)
  signal.addEventListener('abort', wake, { once: true })
  try {
    while (!signal.aborted) {
      const record = await parts.requests.get(id)
      if (record?.owner !== account.name) return
      yield await parts.views.of(record)
      if (record.endedAtMs !== undefined) return
      await changed.promise
      changed = Promise.withResolvers()
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', wake)
  }
}
