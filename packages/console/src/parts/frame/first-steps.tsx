/** The first steps for each role, hidden once there is content to show. */
import { useLoaded } from '../../load.ts'
import { hrefTo } from '../../route.ts'
import { type Account, holds } from '../../session/account.ts'
import { useSession } from '../../session/session.tsx'
import { count, plural } from '../../words/number.ts'

const LOOK_MS = 10_000
const LISTED_MAX = 200

/** `asked`: number of questions so far; `others`: number of connected institutions. */
export function FirstSteps({ account, asked, others }: { account: Account; asked: number; others: number }) {
  const steps = [
    ...(others === 0 ? [<Alone key="alone" />] : []),
    ...(holds(account, 'researcher') && asked === 0 ? [<Research key="research" />] : []),
    ...(holds(account, 'steward') ? [<Steward key="steward" />] : [])
  ]
  if (steps.length === 0) return null
  return (
    <section className="steps" aria-label="What to do first">
      {steps}
    </section>
  )
}

function Alone() {
  return (
    <div className="step">
      <h2>No institution is connected yet</h2>
      <p>
        This peer finds others through the addresses in <code>mesh.bootstrap</code> of its configuration, and admits
        only those listed in <code>mesh.peers</code> or in its federation’s charter. Ask your operator, or run{' '}
        <code>stimnet doctor</code>.
      </p>
    </div>
  )
}

function Research() {
  return (
    <div className="step">
      <h2>Your first question</h2>
      <ol>
        <li>
          <a href={hrefTo('catalogs')}>Search the catalogs</a> for institutions that hold what you need.
        </li>
        <li>
          <a href={hrefTo('ask')}>Ask all of them at once</a> with a statistic, SQL or a script.
        </li>
        <li>Watch each institution answer, and read the pooled result with its proof.</li>
      </ol>
    </div>
  )
}

function Steward() {
  const { client } = useSession()
  const waiting = useLoaded(
    (signal) => client.listAnalyses({ status: 'pending', limit: LISTED_MAX, signal }),
    [client],
    {
      everyMs: LOOK_MS
    }
  )
  return (
    <div className="step">
      <h2>For stewards</h2>
      <p>
        {waitingInWords(waiting.value?.length)} <a href={hrefTo('requests')}>The page Requests</a> shows each with its
        script, what the script touches and what exactly would run.
      </p>
    </div>
  )
}

/** `many`: number of waiting requests; undefined until it is loaded. */
function waitingInWords(many: number | undefined): string {
  if (many === undefined) return 'Requests may wait for your decision.'
  if (many === 0) return 'No request waits for a decision.'
  if (many >= LISTED_MAX) return `${count(LISTED_MAX)} requests or more wait for a decision.`
  return `${plural(many, 'request')} ${many === 1 ? 'waits' : 'wait'} for a decision.`
}
