/** What to do first, for each role; gone once there is something to look at. */
import { hrefTo } from '../route.ts'
import { type Account, holds } from '../session/account.ts'

/** `asked`: questions so far; `others`: institutions connected. */
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
      <h2>Nobody is connected yet</h2>
      <p>
        This peer finds others by the addresses under <code>mesh.bootstrap</code> in its configuration, and lets in only
        those listed under <code>mesh.peers</code> or in its federation’s charter. Ask your operator, or run{' '}
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
          <a href={hrefTo('catalogs')}>Search the catalogs</a>: which institutions hold what you need.
        </li>
        <li>
          <a href={hrefTo('ask')}>Ask all of them at once</a>: a statistic, SQL or a script.
        </li>
        <li>Watch each institution answer, and read the pooled result with its proof.</li>
      </ol>
    </div>
  )
}

function Steward() {
  return (
    <div className="step">
      <h2>For stewards</h2>
      <p>
        Requests that people decide wait in the <a href={hrefTo('requests')}>inbox</a>, with the script, what it touches
        and what exactly would run.
      </p>
    </div>
  )
}
