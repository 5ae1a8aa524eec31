/** A question as this browser signed it, for the question's page. */
import { useEffect, useState } from 'react'
import { findAsked } from '../../key/asked.ts'
import { useAccount } from '../../session/session.tsx'
import { questionIn, type SignedHere } from './answer.ts'

/** `id`: the gateway's id. Undefined if the question was signed elsewhere or is no longer stored. */
export function useSignedHere(id: string): SignedHere | undefined {
  const { name } = useAccount()
  const [signed, setSigned] = useState<SignedHere>()
  useEffect(() => {
    let isGone = false
    const read = async () => {
      const asked = await findAsked(name, { id })
      const question = asked && { ...(await questionIn(asked)), names: asked.names }
      if (!isGone) setSigned(question)
    }
    read().catch(() => undefined)
    return () => {
      isGone = true
    }
  }, [id, name])
  return signed
}
