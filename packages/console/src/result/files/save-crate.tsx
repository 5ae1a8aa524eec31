/** Saves a question with its answer as a Five Safes RO-Crate, made by the gateway. */
import { useState } from 'react'
import { Problem } from '../../parts/problem.tsx'
import { useSession } from '../../session/session.tsx'
import { saveFile } from '../../parts/save.ts'

/** `name`: the file name without its extension. */
export function SaveCrate({ id, name }: { id: string; name: string }) {
  const { client } = useSession()
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false })
  const save = async () => {
    setState({ busy: true })
    try {
      saveFile(`${name}.zip`, 'application/zip', Uint8Array.from(await client.crate(id)))
      setState({ busy: false })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <>
      <button type="button" onClick={save} disabled={state.busy}>
        Save RO-Crate
      </button>
      {state.error !== undefined && <Problem error={state.error} doing="Making the crate" />}
    </>
  )
}
