/** Names derived from headers and file names: catalog names, units in headers, and columns that identify people. */

const NAME_MAX = 64

const LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss' }

/** A header or file name as a name in a catalog: letters, digits, _ and -, beginning with a letter, and not one of `taken`. */
export function nameFor(text: string, taken: readonly string[], otherwise: string): string {
  const plain = text
    .replace(/\[[^\]]*\]|\([^)]*\)/g, ' ')
    .normalize('NFC')
    .replace(/[äöüÄÖÜß]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z]+|[_-]+$/g, '')
    .slice(0, NAME_MAX - 4)
  const base = plain === '' ? otherwise : plain
  const used = new Set(taken.map((name) => name.toLowerCase()))
  let name = base
  for (let i = 2; used.has(name.toLowerCase()); i++) name = `${base}_${i}`
  return name
}

/** The unit in brackets in a header, such as `weight [kg]`; undefined if there is none. */
export function unitInHeader(header: string): string | undefined {
  const [, square, round] = /\[([^\]]{1,20})\]|\(([^)]{1,20})\)/.exec(header) ?? []
  const unit = (square ?? round)?.trim()
  return unit === undefined || unit === '' || !/^[\p{L}\p{N}µ%/*^.²³·° -]+$/u.test(unit) ? undefined : unit
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  // A unit in the name is surer than what is measured.
  [/_(lbs?|pounds?)$/i, '[lb_av]'],
  [/_(in|inch(es)?)$/i, '[in_i]'],
  [/^(age|alter|alter_.*|age_.*)$|_(years|jahre)$/i, 'a'],
  [/weight|gewicht|_kg$/i, 'kg'],
  [/height|groesse|koerpergroesse|_cm$/i, 'cm'],
  [/_(mm|mg|ml|ms|min|h|d|mmol|mmhg|bpm|mv|ma|hz)$/i, ''],
  [/temperatur/i, 'Cel'],
  [/(systolic|diastolic|blutdruck|_bp$)/i, 'mm[Hg]']
]

/** The unit that a variable's name suggests; undefined if it suggests none. */
export function unitGuess(name: string): string | undefined {
  const found = UNITS.find(([pattern]) => pattern.test(name))
  if (found === undefined) return undefined
  return found[1] === '' ? /_([A-Za-z]+)$/.exec(name)?.[1] : found[1]
}

const DIRECT: readonly RegExp[] = [
  /(^|[_ .-])(sur|last|first|family|given|full|middle)?[_ -]?name$/i,
  /^(nach|vor|familien)name|^initials?$|^initialen$/i,
  /street|strasse|straße|address|adresse|(^|[_ .-])(zip|plz|postcode|postal[_ ]?code|city|wohnort)/i,
  /phone|telefon|handy|(^|[_ .-])fax|e-?mail/i,
  /(^|[_ .-])(mrn|ssn|ahv|nhs|svnr|iban)([_ .-]|$)|versicher|insurance[_ ]?(no|number|id)/i
]

/** Whether a header names a direct identifier of a person, such as a name, an address or an insurance number. */
export function isDirectIdentifier(header: string): boolean {
  return DIRECT.some((pattern) => pattern.test(header))
}

const STAFF: readonly RegExp[] = [
  /behandler|untersucher|therapeut|interviewer|investigator|physician|clinician|surgeon|neurolog(e|ist)|radiolog(e|ist)|chirurg(in)?$/i,
  /(arzt|ärztin|aerztin)([_ .-]|$)/i,
  /(^|[_ .-])(doctor|rater|nurse|reviewer|examiner|assessor|operator|technician|pr(ü|ue)fer(in)?|betreuer(in)?|zuweiser(in)?|staff)([_ .-]|$)/i
]

/** Whether a header means the staff who treated or examined people, by full names or short names. */
export function isOfStaff(header: string): boolean {
  return STAFF.some((pattern) => pattern.test(header.trim()))
}

const GRIDDED =
  /(^|[_ .-])(time|times|days|tage|weeks|wochen|months|monate|duration|dauer|follow[_ -]?up|survival|score|scores|scale|skala|total|summe|sum|punkte|points|(mds[_ -]?)?updrs|moca|mmse|pdq|bdi|nihss|edss|phq|qol)([_ .-]|\d|$)|(zeit|score|punktzahl|punkte|dauer|skala)$/i

/** Whether a header means a time to an event or a score: survival and medians of such variables are read at its breakpoints. */
export function isGridded(header: string): boolean {
  return GRIDDED.test(header.trim())
}

/** Whether a header means a date of birth. */
export function isBirthDate(header: string): boolean {
  return /birth|geburt|geboorte|naiss|nascit|nacim|(^|[_ .-])geb([_ .-]*dat|[_ .-]|$)|(^|[_ .-])dob([_ .-]|$)/i.test(
    header
  )
}

const PERSON_NUMBER =
  /^(no|nr|num|numero|número|numéro|n°)[_ .-]?(de[_ .-])?(patient|pat|subject|sujet|proband|paciente|paziente|participant)/

const PERSON =
  /^(usubjid|subjid|pid|patid)$|^(subject|patient(en)?|pat|participant|person(en)?|proband(en)?|pseudonym)([_ .-]|$|[A-Z]|id|nr|no|num|code|key)/
const CASE = /^(case|record|fall|study|sample|visit|encounter)/i
const NUMBER_END = /(^|[_ .-])(id|nr|no|number|nummer|key|code|pseudonym)\.?$/i
const NUMBER_IN_CAPITALS = /[a-z](Id|ID|Nr|No)$/

/** The likelihood that a header means the subject key: 2 for a person's number, 1 for another number or code, 0 for anything else. */
export function keyLikeness(header: string): 0 | 1 | 2 {
  const plain = header.trim()
  if (PERSON_NUMBER.test(plain.toLowerCase())) return 2
  if (PERSON.test(plain.charAt(0).toLowerCase() + plain.slice(1)) || PERSON.test(plain.toLowerCase())) {
    return /name|age|sex|group|status|type|count/i.test(plain) ? 0 : 2
  }
  return [NUMBER_END, NUMBER_IN_CAPITALS, CASE].some((pattern) => pattern.test(plain)) ? 1 : 0
}
