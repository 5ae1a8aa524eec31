/** The disclosure card in plain words: what was done to the numbers, and how far the promise goes. */
import type { DisclosureCard, DpCard } from '@stimnet/protocol'
import { count, measured, plural } from './number.ts'

/** What each level means, in a few words. */
export const LEVELS: Readonly<Record<DisclosureCard['level'], string>> = {
  unreviewed: 'Script: no disclosure claim',
  P0: 'P0: people have read the script',
  P1: 'P1: disclosure-controlled',
  P2: 'P2: differentially private'
}

/** Sentences, the most important first. Everything in them is what the institution signed. */
export function cardSentences(card: DisclosureCard): string[] {
  // The rules about small groups are not what protects here.
  if (card.dp) return [card.claim, ...noiseSentences(card.dp)]
  return [
    card.claim,
    `The smallest group behind a released number has ${plural(card.k, 'subject')}.`,
    card.round_base > 1 ? `Counts are rounded to multiples of ${count(card.round_base)}.` : 'Counts are not rounded.',
    withheldSentence(card),
    ...(card.subjects === null ? [] : [`The question was about ${plural(card.subjects, 'subject')} here.`]),
    scopeSentence(card),
    ...reviewSentences(card),
    ...(card.bits === null ? [] : [`The script let out at most ${plural(card.bits, 'bit')}.`])
  ]
}

function withheldSentence({ suppressed_cells: cells }: DisclosureCard): string {
  if (cells === 0) return 'Nothing was withheld.'
  return `${plural(cells, 'cell')} ${cells === 1 ? 'was' : 'were'} withheld, because too few people stand behind them or because they would give such away.`
}

function scopeSentence({ scope }: DisclosureCard): string {
  return scope === undefined || scope === 'global'
    ? 'It was held against everything that was ever released from this catalog, to anybody.'
    : `It was held against what was released to the project ${scope}; what others learned is not counted.`
}

function reviewSentences({ reviewers, level }: DisclosureCard): string[] {
  if (level !== 'P0' && level !== 'unreviewed') return []
  return reviewers ? [`${plural(reviewers, 'steward')} read exactly this script before it ran.`] : ['Nobody read it.']
}

function noiseSentences(dp: DpCard): string[] {
  const charge = dp.epsilon === null ? `ρ = ${measured(dp.rho ?? 0)}` : `ε = ${measured(dp.epsilon)}`
  return [
    `Noise was added (${dp.mechanism.replace('-', ' ')}), at a charge of ${charge}, divided among ${plural(dp.numbers, 'number')}.`,
    `Of one person at most ${plural(dp.groups_per_subject, 'group')} and ${plural(dp.rows_per_subject, 'row')} a group count; the charge never comes back.`,
    ...dp.columns.flatMap(({ name, error_95: error }) =>
      error === null ? [] : [`${name}: in nineteen of twenty answers the noise is below ${measured(error)}.`]
    )
  ]
}
