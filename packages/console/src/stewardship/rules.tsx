/** The disclosure rules of each catalog, in the wording of the peer that applies them. */
import type { Policy } from '@stimnet/sdk'
import { Empty } from '../parts/empty.tsx'
import { ruleInWords } from '../words/rule.ts'

/** A collapsible section per catalog, with one entry per rule. */
export function Rules({ policies }: { policies: readonly Policy[] }) {
  if (policies.length === 0) return <Empty title="No catalogs here">Each catalog has its own rules.</Empty>
  return (
    <>
      {policies.map(({ data_catalog_name: name, preset, policy_hash: hash, rules }) => (
        <details key={name}>
          <summary>
            <code>{name}</code>: {preset}
          </summary>
          <p className="soft">
            Policy hash, as in receipts: <code title={hash}>{hash.slice(0, 16)}</code>
          </p>
          <dl className="rules">
            {rules.map(({ rule, value, does, stops, stops_not: stopsNot }) => (
              <div key={rule}>
                <dt>
                  {ruleInWords(rule)}: {value}
                </dt>
                <dd>
                  {does} <strong>Stops:</strong> {stops} <strong>Does not stop:</strong> {stopsNot}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </>
  )
}
