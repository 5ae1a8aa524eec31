/** The two buttons of a confirmation that is asked before something is lost. */

/** `yes` and `no`: the labels of the buttons. */
export function Answers(props: { yes: string; no: string; agree: () => void; keep: () => void }) {
  const { yes, no, agree, keep } = props
  return (
    <div className="actions">
      <button type="button" className="danger" onClick={agree}>
        {yes}
      </button>
      <button type="button" onClick={keep}>
        {no}
      </button>
    </div>
  )
}
