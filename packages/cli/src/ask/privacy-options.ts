/** The command line options for differential privacy, and the request terms that follow from them. */
import { refuse, type Values, wholeNumber } from '@stimnet/machine'
import { type PrivacyAskInput, privacyAskSchema } from '@stimnet/protocol'

/** The differential privacy options of `run` and `cost`. */
export const PRIVACY_OPTIONS = {
  epsilon: { type: 'string', value: 'NUMBER', help: 'Ask for P2: pure differential privacy with this ε, e.g. 0.1' },
  rho: {
    type: 'string',
    value: 'NUMBER',
    help: 'Ask for P2: zero-concentrated, with this ρ, e.g. 0.005; less noise for many numbers'
  },
  'groups-per-subject': {
    type: 'string',
    value: 'NUMBER',
    help: 'With P2: in how many groups one subject counts at most (default 1)'
  },
  'rows-per-subject': {
    type: 'string',
    value: 'NUMBER',
    help: 'With P2: how many rows of one subject count in a group at most (default 1)'
  },
  bounds: { type: 'string', multiple: true, value: 'NAME=LOW:HIGH', help: 'With P2: narrower bounds, e.g. age=18:90' }
} as const

/** The terms from the options; undefined if no option is given. Throws PARAMETER_INVALID. */
export function privacyOf(values: Values<typeof PRIVACY_OPTIONS>): PrivacyAskInput | undefined {
  const { epsilon, rho, bounds = [] } = values
  const groups = values['groups-per-subject']
  const rows = values['rows-per-subject']
  if ([epsilon, rho, groups, rows].every((value) => value === undefined) && bounds.length === 0) return undefined
  const groupsPerSubject = wholeNumber('--groups-per-subject', groups)
  const rowsPerSubject = wholeNumber('--rows-per-subject', rows)
  const ask = {
    level: 'P2' as const,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(rho === undefined ? {} : { rho }),
    ...(groupsPerSubject === undefined ? {} : { groups_per_subject: groupsPerSubject }),
    ...(rowsPerSubject === undefined ? {} : { rows_per_subject: rowsPerSubject }),
    bounds: bounds.map(boundsOf)
  }
  const parsed = privacyAskSchema.safeParse(ask)
  if (parsed.success) return ask
  return refuse([...new Set(parsed.error.issues.map(complaintOf))].join('; '))
}

/** A validation message that names the option, since the schema's own messages are written for clients of the API. */
function complaintOf({ path: [field], message }: { path: readonly PropertyKey[]; message: string }): string {
  if (field === undefined) return 'give either --epsilon or --rho'
  const option = `--${String(field).replaceAll('_', '-')}`
  const isAmount = field === 'epsilon' || field === 'rho'
  return `${option}: ${isAmount ? `must be a number above zero, such as ${field === 'epsilon' ? '0.05' : '0.005'}` : message}`
}

function boundsOf(text: string) {
  const match = /^([A-Za-z][\w.-]*)=(-?[\d.]+):(-?[\d.]+)$/.exec(text)
  const [, variable = '', lower = '', upper = ''] = match ?? []
  if (match) return { variable, lower, upper }
  return refuse(`--bounds must be NAME=LOW:HIGH, such as age=18:90, not ${JSON.stringify(text.slice(0, 80))}`)
}
