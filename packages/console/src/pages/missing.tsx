/** The page for a URL that does not exist or that this account may not open. */
import { NotHere } from '../parts/frame/not-here.tsx'

/** Explains the error and links to the first page. */
export function Missing() {
  return (
    <NotHere
      title="There is no such page"
      why="It may need a role that your account does not have."
      back={{ at: '', name: 'the mesh' }}
    />
  )
}
