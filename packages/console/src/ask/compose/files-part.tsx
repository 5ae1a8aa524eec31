/** Files that a script reads. They are uploaded once, kept by the gateway for the account, and identified by their hash. */
import { LIMITS } from '@stimnet/protocol'
import type { UploadedFile } from '@stimnet/sdk'
import { useId, useRef, useState } from 'react'
import { useLoaded } from '../../load.ts'
import { Problem } from '../../parts/problem.tsx'
import { useSession } from '../../session/session.tsx'
import { bytesInWords, plural } from '../../words/number.ts'
import { ahead } from '../../words/time.ts'
import type { Change, Draft } from '../draft/draft.ts'
import { chosenOf, tooLarge, withFile, withoutFile } from '../draft/files.ts'

const MOST = LIMITS.uploadsPerRequestMax

/** An uploaded file is stored and selected at once. Only files that are not selected can be deleted. */
export function FilesPart({ draft, change }: { draft: Draft; change: Change }) {
  const id = useId()
  const picker = useRef<HTMLInputElement>(null)
  const { kept, state, bring, remove } = useStoredFiles(change)
  const chosen = draft.files.map(({ file_id }) => file_id)
  const tick = (file: UploadedFile, isTicked: boolean) =>
    change(({ files }) => ({ files: isTicked ? withFile(files, chosenOf(file)) : withoutFile(files, file.file_id) }))
  const all = kept.value ?? []
  const lost = kept.value ? draft.files.filter(({ file_id: id }) => !all.some((one) => one.file_id === id)) : []

  return (
    <fieldset className="files" aria-describedby={`${id}-hint`}>
      <legend>Files it reads (optional)</legend>
      <p className="hint" id={`${id}-hint`}>
        Up to {MOST} files of {bytesInWords(LIMITS.uploadBytesMax)} each. The gateway keeps them for you. Institutions
        fetch them by their hash and delete them when the job ends; their stewards can read them.
      </p>
      <ul>
        {all.map((file) => (
          <StoredFile
            key={file.file_id}
            file={file}
            isChosen={chosen.includes(file.file_id)}
            isFull={chosen.length >= MOST}
            tick={tick}
            remove={remove}
          />
        ))}
        {lost.map((file) => (
          <LostFile
            key={file.file_id}
            file={file}
            omit={() => change(({ files }) => ({ files: withoutFile(files, file.file_id) }))}
          />
        ))}
      </ul>
      <label htmlFor={`${id}-file`}>Upload a file</label>
      <input
        ref={picker}
        id={`${id}-file`}
        type="file"
        disabled={state.busy !== undefined || chosen.length >= MOST}
        onChange={async (e) => {
          const [file] = e.target.files ?? []
          if (file) await bring(file)
          // Clear the field, so that a changed file of the same name can be uploaded again.
          if (picker.current) picker.current.value = ''
        }}
      />
      <p className="hint" role="status">
        {state.busy === undefined ? goingAlong(chosen.length) : `${state.busy} …`}
      </p>
      {state.error !== undefined && <Problem error={state.error} doing={state.doing ?? ''} />}
      {kept.error !== undefined && <Problem error={kept.error} doing="Reading your files" again={kept.reload} />}
    </fieldset>
  )
}

/** The files that the gateway stores for the account, with the actions on them. An uploaded file is selected at once. */
function useStoredFiles(change: Change) {
  const { client } = useSession()
  const kept = useLoaded((signal) => client.listUploads('data', { signal }), [client])
  const [state, setState] = useState<{ busy?: string; error?: unknown; doing?: string }>({})
  const doing = async (words: string, work: () => Promise<unknown>) => {
    setState({ busy: words })
    try {
      await work()
      setState({})
    } catch (error) {
      setState({ error, doing: words })
    }
    kept.reload()
  }
  const bring = (file: File) =>
    doing(`Sending ${file.name}`, async () => {
      if (tooLarge(file)) throw tooLarge(file)
      const bytes = new Uint8Array(await file.arrayBuffer())
      const uploaded = await client.upload('data', { filename: file.name, bytes })
      // The selection may have changed during the upload.
      change(({ files }) => ({ files: withFile(files, chosenOf(uploaded)) }))
    })
  const remove = (file: UploadedFile) => doing(`Deleting ${file.filename}`, () => client.deleteUpload(file.file_id))
  return { kept, state, bring, remove }
}

function StoredFile(props: {
  file: UploadedFile
  isChosen: boolean
  /** Whether the maximum number of files is selected. */
  isFull: boolean
  tick: (file: UploadedFile, isTicked: boolean) => void
  remove: (file: UploadedFile) => void
}) {
  const { file, isChosen, isFull, tick, remove } = props
  return (
    <li>
      <label className="choice">
        <input
          type="checkbox"
          checked={isChosen}
          disabled={!isChosen && isFull}
          onChange={(e) => tick(file, e.target.checked)}
        />
        <span>
          <strong>{file.filename}</strong>{' '}
          <span className="soft">
            {bytesInWords(file.size)}, deleted {ahead(file.expires_at)}
          </span>
          {file.name !== file.filename && (
            <span className="found-as">
              Your script finds it as <code>{file.name}</code>.
            </span>
          )}
        </span>
      </label>
      {!isChosen && (
        <button type="button" className="quiet" onClick={() => remove(file)} aria-label={`Delete ${file.filename}`}>
          Delete
        </button>
      )}
    </li>
  )
}

function LostFile({ file, omit }: { file: Draft['files'][number]; omit: () => void }) {
  return (
    <li>
      <span>
        <strong>{file.name}</strong>{' '}
        <span className="soft">is no longer stored: upload it again, or ask without it</span>
      </span>
      <button type="button" className="quiet" onClick={omit} aria-label={`Ask without ${file.name}`}>
        Ask without it
      </button>
    </li>
  )
}

function goingAlong(many: number): string {
  return many === 0 ? 'No file is chosen.' : `${plural(many, 'file')} ${many === 1 ? 'is' : 'are'} chosen.`
}
