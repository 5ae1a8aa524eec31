/** What was asked, read from what this browser signed and not from the gateway. */
import { programText, programWord } from '@stimnet/protocol'
import type { ReactNode } from 'react'
import { Panel } from '../parts/panel.tsx'
import { Listing } from '../requests/listing.tsx'
import { filterInWords } from '../words/filter.ts'
import { mappingInWords } from '../words/mapping.ts'
import { promisedInWords } from '../words/promised.ts'
import { wordsOfTerm } from '../words/purpose.ts'
import { moment } from '../words/time.ts'
import type { SignedHere } from './answer.ts'

/** Folded: whoever asked knows it; it is there to be held against the answer. */
export function AskedPanel({ signed }: { signed: SignedHere }) {
  const { program, where, purpose, outputs, targets, names } = signed
  return (
    <Panel title="What was asked" hint="As this browser signed it; the gateway had no part in it.">
      <details>
        <summary>
          {programWord(program)} about <code>{signed.catalog}</code>, signed{' '}
          {moment(new Date(signed.signedAtMs).toISOString())}
        </summary>
        <div className="stack">
          <Listing scriptType={programWord(program)} content={programText(program)} findings={[]} />
          <dl className="pairs">
            <Pair name="Who is asked about">{where ? `Those with ${filterInWords(where)}` : 'everybody'}</Pair>
            <Pair name="Purpose">{purpose.map(wordsOfTerm).join('; ') || 'not stated'}</Pair>
            {signed.project !== '' && <Pair name="Project">{signed.project}</Pair>}
            <Pair name="Claim">{claimOf(signed)}</Pair>
            {outputs.length > 0 && <Pair name="Promised outputs">{outputs.map(promisedInWords).join('; ')}</Pair>}
            {signed.mappings.map((mapping) => (
              <Pair key={`${mapping.peer} ${mapping.variable}`} name="Where they differ">
                {mappingInWords(mapping, names[mapping.peer] ?? mapping.peer)}
              </Pair>
            ))}
            {signed.uploads.length > 0 && (
              <Pair name="Files">{signed.uploads.map(({ name, sha256 }) => `${name} (${sha256})`).join('; ')}</Pair>
            )}
            <Pair name="Signed by">
              <code>{signed.key}</code>
            </Pair>
            {targets.map((target) => (
              <Pair key={target} name={`For ${names[target] ?? 'an institution'}`}>
                <code>{target}</code>
              </Pair>
            ))}
            <Pair name="Request">
              <code>{signed.hash}</code>
            </Pair>
          </dl>
        </div>
      </details>
    </Panel>
  )
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="whole">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function claimOf({ program, privacy }: SignedHere): string {
  if (program.kind === 'script') return 'as its readers make it'
  if (privacy.level !== 'P2') return 'P1: exact numbers, disclosure-controlled'
  const charge = privacy.epsilon === undefined ? `ρ = ${privacy.rho}` : `ε = ${privacy.epsilon}`
  return `P2: differentially private, ${charge}`
}
