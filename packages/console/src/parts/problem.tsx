/** An error message. */
import { tell } from '../words/problem.ts'

/** `doing` names the failed action: "Reading the catalogs". */
export function Problem({ error, doing, again }: { error: unknown; doing?: string; again?: () => void }) {
  const { code, sentence, fields, incident } = tell(error)
  return (
    <div className="notice bad" role="alert">
      <p>
        {doing !== undefined && <strong>{doing} failed. </strong>}
        {sentence} <span className="code">{code}</span>
      </p>
      {fields.length > 0 && (
        <ul>
          {fields.map(({ field, message }) => (
            <li key={field}>
              <code>{field}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {incident !== undefined && <p className="hint">Tell the operator this incident number: {incident}.</p>}
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}
