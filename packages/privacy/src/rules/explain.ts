/** Explanations of the rules in force, for people who are responsible for data and do not program. */
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

/** Explains every rule, including rules that are switched off, because readers must also know which protection is missing. */
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
      does: `Nothing is released about fewer than ${k} people. A smaller group is withheld. If its numbers could be computed from a total, further groups are withheld too.`,
      stops: 'Small cells, and small cells computed from totals.',
      stopsNot: `Somebody who already knows ${k - 1} members of a group of ${k} and wants to know the last one.`
    },
    {
      rule: 'spans',
      value: 'always',
      does: `Every number is compared with all earlier numbers of the same quantity: no sums or differences of them may rest on fewer than ${k} people. People whom the number would single out are left out of the answer, or the number is withheld.`,
      stops:
        'Asking the same question twice, the second time without one person, and longer chains of questions with the same effect.',
      stopsNot: 'Combining these answers with those of other catalogs, other institutions or older snapshots.'
    },
    {
      rule: 'zerosAreDisclosive',
      value: zerosAreDisclosive ? 'on' : 'off',
      does: zerosAreDisclosive
        ? 'Withheld are: shares of 0 % and 100 %, a value that is the same for everyone in a group, and a group that contains everyone with the same other keys.'
        : 'Shares of 0 % and 100 % are released.',
      stops: zerosAreDisclosive
        ? 'Learning something about each member of a group because it is true of all of them, or of none.'
        : 'Nothing.',
      stopsNot: zerosAreDisclosive
        ? 'Shares close to 0 % or 100 %.'
        : 'Learning something about each member of a group because it is true of all of them, or of none.'
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
        ? `A sum or mean is withheld if one person contributes more than ${percent(largestShareMax)} of it.`
        : 'There is no limit for one person alone. The next two rules apply.',
      stops: largest ? 'Estimating one person’s value from a sum that is mostly this value.' : 'Nothing.',
      stopsNot: 'The same with values that can be negative: these need a declared minimum and maximum instead.'
    },
    {
      rule: 'dominanceShareMax',
      value: percent(dominanceShareMax),
      does: `A sum or mean is withheld if two people contribute ${percent(dominanceShareMax)} of it or more.`,
      stops: 'One of the two largest contributors computing the value of the other.',
      stopsNot: 'Three people who combine what they know.'
    },
    {
      rule: 'dominanceRemainderMin',
      value: percent(dominanceRemainderMin),
      does: `A sum or mean is withheld if everybody except its two largest contributors contributes less than ${percent(dominanceRemainderMin)} of the largest contribution.`,
      stops: `The second largest contributor estimating the largest value to within ${percent(dominanceRemainderMin)}.`,
      stopsNot: 'A less precise estimate.'
    }
  ]
}

function ofInformation({ informationShareMax, precision }: PrivacySettings): Explanation[] {
  const isExact = precision === 'exact'
  return [
    {
      rule: 'informationShareMax',
      value: percent(informationShareMax),
      does: `All released numbers together disclose at most ${percent(informationShareMax)} of the information that would describe each person's value of a variable. Variables that others are assumed to know, such as age or sex, are not counted.`,
      stops: 'Computing the values of single people from many numbers about a group.',
      stopsNot: 'Learning what is typical of a group, which is the purpose of a question.'
    },
    {
      rule: 'precision',
      value: isExact ? 'every digit' : 'a tenth of the standard error',
      does: isExact
        ? 'Means and spreads have all their digits. Over real people, those of a number that others know (an age) are rounded where it is summed over people or with values that they do not know.'
        : 'Means and spreads are released to a tenth of their standard error: further digits describe these people only, not the population that they represent.',
      stops: isExact
        ? 'Naming people by the digits of sums of known numbers.'
        : 'Computing the values of a few people from differences between numbers of large groups.',
      stopsNot: isExact ? 'Computing n from the digits of a mean.' : 'Counts, which are exact unless they are rounded.'
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
      stops: 'Computing single values of a small group from their mean and spread.',
      stopsNot: 'Learning how much the values of a large group vary, which is the purpose of a question.'
    },
    {
      rule: 'shapeSubjectsMin',
      value: String(shapeSubjectsMin),
      does: `Skewness and kurtosis need at least ${shapeSubjectsMin} people.`,
      stops: 'Computing single values of a small group from four of their moments.',
      stopsNot: 'Learning how a large group is skewed, which is the purpose of a question.'
    },
    {
      rule: 'roundBase',
      value: rounds ? String(roundBase) : 'off',
      does: rounds
        ? `Small counts are withheld; then counts are rounded to the nearest ${roundBase}. Shares and totals are computed from rounded counts.`
        : 'Counts are exact.',
      stops: rounds ? 'Noticing that a count changed by a few people, here or in a later release.' : 'Nothing.',
      stopsNot: rounds
        ? 'Noticing a change that crosses a rounding step.'
        : 'Comparing with exact counts published elsewhere.'
    },
    {
      rule: 'significantDigits',
      value: cuts ? String(significantDigits) : 'all',
      does: cuts
        ? `Means and spreads have ${significantDigits} significant digits.`
        : 'Means and spreads have all their digits.',
      stops: cuts ? 'Computing an exact count from the digits of a mean.' : 'Nothing.',
      stopsNot: cuts ? 'Noticing a change in the remaining digits.' : 'Computing n from the digits of a mean.'
    }
  ]
}

function ofScripts({ scriptBitsMax, scriptBitsScopeMax }: PrivacySettings): Explanation[] {
  return [
    {
      rule: 'scriptBitsMax',
      value: `${scriptBitsMax} bits`,
      does: `One script can give at most 2 to the power of ${scriptBitsMax} different answers. Words in its answer must come from the script or the request.`,
      stops: 'Exporting a table in one answer.',
      stopsNot: 'Disclosing one bit about one person. Only reading the code, or running no scripts, stops that.'
    },
    {
      rule: 'scriptBitsScopeMax',
      value: `${scriptBitsScopeMax} bits`,
      does: `All scripts of one ledger together may disclose ${scriptBitsScopeMax} bits. Each script costs at least three bits, because the way it ended discloses something too.`,
      stops: 'Exporting a table in many answers.',
      stopsNot: 'Disclosing a few well chosen bits.'
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
        ? 'What was released to anybody counts for everybody: all requesters share one ledger.'
        : 'What was released to one project counts for that project alone. The steward lists the projects and their keys.',
      stops: isGlobal ? 'Two requesters combining their answers.' : 'Combining the answers of one project.',
      stopsNot: isGlobal
        ? 'Somebody asking for many unusual groups, so that later questions of others are refused.'
        : 'Two projects combining their answers: the result may rest on fewer people than the first rule demands.'
    },
    {
      rule: 'refusalBitsMax',
      value: `${refusalBitsMax} bits in 30 days`,
      does: `Each refusal that depends on data, each withheld group or cell, and each statement that people were left out discloses one bit to the requester. Repeating an answer discloses nothing more. After ${refusalBitsMax} bits, that requester gets only answers that were given before and answers to questions about whole base cells of a lattice. Synthetic catalogs are exempt.`,
      stops: 'Learning from many refusals which groups are small.',
      stopsNot: 'Learning something from each of the first refusals.'
    }
  ]
}
