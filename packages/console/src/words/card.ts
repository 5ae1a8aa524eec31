/** The disclosure card in plain words: the treatment of the numbers, and the limits of the claim. */
import type { DisclosureCard, DpCard } from '@stimnet/protocol'
import { count, measured, plural } from './number.ts'

/** The meaning of each level in a few words. */
export const LEVELS: Readonly<Record<DisclosureCard['level'], string>> = {
  unreviewed: 'Script: no disclosure claim',
  P0: 'P0: people have read the script',
  P1: 'P1: disclosure-controlled',
  P2: 'P2: differentially private'
}

/** The card as sentences, most important first. Each follows from what the institution signed. */
export function cardSentences(card: DisclosureCard): string[] {
  const { level, subjects, dp } = card
  // Under noise, the rules about small groups are not what protects people, so they are not listed.
  if (dp) return [card.claim, ...noiseSentences(dp)]
  const isScript = level === 'P0' || level === 'unreviewed'
  return [
    card.claim,
    ...(isScript ? scriptSentences(card) : ruleSentences(card)),
    withheldSentence(card),
    ...(subjects === null ? [] : [`The question was about ${plural(subjects, 'subject')} here.`])
  ]
}

function ruleSentences(card: DisclosureCard): string[] {
  return [
    `The smallest group behind a released number has ${plural(card.k, 'subject')}.`,
    card.round_base > 1
      ? `Counts are rounded to multiples of ${count(card.round_base)}.`
      : `Counts of people are not rounded; numbers of values are rounded to multiples of ${card.k} where that hides who lacks one.`,
    ...(card.precision === 'statistical' ? ['Other numbers are rounded to a tenth of their standard error.'] : []),
    scopeSentence(card)
  ]
}

function scriptSentences({ k, bits, reviewers = 0 }: DisclosureCard): string[] {
  return [
    `The script saw at least ${plural(k, 'subject')}. The institution cannot check what it computed from them.`,
    ...(reviewers > 0 ? [`${plural(reviewers, 'steward')} read exactly this script before it ran.`] : []),
    ...(bits === null
      ? []
      : [`It released at most ${plural(bits, 'bit')}. All scripts on a catalog together have a limit.`])
  ]
}

function withheldSentence({ suppressed_cells: cells, level }: DisclosureCard): string {
  const uncounted =
    level === 'P1'
      ? ' Groups of people without a value do not count, unless others know who has one; there may be none.'
      : ''
  if (cells === 0) return `Nothing was withheld.${uncounted}`
  return `${plural(cells, 'cell')} ${cells === 1 ? 'was' : 'were'} withheld, because too few people are behind them or because they would disclose such cells.`
}

function scopeSentence({ scope }: DisclosureCard): string {
  return scope === undefined || scope === 'global'
    ? 'It was compared with everything that was ever released from this catalog, to anybody.'
    : `It was compared with what was released to the same ${scope}. What others received is not counted.`
}

function noiseSentences(dp: DpCard): string[] {
  const charge = dp.epsilon === null ? `ρ = ${measured(dp.rho ?? 0)}` : `ε = ${measured(dp.epsilon)}`
  return [
    `Noise was added (${dp.mechanism.replace('-', ' ')}), at a charge of ${charge}, divided among ${plural(dp.numbers, 'number')}.`,
    `One person counts in at most ${plural(dp.groups_per_subject, 'group')}, with ${plural(dp.rows_per_subject, 'row')} in each. The charge is never refunded.`,
    ...dp.columns.flatMap(({ name, error_95: error }) =>
      error === null ? [] : [`${name}: in nineteen of twenty answers the noise is at most ${measured(error)}.`]
    )
  ]
}
