/** The options that ask for differential privacy, and the ask they make. */
import { type PrivacyAskInput, privacyAskSchema, StimnetError } from '@stimnet/protocol'
import type { Values } from './arguments.ts'

/** Of `run` and `cost`. */
export const PRIVACY_OPTIONS = {
  epsilon: { type: 'string', value: 'NUMBER', help: 'Ask for P2: pure differential privacy of so much, e.g. 0.1' },
  rho: {
    type: 'string',
    value: 'NUMBER',
    help: 'Ask for P2: zero-concentrated, e.g. 0.005; less noise for many numbers'
  },
  'groups-per-subject': {
    type: 'string',
    value: 'NUMBER',
    help: 'With P2: most groups that one subject counts in (default 1)'
  },
  'rows-per-subject': {
    type: 'string',
    value: 'NUMBER',
    help: 'With P2: most rows of one subject in a group (default 1)'
  },
  bounds: { type: 'string', multiple: true, value: 'NAME=LOW:HIGH', help: 'With P2: narrower bounds, e.g. age=18:90' }
} as const

/** Undefined where none of the options is given. Throws PARAMETER_INVALID. */
export function privacyOf(values: Values<typeof PRIVACY_OPTIONS>): PrivacyAskInput | undefined {
  const { epsilon, rho, bounds = [] } = values
  const groups = values['groups-per-subject']
  const rows = values['rows-per-subject']
  if ([epsilon, rho, groups, rows].every((value) => value === undefined) && bounds.length === 0) return undefined
  const ask = {
    level: 'P2' as const,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(rho === undefined ? {} : { rho }),
    ...(groups === undefined ? {} : { groups_per_subject: wholeNumber('groups-per-subject', groups) }),
    ...(rows === undefined ? {} : { rows_per_subject: wholeNumber('rows-per-subject', rows) }),
    bounds: bounds.map(boundsOf)
  }
  const parsed = privacyAskSchema.safeParse(ask)
  if (parsed.success) return ask
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; '))
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw invalid(`--${name} is a whole number, not ${JSON.stringify(text.slice(0, 40))}`)
}

function boundsOf(text: string) {
  const match = /^([A-Za-z][\w.-]*)=(-?[\d.]+):(-?[\d.]+)$/.exec(text)
  const [, variable = '', lower = '', upper = ''] = match ?? []
  if (match) return { variable, lower, upper }
  throw invalid(`--bounds wants NAME=LOW:HIGH, such as age=18:90, not ${JSON.stringify(text.slice(0, 80))}`)
}

function invalid(reason: string): StimnetError {
  return new StimnetError('PARAMETER_INVALID', reason, { reason })
}
