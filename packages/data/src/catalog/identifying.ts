/** Names of variables that others commonly know of a person, where the steward says nothing else. */

/**
 * Patterns for whole names, with _ or - between words: who somebody is, where and when they were seen, how they
 * were measured, and the arm to which they were randomised. Findings about people are not among these. A name that
 * is not listed counts as unknown to others.
 */
const NAMES: readonly RegExp[] = [
  /^(sex|gender)$/,
  /^age(_(years|months|days|group|band|category|class|range|decade))?$/,
  // Only about when people were seen: an age at onset or a date of death is a finding.
  /^(age_at|date_of|year_of)_(baseline|visit|scan|imaging|entry|enrol?lment|inclusion|recruitment|assessment|randomi[sz]ation)$/,
  /^(birth|year|date)$/,
  /^(birth_(year|date|month|day)|(year|date|month|day)_of_birth)$/,
  /^(ethnicity|race|education|handedness|marital_status|country|region|state|district)$/,
  /^((study|treatment|trial)_)?(arm|group)$/,
  /^(treatment|randomi[sz]ation|cohort)$/,
  /^(study_|trial_)?(site|centre|center|hospital|clinic|ward|institution)(_id)?$/,
  /^(visit|wave|time_?point|session|month|week|day)(_(number|name))?$/,
  /^(scan_type|scanner|scanner_.+|modality|sequence|protocol|device|manufacturer|vendor|batch|field_strength)$/
]

/** Whether a variable of that name counts as identifying unless its steward says otherwise. */
export function isIdentifyingName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('-', '_')
  return NAMES.some((pattern) => pattern.test(plain))
}
