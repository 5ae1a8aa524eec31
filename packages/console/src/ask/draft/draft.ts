/** The state of the form: a question before it is sent. */
import type { Filter, VariableMapping } from '@stimnet/protocol'
import type { HeldKey } from '../../key/keys.ts'
import type { OwnKeyState } from '../../key/own-key.ts'
import { ofTab } from '../../session/storage.ts'
import type { ChosenFile } from './files.ts'
import { type ModelDraft, NO_MODEL } from '../statistic/model.ts'
import { NO_SURVIVAL, type SurvivalDraft } from '../statistic/survival.ts'

/** The kind of program. */
export type Kind = 'statistic' | 'sql' | 'script'

/** One condition of the cohort. */
export interface Condition {
  /** React key of the row. */
  readonly key: number
  /** `table.variable`. */
  readonly column: string
  readonly op: '=' | '!=' | 'in' | '<' | '>='
  readonly values: readonly string[]
}

/** A statistic by name, as the picker holds it. */
export interface Picked {
  readonly name: string
  readonly variables: readonly string[]
  readonly by: readonly string[]
  readonly level: string
  readonly q: string
  readonly kurtosis: boolean
  /** Adds confidence intervals to the answer. */
  readonly interval: boolean
  /** Compares each pair of groups of an analysis of variance. */
  readonly pairwise: boolean
  /** The number with which a mean is compared, as typed; empty means 0. */
  readonly value: string
  /** For models. */
  readonly model: ModelDraft
  /** For survival curves, the log-rank test and hazard ratios. */
  readonly survival: SurvivalDraft
  /** For principal components: scale each variable to variance 1. */
  readonly scaled: boolean
}

/** The researcher and the purpose, as free text for stewards. */
export interface Person {
  readonly name: string
  readonly institution: string
  readonly email: string
  readonly why: string
}

/** Everything on the form. */
export interface Draft {
  readonly catalog: string
  /** PeerIds of the institutions asked; null for every institution that offers the catalog. */
  readonly targets: readonly string[] | null
  readonly kind: Kind
  readonly picked: Picked
  readonly sql: string
  readonly language: 'python' | 'r'
  readonly script: string
  /** Uploaded files that a script reads. */
  readonly files: readonly ChosenFile[]
  /** Typed outputs that a script declares, as JSON; empty for none. */
  readonly outputs: string
  readonly conditions: readonly Condition[]
  /** The part of an earlier question's cohort that conditions cannot express; it must hold as well. */
  readonly whereElse: Filter | null
  /** Name of the analysis set to which the question is restricted; empty for none. */
  readonly set: string
  /** Mappings of variables of one institution to those of the others. */
  readonly mappings: readonly VariableMapping[]
  readonly purpose: string
  readonly disease: string
  /** Name of a project at institutions that keep ledgers by project. */
  readonly project: string
  /** The id of the data permit under which the question is asked. */
  readonly permit: string
  readonly level: 'P1' | 'P2'
  readonly epsilon: string
  readonly groupsPerSubject: number
  readonly rowsPerSubject: number
  readonly title: string
  /** The signer of the question: the researcher's own key, or the gateway. */
  readonly signer: 'own' | 'gateway'
  /** Whether the stewards of the one institution asked decide first. */
  readonly review: boolean
  /** For the stewards. */
  readonly person: Person
}

/** Changes the draft. Changes that depend on the current draft are given as a function, since other changes may come between. */
export type Change = (change: Partial<Draft> | ((last: Draft) => Partial<Draft>)) => void

/** An empty form. */
export const EMPTY: Draft = {
  catalog: '',
  targets: null,
  kind: 'statistic',
  picked: {
    name: 'mean',
    variables: [],
    by: [],
    level: '',
    q: '',
    kurtosis: false,
    interval: false,
    pairwise: false,
    value: '',
    model: NO_MODEL,
    survival: NO_SURVIVAL,
    scaled: true
  },
  sql: '',
  language: 'python',
  script: '',
  files: [],
  outputs: '',
  conditions: [],
  whereElse: null,
  set: '',
  mappings: [],
  purpose: '',
  disease: '',
  project: '',
  permit: '',
  level: 'P1',
  epsilon: '0.5',
  groupsPerSubject: 1,
  rowsPerSubject: 1,
  title: '',
  signer: 'own',
  review: false,
  person: { name: '', institution: '', email: '', why: '' }
}

const KEY = 'stimnet-draft'

/** The form as stored in this tab; an empty one if there is none or its format differs. */
export function storedDraft(text = ofTab.get(KEY)): Draft {
  try {
    const stored: unknown = JSON.parse(text ?? 'null')
    if (typeof stored !== 'object' || stored === null) return EMPTY
    const { picked } = stored as Partial<Draft>
    const model = { ...NO_MODEL, ...picked?.model }
    const survival = { ...NO_SURVIVAL, ...picked?.survival }
    return { ...EMPTY, ...stored, picked: { ...EMPTY.picked, ...picked, model, survival } }
  } catch {
    return EMPTY
  }
}

/** Stores the form in this tab, so that a reload loses nothing if the browser has space. */
export function storeDraft(draft: Draft): void {
  ofTab.set(KEY, JSON.stringify(draft))
}

/** Whether clearing the form would lose anything besides the catalog, the targets and the kind of program. */
export function isComposed(draft: Draft): boolean {
  const { catalog, targets, kind, language, signer } = EMPTY
  return JSON.stringify({ ...draft, catalog, targets, kind, language, signer }) !== JSON.stringify(EMPTY)
}

/** The key that signs the draft; undefined if the gateway signs. */
export function signingKey({ signer }: Pick<Draft, 'signer'>, own: OwnKeyState): HeldKey | undefined {
  return signer === 'own' && own.state === 'held' ? own.held : undefined
}
