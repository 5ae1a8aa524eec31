/** The key of the signed-in account, the same in all tabs. */
import { useEffect, useState } from 'react'
import { useAccount } from '../session/session.tsx'
import { type HeldKey, keyOf } from './keys.ts'
import { onChange } from './news.ts'
import { type Unusable, whyUnusable } from './usable.ts'

/** Whether the account has a key in this browser. */
export type OwnKeyState =
  | { readonly state: 'reading' | 'none' }
  | { readonly state: 'unusable'; readonly why: Unusable }
  | { readonly state: 'held'; readonly held: HeldKey }

/** The key of this account; other accounts in the same browser have their own or none. */
export function useOwnKey(): OwnKeyState {
  const { name } = useAccount()
  const [own, setOwn] = useState<OwnKeyState>({ state: 'reading' })
  useEffect(() => {
    let isGone = false
    const read = async () => {
      const next = await stateOf(name)
      if (!isGone) setOwn(next)
    }
    void read()
    const end = onChange(() => void read())
    return () => {
      isGone = true
      end()
    }
  }, [name])
  return own
}

async function stateOf(account: string): Promise<OwnKeyState> {
  try {
    const why = await whyUnusable(globalThis)
    if (why !== undefined) return { state: 'unusable', why }
    const held = await keyOf(account)
    return held ? { state: 'held', held } : { state: 'none' }
  } catch {
    return { state: 'unusable', why: 'storage' }
  }
}
