/** The files that a waiting program reads. A decision about the program covers them. */
import { savedNameOf, sha256Hex } from '@stimnet/protocol'
import type { AnalysisRequest } from '@stimnet/sdk'
import { useState } from 'react'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { saveFile } from '../parts/save.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { bytesInWords } from '../words/number.ts'

type File = AnalysisRequest['uploads'][number]

/** Empty if the request has no files. */
export function Files({ request }: { request: AnalysisRequest }) {
  const isSteward = holds(useAccount(), 'steward', 'operator')
  if (request.uploads.length === 0) return null
  return (
    <Panel
      title="Files"
      hint="The program can read these files and no others. An approval is valid for exactly these bytes."
    >
      <ul className="files">
        {request.uploads.map((file) => (
          <li key={file.sha256}>
            <span>
              <strong>{file.name}</strong> <span className="soft">{bytesInWords(file.size)}</span>
              <br />
              <code>{file.sha256}</code>
            </span>
            {isSteward && <Save id={request.request_id} file={file} />}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Save({ id, file }: { id: string; file: File }) {
  const { client } = useSession()
  const [state, setState] = useState<{ busy: boolean; error?: unknown; differs?: boolean }>({ busy: false })
  const save = async () => {
    setState({ busy: true })
    try {
      const bytes = Uint8Array.from(await client.analysisUpload(id, file.sha256))
      const differs = (await sha256Hex(bytes)) !== file.sha256
      if (!differs) saveFile(savedNameOf(file.name), 'application/octet-stream', bytes)
      setState({ busy: false, differs })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <>
      <button type="button" onClick={save} disabled={state.busy} aria-label={`Save to read it: ${file.name}`}>
        Save to read it
      </button>
      {state.error !== undefined && <Problem error={state.error} doing="Reading the file" />}
      {state.differs && (
        <p role="alert">
          The file that was received is not the file that the request names. Do not approve the request.
        </p>
      )}
    </>
  )
}
