/** The table of attacks and their results, for a terminal and for docs/redteam.md. */
import { ELSEWHERE } from './elsewhere.ts'
import type { Finding } from './harness.ts'

const WORDS = { none: 'no difference', numbers: 'numbers', withheld: 'what is withheld', refusal: 'a refusal' } as const

/** The table for a terminal: one line per attack, with its faults below. */
export function plainTable(findings: readonly Finding[]): string {
  const lines = findings.flatMap((finding) => {
    const { attack, outcomes, difference } = finding
    const cells = [
      attack.id.padEnd(6),
      attack.expected.padEnd(9),
      outcomes.join(' / ').padEnd(20),
      WORDS[difference].padEnd(17)
    ]
    return [
      `${verdictOf(finding).padEnd(6)}${cells.join('')}${attack.attack}`,
      ...notesOf(finding).map((note) => `        ${note}`)
    ]
  })
  const elsewhere = ELSEWHERE.map(({ id, attack, where }) => `      ${id.padEnd(6)}${attack}: ${where}`)
  return [
    `      id    expected with / without     between worlds   attack`,
    ...lines,
    '',
    'Tried elsewhere, or not yet built:',
    ...elsewhere,
    ''
  ].join('\n')
}

function verdictOf({ attack, faults }: Finding): string {
  if (faults.length > 0) return 'FAIL'
  return attack.open === undefined ? 'ok' : 'OPEN'
}

function notesOf({ attack, faults, where }: Finding): readonly string[] {
  if (faults.length > 0) return faults
  if (attack.open !== undefined) return [`open: ${attack.open}`]
  return attack.remains === undefined || where === '' ? [] : [`remains: ${attack.remains.why}`]
}

/** The table for docs/redteam.md, without parts that change from run to run. */
export function markdownTable(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { attack, outcomes, difference } = finding
    const [with_, without] = outcomes
    const outcome = with_ === without ? with_ : `${with_}, without the target ${without}`
    return `| ${attack.id} | ${escaped(attack.attack)} | ${attack.expected} | ${outcome} | ${WORDS[difference]} | ${escaped(remarkOf(finding))} |`
  })
  const elsewhere = ELSEWHERE.map(({ id, attack, where }) => `| ${id} | ${escaped(attack)} | ${escaped(where)} |`)
  return `${[
    '# Attacks tried',
    '',
    '`npm run redteam -- --markdown` makes this page; a test checks that every attack of the suite is on it. Each attack is carried out',
    'through the public interfaces of three institutions (400, 10,000 and 60 subjects), twice: once with a target person planted among',
    'the subjects and once without, with everything else equal. The column “differs” says what an outsider can see differ between the two.',
    '[For data protection officers](for-data-protection-officers.md) says how to read the page.',
    '',
    '- “Expected” and “outcome” use four words. REFUSE: a code and nothing else. SUPPRESS: an answer in which the cells in question are',
    '  withheld. DEFAULT: a code of the closed list after a run. RELEASE: a number, released by the rules.',
    '- “Differs” uses four phrases. No difference: every byte of the answer is the same, except ids, hashes of files and clock times.',
    '  Numbers: released numbers, each resting on at least k people, differ by one person’s share. What is withheld, a refusal: these',
    '  depend on who is there.',
    '',
    '| id | attack | expected | outcome | differs | remark |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Tried elsewhere, or not yet built',
    '',
    '| id | attack | where |',
    '| --- | --- | --- |',
    ...elsewhere
  ].join('\n')}\n`
}

function remarkOf({ attack }: Finding): string {
  if (attack.open !== undefined) return `Open: ${attack.open}`
  return attack.remains?.why ?? ''
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
