/** A picture of the mesh. The table below it has the same content as text. */
import type { Node } from '@stimnet/sdk'
import { centreFor, MAP, type Point, placesAround } from './layout.ts'

/** Maximum number of peers with visible names. The names of more peers would overlap, so they are shown only under the pointer. */
const NAMED_MAX = 16

interface Standing extends Point {
  readonly node: Node
}

/** `home`: PeerId of the gateway's own peer. `traffic`: number of unfinished jobs by PeerId. */
export function MeshMap(props: { nodes: readonly Node[]; home: string; traffic: ReadonlyMap<string, number> }) {
  const { nodes, home, traffic } = props
  const others = nodes.filter(({ peer_id }) => peer_id !== home)
  const places = placesAround(others.length)
  const centre = centreFor(others.length)
  const standing = others.map((node, at): Standing => ({ node, ...(places[at] ?? centre) }))
  const own = nodes.find(({ peer_id }) => peer_id === home)
  const connected = others.filter(({ is_active }) => is_active).length
  const busy = [...traffic.values()].reduce((sum, jobs) => sum + jobs, 0)
  return (
    <svg
      className={others.length > NAMED_MAX ? 'map crowded' : 'map'}
      viewBox={`0 0 ${MAP.width} ${MAP.height}`}
      role="img"
      aria-label={`${own?.institution ?? 'This peer'} is connected with ${connected} of ${others.length} known institutions; ${busy} of your jobs are running.`}
    >
      {standing.map((one) => (
        <Link key={one.node.peer_id} from={centre} to={one} jobs={traffic.get(one.node.peer_id) ?? 0} />
      ))}
      {standing.map(({ node, x, y }) => (
        <Institution key={node.peer_id} node={node} x={x} y={y} isAbove={y < centre.y} />
      ))}
      {own && <Institution node={own} {...centre} isHome />}
    </svg>
  )
}

function Link({ from, to, jobs }: { from: Point; to: Standing; jobs: number }) {
  const line = { x1: from.x, y1: from.y, x2: to.x, y2: to.y }
  return (
    <>
      <line className={to.node.is_active ? 'link' : 'link gone'} {...line} />
      {jobs > 0 && to.node.is_active && <line className="moving" {...line} />}
    </>
  )
}

interface InstitutionProps extends Point {
  readonly node: Node
  readonly isHome?: boolean
  /** The name is drawn above the peer, clear of the line that comes from below. */
  readonly isAbove?: boolean
}

function Institution({ node, x, y, isHome = false, isAbove = false }: InstitutionProps) {
  const name = isHome ? 52 : isAbove ? -52 : 44
  const kind = isHome ? 'home' : node.is_active ? 'there' : 'gone'
  return (
    <g className={`site ${kind}`} transform={`translate(${x} ${y})`}>
      <circle r={isHome ? 26 : 19} />
      <circle className="core" r={isHome ? 9 : 6} />
      <title>{node.institution || node.node_id}</title>
      <text y={name}>{node.institution || node.node_id}</text>
      <text className="soft" y={name + 22}>
        {isHome ? 'this peer' : node.is_active ? node.node_id : 'not connected'}
      </text>
    </g>
  )
}
