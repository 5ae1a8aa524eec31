/** An address that leads nowhere, or where this account may not go. */
import { NotHere } from '../parts/frame/not-here.tsx'

/** Says so and links to the first page. */
export function Missing() {
  return (
    <NotHere
      title="There is no such page"
      why="It may need a role that your account does not have."
      back={{ at: '', name: 'the mesh' }}
    />
  )
}
