/** Explanations of the rules in force, in plain words, for people who are responsible for data and need not program. */
import type { DisclosureRules } from './presets.ts'
import type { PrivacySettings } from './settings.ts'

/** One rule: its value, what it does, which attack it stops, and which it does not stop. */
export interface Explanation {
  readonly rule: keyof DisclosureRules | 'scope' | 'refusalBitsMax' | 'spans' | 'precision'
  readonly value: string
  readonly does: string
  readonly stops: string
  readonly stopsNot: string
}

const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`

/** Explains every rule, including those that are switched off, because readers must also know what is not done. */
export function explain(settings: PrivacySettings): Explanation[] {
  return [
    ...ofPeople(settings),
    ...ofSums(settings),
    ...ofInformation(settings),
    ...ofDigits(settings),
    ...ofScripts(settings),
    ...ofLedgers(settings)
  ]
}

function ofPeople({ k, zerosAreDisclosive }: PrivacySettings): Explanation[] {
  return [
    {
      rule: 'k',
      value: String(k),
      does: `Nothing is released about fewer than ${k} people; a smaller group is withheld, and others with it where a total would give it away.`,
      stops: 'Small cells, and cells worked out from totals.',
      stopsNot: `Somebody who already knows ${k - 1} members of a group and wants the last one.`
    },
    {
      rule: 'spans',
      value: 'always',
      does: `Every number is compared with all earlier ones of the same quantity: no sums or differences of them may rest on fewer than ${k} people. People whom that would tell apart are left out of the answer, or the number is withheld.`,
      stops: 'Asking the same twice with one person less, and longer chains of questions that come to the same.',
      stopsNot: 'Combining answers of other catalogs, other institutions or older snapshots with these.'
    },
    {
      rule: 'zerosAreDisclosive',
      value: zerosAreDisclosive ? 'on' : 'off',
      does: zerosAreDisclosive
        ? 'Shares of 0 % and 100 %, values that are the same for everyone in a group, and groups that hold everyone who shares the other keys, are withheld.'
        : 'Shares of 0 % and 100 % are shown.',
      stops: zerosAreDisclosive
        ? 'Learning about each member that they all have something, or that nobody has.'
        : 'Nothing.',
      stopsNot: zerosAreDisclosive
        ? 'Shares close to 0 % or 100 %.'
        : 'Learning about each member of a group that they all have something.'
    }
  ]
}

function ofSums({ largestShareMax, dominanceShareMax, dominanceRemainderMin }: PrivacySettings): Explanation[] {
  const largest = largestShareMax < 1
  return [
    {
      rule: 'largestShareMax',
      value: largest ? percent(largestShareMax) : 'off',
      does: largest
        ? `A sum or mean is withheld when one person makes up more than ${percent(largestShareMax)} of it.`
        : 'No limit on one person alone; the next two rules hold.',
      stops: largest ? 'Reading one person’s value off a sum that is mostly theirs.' : 'Nothing.',
      stopsNot: 'Values that can be negative: they need a declared minimum and maximum instead.'
    },
    {
      rule: 'dominanceShareMax',
      value: percent(dominanceShareMax),
      does: `A sum or mean is withheld when two people make up ${percent(dominanceShareMax)} of it or more.`,
      stops: 'One of the two largest working out the other.',
      stopsNot: 'Three people together.'
    },
    {
      rule: 'dominanceRemainderMin',
      value: percent(dominanceRemainderMin),
      does: `A sum or mean is withheld when all but its two largest contributors are less than ${percent(dominanceRemainderMin)} of the largest.`,
      stops: `The second largest working out the largest to within ${percent(dominanceRemainderMin)}.`,
      stopsNot: 'A coarser estimate than that.'
    }
  ]
}

function ofInformation({ informationShareMax, precision }: PrivacySettings): Explanation[] {
  const isExact = precision === 'exact'
  return [
    {
      rule: 'informationShareMax',
      value: percent(informationShareMax),
      does: `All numbers together tell of each variable at most ${percent(informationShareMax)} of what it would take to write down each person's value; variables that others know anyway, such as age or sex, are not counted.`,
      stops: 'Solving many numbers about a group for the values of its members.',
      stopsNot: 'Learning what is typical of a group: that is the answer.'
    },
    {
      rule: 'precision',
      value: isExact ? 'every digit' : 'a tenth of the standard error',
      does: isExact
        ? 'Means and spreads have all their digits.'
        : 'Means and spreads are told to a tenth of their standard error: further digits are about these people, not about those whom they stand for.',
      stops: isExact ? 'Nothing.' : 'Taking differences of numbers of large groups for the value of a few people.',
      stopsNot: isExact
        ? 'Working out n from the digits of a mean.'
        : 'Counts, which are exact unless they are rounded.'
    }
  ]
}

function ofDigits({
  spreadSubjectsMin,
  shapeSubjectsMin,
  roundBase,
  significantDigits
}: PrivacySettings): Explanation[] {
  const rounds = roundBase > 1
  const cuts = significantDigits < 17
  return [
    {
      rule: 'spreadSubjectsMin',
      value: String(spreadSubjectsMin),
      does: `Variances, standard deviations, covariances and correlations need at least ${spreadSubjectsMin} people.`,
      stops: 'Solving few values from their mean and spread.',
      stopsNot: 'Learning how a group is spread: that is the answer.'
    },
    {
      rule: 'shapeSubjectsMin',
      value: String(shapeSubjectsMin),
      does: `Skewness and kurtosis need at least ${shapeSubjectsMin} people.`,
      stops: 'Solving few values from four of their moments.',
      stopsNot: 'Learning how a large group is skewed: that is the answer.'
    },
    {
      rule: 'roundBase',
      value: rounds ? String(roundBase) : 'off',
      does: rounds
        ? `Counts are rounded to the nearest ${roundBase}, after small ones are withheld; shares are made of rounded counts, and totals are sums of them.`
        : 'Counts are exact.',
      stops: rounds ? 'Seeing that a count changed by a few people, here or in a later release.' : 'Nothing.',
      stopsNot: rounds ? 'Changes that cross a rounding step.' : 'Comparing with exact counts published elsewhere.'
    },
    {
      rule: 'significantDigits',
      value: cuts ? String(significantDigits) : 'all',
      does: cuts
        ? `Means and spreads have ${significantDigits} significant digits.`
        : 'Means and spreads have all their digits.',
      stops: cuts ? 'Working an exact count out from the digits of a mean.' : 'Nothing.',
      stopsNot: cuts ? 'A change that shows in the digits that are left.' : 'Working out n from the digits of a mean.'
    }
  ]
}

function ofScripts({ scriptBitsMax, scriptBitsScopeMax }: PrivacySettings): Explanation[] {
  return [
    {
      rule: 'scriptBitsMax',
      value: `${scriptBitsMax} bits`,
      does: `What one script says may be one of at most 2 to the ${scriptBitsMax} different answers; its words come from the script or the request.`,
      stops: 'Carrying a table out in an answer.',
      stopsNot: 'One bit about one person: only reading the code can, or not running scripts.'
    },
    {
      rule: 'scriptBitsScopeMax',
      value: `${scriptBitsScopeMax} bits`,
      does: `All scripts of one ledger may say ${scriptBitsScopeMax} bits together; each costs three at least, for how it ended.`,
      stops: 'Carrying a table out in many answers.',
      stopsNot: 'A few well chosen bits.'
    }
  ]
}

function ofLedgers({ scope, refusalBitsMax }: PrivacySettings): Explanation[] {
  const isGlobal = scope === 'global'
  return [
    {
      rule: 'scope',
      value: scope,
      does: isGlobal
        ? 'What anybody was given counts for everybody: all share one ledger.'
        : 'What one project was given counts for that project alone; the steward lists projects and their keys.',
      stops: isGlobal
        ? 'Two requesters putting their answers together.'
        : 'One requester putting the answers of one project together.',
      stopsNot: isGlobal
        ? 'Somebody asking for many odd groups first, so that others are refused later.'
        : 'Two projects putting their answers together: that may come to fewer people than the rule for groups says.'
    },
    {
      rule: 'refusalBitsMax',
      value: `${refusalBitsMax} bits in 30 days`,
      does: `Each refusal that depends on data, each withheld group or cell, and each sentence that people were left out, tells whoever asks one bit; the same answer again tells none. After ${refusalBitsMax} of them that requester is answered what was answered before and questions about whole base cells of a lattice, nothing else; synthetic catalogs are exempt.`,
      stops: 'Learning from many refusals where the small groups are.',
      stopsNot: 'Learning something from each of the first ones.'
    }
  ]
}
