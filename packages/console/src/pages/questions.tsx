/** The questions of this account, newest first. */
import { Table } from '../parts/table.tsx'
import type { Broadcast } from '@stimnet/sdk'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { hrefTo } from '../route.ts'
import { useSession } from '../session/session.tsx'
import { briefOf, questionName } from '../words/question/question.ts'
import { STATES } from '../words/state.ts'
import { moment } from '../words/time.ts'

const LOOK_MS = 3_000
const LISTED_MAX = 200

/** Reloads every three seconds. */
export function QuestionsPage() {
  const { client } = useSession()
  const asked = useLoaded((signal) => client.listBroadcasts({ limit: LISTED_MAX, toOne: true, signal }), [client], {
    everyMs: LOOK_MS
  })
  return (
    <>
      <Title
        lead="The questions of this account, newest first."
        actions={
          <a className="button primary" href={hrefTo('ask')}>
            Ask
          </a>
        }
      >
        Questions
      </Title>
      <Waiting of={asked} doing="Reading your questions">
        {(broadcasts) =>
          broadcasts.length === 0 ? (
            <Empty title="Nothing asked yet">
              <a href={hrefTo('catalogs')}>Search the catalogs</a> for what you need, then ask all institutions that
              hold it at once.
            </Empty>
          ) : (
            <List broadcasts={broadcasts} />
          )
        }
      </Waiting>
    </>
  )
}

function List({ broadcasts }: { broadcasts: readonly Broadcast[] }) {
  return (
    <Table label="Questions" heads={['Question', 'Catalog', 'Kind', 'State', { number: 'Answered' }, 'Asked']}>
      {broadcasts.map((one) => (
        <tr key={one.id}>
          <th scope="row">
            <a href={hrefTo('question', one.id)}>{questionName(one)}</a>
            <p className="soft">{briefOf(one)}</p>
          </th>
          <td>
            <code>{one.data_catalog_name}</code>
          </td>
          <td>{one.script_type}</td>
          <td>
            <Badge tone={STATES[one.state].tone}>{STATES[one.state].word}</Badge>
          </td>
          <td className="number">
            {one.parts.filter(({ state }) => state === 'completed').length} of {one.parts.length}
          </td>
          <td>{moment(one.submitted_at)}</td>
        </tr>
      ))}
    </Table>
  )
}
