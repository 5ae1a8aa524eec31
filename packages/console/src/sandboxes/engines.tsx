/** The sandbox engines of this peer: their isolation, their limits, and the languages that they run. */
import type { SandboxEngine } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { count, plural } from '../words/number.ts'
import { span } from '../words/time.ts'

const ENGINES: Readonly<Record<string, string>> = { wasm: 'WebAssembly', docker: 'Docker' }

/** One panel per engine. */
export function Engines({ engines }: { engines: readonly SandboxEngine[] }) {
  if (engines.length === 0)
    return (
      <Empty title="No programs run here">
        This peer has no sandbox: it refuses scripts, or is a gateway without data. SQL and statistics do not need one.
      </Empty>
    )
  return engines.map((engine) => (
    <Panel
      key={engine.grade}
      title={`Programs run in ${ENGINES[engine.engine] ?? engine.engine}`}
      hint="Each program gets a sandbox of its own, used once."
      aside={<Badge>{`grade ${engine.grade}`}</Badge>}
    >
      <p>{engine.holds}</p>
      <Limits engine={engine} />
      <Languages engine={engine} />
    </Panel>
  ))
}

function Limits({ engine }: { engine: SandboxEngine }) {
  const limits = [
    ['Network', 'none'],
    ['Memory, at most', `${count(engine.memory_mib)} MiB`],
    ['Time, at most', span(engine.wall_time_ms / 1_000)],
    ['Jobs at the same time', count(engine.jobs_at_once)],
    ['gVisor', engine.grade === 'docker+gvisor' ? 'yes' : 'no']
  ] as const
  return (
    <dl className="pairs">
      {limits.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Languages({ engine }: { engine: SandboxEngine }) {
  return (
    <Table label="Languages" heads={['Language', 'What runs it', 'Waiting', 'Libraries']}>
      {engine.languages.map(({ language, image, waiting, waiting_max: waitingMax, libraries }) => (
        <tr key={language}>
          <th scope="row">{language}</th>
          <td>
            <code title={image}>{shortened(image)}</code>
          </td>
          <td>{waitingMax === 0 ? 'none; each starts when needed' : `${waiting} of ${waitingMax}`}</td>
          <td>
            <details>
              <summary>{plural(libraries.length, 'module')}</summary>
              <p className="soft">{libraries.join(', ')}</p>
            </details>
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** The digest in an image's name, shortened; receipts contain the full digest. */
function shortened(image: string): string {
  return image.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, '$1…')
}
