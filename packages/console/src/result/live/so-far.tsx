/** Answers received while others are still awaited: verified, and pooled over the institutions that have answered. */
import { type Broadcast, type VerifiedBroadcast, verifyAndPool } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { Panel } from '../../parts/panel.tsx'
import type { SignedHere } from '../trust/answer.ts'
import { comeSoFar } from './come-so-far.ts'
import { Answer } from '../result.tsx'

/** `whole`: the question with its outputs, read again after each answer. */
export function SoFar({ whole, signed }: { whole: Broadcast; signed: SignedHere | undefined }) {
  const [verified, setVerified] = useState<VerifiedBroadcast>()
  useEffect(() => {
    let isGone = false
    verifyAndPool(...comeSoFar(whole, signed)).then(
      (found) => isGone || setVerified(found),
      () => undefined
    )
    return () => {
      isGone = true
    }
  }, [whole, signed])
  if (verified === undefined || !verified.parts.some(({ output }) => output !== null)) return null
  const named = verified.parts.map(({ institution, peerId, output }) => ({
    name: institution || peerId,
    peerId,
    output
  }))
  const shown = named.filter(({ output }) => output !== null).length
  return (
    <Panel
      title="Result so far"
      hint={`Over ${shown} of ${whole.parts.length} institutions; the numbers change with each answer.`}
    >
      <Answer pooled={verified.pooled} named={named} asked={whole.parts.length} />
    </Panel>
  )
}
