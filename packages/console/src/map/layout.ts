/** The positions of institutions on the map: this peer in the middle, the others around it. */

/** A point on the map, which measures 1000 by 410 units. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The size of the map, in its own units. */
export const MAP = { width: 1000, height: 410 } as const

const ABOVE_MAX = 4
const RING_MAX = 12

/** The position of this peer: below the others if they are few, in the middle if they are many. */
export function centreFor(count: number): Point {
  return { x: MAP.width / 2, y: count <= ABOVE_MAX ? 310 : MAP.height / 2 }
}

/**
 * The positions of the other peers. A few stand on an arc above this peer; more stand on a circle around it; many alternate between
 * two circles.
 */
export function placesAround(count: number): Point[] {
  const [from, width] = count <= ABOVE_MAX ? [-Math.PI * 0.9, Math.PI * 0.8] : [-Math.PI / 2, 2 * Math.PI]
  return Array.from({ length: count }, (_, at) => {
    const angle = from + ((at + 0.5) * width) / count
    const ring = count > RING_MAX && at % 2 === 1 ? 0.68 : 1
    return {
      x: Math.round(centreFor(count).x + Math.cos(angle) * 380 * ring),
      y: Math.round(centreFor(count).y + Math.sin(angle) * (count <= ABOVE_MAX ? 210 : 150) * ring)
    }
  })
}
