/** The page for stewards: used budgets, disclosure rules, and members of the federation. */
import { useLoaded } from '../load.ts'
import { Panel } from '../parts/panel.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { useSession } from '../session/session.tsx'
import { Members } from '../stewardship/members.tsx'
import { Rules } from '../stewardship/rules.tsx'
import { UsageTable } from '../stewardship/usage-table.tsx'

const EVERY_MS = 30_000

/** Shown to stewards, auditors and operators. */
export function StewardshipPage() {
  const { client } = useSession()
  const usage = useLoaded((signal) => client.usage({ signal }), [client], { everyMs: EVERY_MS })
  const policies = useLoaded((signal) => client.policies({ signal }), [client])
  const members = useLoaded((signal) => client.members({ signal }), [client], { everyMs: EVERY_MS })
  return (
    <>
      <Title lead="What may still be released about these data, by which rules, and to whom.">Stewardship</Title>
      <Panel
        title="Used up"
        hint="Nothing spent is ever refunded. Refusals: bits disclosed to the one requester who received most, in thirty days. Information: bits released about each value of a variable; the closer to the limit, the more new questions about it are refused."
      >
        <Waiting of={usage} doing="Reading what is used">
          {(lines) => <UsageTable lines={lines} />}
        </Waiting>
      </Panel>
      <Panel title="Rules in force" hint="What each rule does, what it stops, and what it does not stop.">
        <Waiting of={policies} doing="Reading the rules">
          {(all) => <Rules policies={all} />}
        </Waiting>
      </Panel>
      <Waiting of={members} doing="Reading the members">
        {(membership) => <Members membership={membership} />}
      </Waiting>
    </>
  )
}
