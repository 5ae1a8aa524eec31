/** What exactly would run, and under which terms: everything that an approval is bound to. */
import { type Filter, filterSchema } from '@stimnet/protocol'
import type { AnalysisRequest } from '@stimnet/sdk'
import type { ReactNode } from 'react'
import { filterInWords } from '../words/filter.ts'
import { promisedInWords } from '../words/promised.ts'
import { wordsOfTerm } from '../words/purpose.ts'

/** What is not there is said to be not there. */
export function WhatRuns({ request }: { request: AnalysisRequest }) {
  return (
    <dl className="pairs">
      <Pair name="Catalog">
        <code>{request.data_catalog_name}</code>
      </Pair>
      <Pair name="Snapshot">
        <code>{request.epoch ?? 'not fixed yet'}</code>
      </Pair>
      <Pair name="Purpose">{request.purpose.map(wordsOfTerm).join('; ') || 'not stated'}</Pair>
      <Pair name="Project">{request.project ?? 'none'}</Pair>
      <Pair name="Who is asked about" whole>
        {cohortOf(request.cohort)}
      </Pair>
      <Pair name="Parameters" whole>
        <Json value={request.parameters} none="none" />
      </Pair>
      <Pair name="Promised outputs" whole>
        {request.outputs.length === 0 ? (
          'none: the default contract holds'
        ) : (
          <ul>
            {request.outputs.map(promisedInWords).map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        )}
      </Pair>
      {request.mappings.length > 0 && (
        <Pair name="Mappings, which change what the cohort means" whole>
          <Json value={request.mappings} none="none" />
        </Pair>
      )}
      <Pair name="Claim" whole>
        {claimOf(request)}
      </Pair>
      <Pair name="Run by" whole>
        <code>{request.image ?? 'the node’s own code'}</code>
      </Pair>
      <Pair name="Signed by" whole>
        <code>{request.requester_key}</code>
      </Pair>
      <Pair name="Request" whole>
        <code>{request.request_hash}</code>
      </Pair>
    </dl>
  )
}

function Pair({ name, whole = false, children }: { name: string; whole?: boolean; children: ReactNode }) {
  return (
    <div className={whole ? 'whole' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Json({ value, none }: { value: object; none: string }) {
  if (Object.keys(value).length === 0) return none
  return <code>{JSON.stringify(value)}</code>
}

function claimOf({ privacy, script_type: type, outputs }: AnalysisRequest): string {
  if (type !== 'sql' && type !== 'statistic') {
    return outputs.length > 0 ? 'P0 once two stewards have read it' : 'none: the script promises no outputs'
  }
  if (privacy?.level !== 'P2') return 'P1: exact numbers, disclosure-controlled'
  const charge = privacy.epsilon === undefined ? `ρ = ${String(privacy.rho)}` : `ε = ${String(privacy.epsilon)}`
  return `P2: differentially private, ${charge}, ${privacy.groups_per_subject} groups and ${privacy.rows_per_subject} rows of a person`
}

function cohortOf(cohort: unknown): ReactNode {
  if (cohort === null) return 'everybody in the catalog'
  const parsed = filterSchema.safeParse(cohort)
  return parsed.success ? `Those with ${filterInWords(parsed.data as Filter)}` : <code>{JSON.stringify(cohort)}</code>
}
