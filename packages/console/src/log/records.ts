/** Reads the audit log page by page, from the newest record backwards. */
import type { AuditRecord } from '@stimnet/sdk'
import { useCallback, useState } from 'react'
import { type Loaded, useLoaded } from '../load.ts'
import { useSession } from '../session/session.tsx'
import { merged } from './search.ts'

/** The part of the log that has been read. */
export interface LogReading {
  readonly newest: Loaded<readonly AuditRecord[]>
  readonly records: readonly AuditRecord[]
  /** Whether the first record of the log has been read. */
  readonly isWhole: boolean
  readonly busy: boolean
  readonly error: unknown
  /** Reads the next page of older records. */
  older(): Promise<void>
}

const PAGE = 200
const LOOK_MS = 5_000

/** Reads the newest page every five seconds. */
export function useLog(): LogReading {
  const { client } = useSession()
  const [kept, setKept] = useState<readonly AuditRecord[]>([])
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const newest = useLoaded((signal) => client.audit({ limit: PAGE, signal }), [client], { everyMs: LOOK_MS })
  const records = merged(newest.value ?? [], kept)
  const first = records.at(-1)?.sequence ?? 0
  const older = useCallback(async () => {
    setBusy(true)
    setError(undefined)
    try {
      const page = await client.audit({ limit: PAGE, before: first })
      // Merged with the newest page as well, so that records that arrive meanwhile leave no gap.
      setKept((last) => merged(merged(last, newest.value ?? []), page))
    } catch (caught) {
      setError(caught)
    }
    setBusy(false)
  }, [client, first, newest.value])
  return { newest, records, isWhole: first <= 1, busy, error, older }
}
