/** Parses the typed outputs that a script declares, as the researcher typed them. */
import { type OutputDeclarationInput, outputContractSchema } from '@stimnet/protocol'

/** The outputs, or the reason why the text is invalid. */
export type ReadOutputs =
  | { readonly ok: true; readonly outputs: readonly OutputDeclarationInput[] }
  | { readonly ok: false; readonly why: string }

/** An example with one output of each common kind. */
export const OUTPUTS_EXAMPLE = `[
  { "name": "with a change", "kind": "count" },
  { "name": "mean change", "kind": "mean", "lower": "-199", "upper": "199", "unit": "points", "of": "with a change" },
  { "name": "responders", "kind": "proportion", "of": "with a change" }
]
`

/** Parses the outputs. An empty text declares none. */
export function readOutputs(text: string): ReadOutputs {
  if (text.trim() === '') return { ok: true, outputs: [] }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: 'this is not valid JSON.' }
  }
  const parsed = outputContractSchema.safeParse(value)
  if (parsed.success) return { ok: true, outputs: parsed.data }
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  return { ok: false, why: `${where}${issue?.message ?? 'not well formed.'}` }
}
