/** `stimnet model`: fits a regression, given as a formula, over the data of many peers. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, exitOfCode, given, oneOf, printable } from '@stimnet/machine'
import { type Code, MODEL_ROUNDS_MAX, SITE_EFFECTS } from '@stimnet/protocol'
import {
  type Broadcast,
  type CheckedModel,
  checkModel,
  COMBINING,
  INTERVALS,
  LIKELIHOODS,
  isLeftToMapping,
  MODEL_FAMILIES,
  type ModelAsked,
  modelCall,
  type ModelHint,
  modelHints
} from '@stimnet/sdk'
import { answerText } from '../answer/answer.ts'
import { modelForest } from '../answer/models.ts'
import { PRIVACY_OPTIONS, privacyOf } from './privacy-options.ts'
import { askRounds } from './rounds.ts'
import { ASK_OPTIONS, askPeers, chosenOf, peersIn } from './run.ts'
import { SPEND_OPTIONS } from './spend.ts'
import { whereOf } from './where.ts'

/** `stimnet model`. Exit code 0: at least one peer completed; 1: none did; 2: the formula does not fit the catalog. */
export const modelCommand = command({
  name: 'model',
  usage:
    'FORMULA --catalog NAME [--where COMPARISON] [--site none|fixed|random|meta] [--family NAME] [--forest TERM] [--dry]',
  summary: 'Fits a regression over the people of many institutions, as lm and glm in R do over one file.',
  details: `
  stimnet model "UPDRS_change ~ diagnosis + sex" --catalog clinical_trial_data --where outcomes.visit=month_12
  stimnet model "UPDRS_change ~ diagnosis * sex" --catalog clinical_trial_data --where outcomes.visit=month_12 --dry
  stimnet model "scan_quality ~ motion_score + scan_type" --catalog imaging_data --site meta --forest motion_score

A formula has the outcome, ~, and terms joined by +:
  a              a number, or a category: one coefficient for each level except the first
  a:b            the product of both
  a * b          the same as a + b + a:b
  - 1            no intercept
  (1 | subject)  a random intercept of each person, who can then have several rows: lmer in R
  (1 + month | subject)  also a slope over the visits of a person, as lmer: the levels of month are numbers. || in place of |: slopes
                         do not correlate with intercepts
  (1 | site)     a random intercept of each institution, as --site random
It has no functions and no other brackets: a transformed variable must be a variable of the catalog. stimnet catalogs NAME
--json shows the variables. A name that two tables have is written table.name.

--family binomial is logistic regression of a category, such as "fell ~ sex + arm", and --event the level that it models;
--family poisson is regression of a count; --family cox is Cox's proportional hazards, such as "died ~ age + arm" with --time days, with
a baseline hazard of each institution. With categories alone logistic and Poisson models are fitted from the table of people by all of them. With a
number among the terms the institutions fit them together in up to four rounds, of which each is shown while it runs: interrupted,
the same command goes on where it was, since a question that was answered is answered again. An institution that drops out ends the fit
with the last round that all of them answered. --peers chooses who takes part. Rounds are for synthetic data.

--site says how institutions enter:
  none       all people as one sample (default)
  fixed      the institution as a factor, so that differences between institutions do not enter
  random     an intercept of each institution from a normal distribution, as lmer's (1 | site): variances and ICC by REML
  meta       one fit for each institution; each coefficient is combined by random effects, with τ², I², Q and the prediction
             interval of a further institution. --method: reml, dl, pm or fixed; --interval: hartung_knapp or wald

Except with (1 | subject), each person must have one row: if a table has several rows per person, choose one by --where, for example
one visit. Without such a condition no institution is asked, unless --anyway is given. Over real people a number that others may know
(identifying in the catalog, such as age) cannot be in a model with other variables: use a category of it, such as age groups. A
catalog that releases rounded numbers (no precision: exact) supports only the logistic model of categories. The answer has
coefficients with standard error, t, p and 95 % interval, the fit in one line, and the numbers of each institution.
--epsilon or --rho asks for noise in every sum (P2), and spends a privacy budget that is never refunded: the price and the expected error
of each coefficient are shown first. P2 needs neither exact numbers nor k people, and supports linear regressions and logistic ones of
categories; standard errors and intervals include the noise. From several rows of a person one is chosen at random.

--forest TERM draws one coefficient by institution, such as motion_score or "sex[male]". --dry checks the formula and shows what the
answer would disclose; nothing is asked. Every institution releases the whole matrix of sums behind the fit, or nothing: see
docs/models.md for what it needs.`,
  options: {
    ...CLIENT_OPTIONS,
    ...ASK_OPTIONS,
    site: { type: 'string', value: 'HOW', help: 'How institutions enter: none (unless given), fixed, random or meta' },
    method: { type: 'string', value: 'NAME', help: 'Of --site meta: reml (unless given), dl, pm or fixed' },
    interval: { type: 'string', value: 'NAME', help: 'Of --site meta: hartung_knapp (unless given) or wald' },
    likelihood: {
      type: 'string',
      value: 'NAME',
      help: 'Of (1 | subject): reml (unless given), or ml, by which models of other terms are compared'
    },
    family: {
      type: 'string',
      value: 'NAME',
      help: 'gaussian (unless given), binomial, poisson or cox'
    },
    event: {
      type: 'string',
      value: 'LEVEL',
      help: 'Of binomial and cox: the level that is modelled; the second unless given'
    },
    time: { type: 'string', value: 'NAME', help: 'Of cox: the number that says until when each person was seen' },
    anyway: { type: 'boolean', help: 'Ask also where a table may have several rows of a person' },
    forest: { type: 'string', value: 'TERM', help: 'Also draw this coefficient, institution by institution' },
    ...PRIVACY_OPTIONS,
    ...SPEND_OPTIONS
  },
  positionals: [1, 1, 'FORMULA'],
  run: async (values, [formula = ''], io) => {
    const catalog = given('--catalog', values.catalog, ': stimnet catalogs lists them')
    const families = MODEL_FAMILIES.map(({ name }) => name)
    const asked: ModelAsked = {
      formula,
      site: oneOf('--site', values.site ?? 'none', SITE_EFFECTS),
      family: oneOf('--family', values.family ?? 'gaussian', families),
      ...(values.method === undefined ? {} : { method: oneOf('--method', values.method, COMBINING) }),
      ...(values.interval === undefined ? {} : { interval: oneOf('--interval', values.interval, INTERVALS) }),
      ...(values.likelihood === undefined ? {} : { likelihood: oneOf('--likelihood', values.likelihood, LIKELIHOODS) }),
      ...(values.event === undefined ? {} : { event: values.event }),
      ...(values.time === undefined ? {} : { time: values.time })
    }
    const where = whereOf(values.where ?? [])
    const client = await clientFor(values.url)
    const chosen = await chosenOf(client, catalog, peersIn(values))
    // A model that is fitted in rounds names its institutions.
    const roster = chosen.map(({ peer_id }) => peer_id).sort()
    const rostered = { ...asked, roster }
    const checked = checkModel(chosen, rostered)
    if (!checked.ok && !isLeftToMapping(checked, values.mapping === undefined ? [] : [values.mapping])) {
      io.err(faultText(checked, formula))
      return EXIT.usage
    }
    // With a mapping, the names need not occur in any catalog.
    const privacy = privacyOf(values)
    const noisy = privacy !== undefined
    const hints = values.mapping === undefined ? modelHints(chosen, { ...rostered, where, set: values.set, noisy }) : []
    // The table of --dry has the refusals.
    for (const hint of hints) if (!(values.dry && hint.isRefused)) io.err(hintText(hint))
    const stopped = values.dry ? undefined : stopOf(hints, { roster, anyway: noisy || (values.anyway ?? false) })
    if (stopped !== undefined) {
      io.err(`${stopped.text}\n`)
      return exitOfCode(stopped.code)
    }
    const { forest } = values
    if (checked.ok && forest !== undefined) oneOf('--forest', forest, checked.columns)
    const question = {
      catalog,
      where,
      title: values.title ?? formula.slice(0, TITLE_CHARACTERS_MAX),
      text: (ended: Broadcast) => answerText(ended, forest === undefined ? [] : modelForest(ended, forest))
    }
    // With a mapping, only the answer shows whether the model needs rounds.
    const inRounds = checked.ok ? checked.inRounds : asked.family !== 'gaussian'
    if (inRounds && !values.dry && !noisy) return askRounds(client, values, io, { ...question, asked: rostered })
    return askPeers(client, values, io, {
      ...question,
      program: { kind: 'statistic', statistic: modelCall(rostered) },
      ...(noisy ? { privacy } : {}),
      yes: values.yes ?? false,
      dryHead: checked.ok ? headText(checked, noisy) : ''
    })
  }
})

/** Maximum length of a title made from a formula, in characters. */
const TITLE_CHARACTERS_MAX = 120
/** Maximum length of the shown formula before its fault, and in total, in characters, so that the caret stays below the fault. */
const [BEFORE_MAX, SHOWN_MAX] = [48, 76]

/** The reason why the question is not sent, because every institution would refuse it; undefined if one may answer. */
export function stopOf(
  hints: readonly Pick<ModelHint, 'sites' | 'isRefused'>[],
  { roster, anyway }: { readonly roster: readonly string[]; readonly anyway: boolean }
): { readonly code: Code; readonly text: string } | undefined {
  const isEverybody = (all: typeof hints) => {
    const sites = new Set(all.flatMap((hint) => hint.sites))
    return roster.length > 0 && roster.every((site) => sites.has(site))
  }
  if (isEverybody(hints.filter(({ isRefused }) => isRefused)))
    return {
      code: 'PROGRAM_NOT_PERMITTED',
      text: 'No institution would answer this model, so the question is not sent.'
    }
  if (anyway || !isEverybody(hints)) return undefined
  const text =
    'No institution would answer this model if a person has several rows, and each would count the refusal, so the question is not sent. ' +
    'If each person has one row nevertheless, ask with --anyway.'
  return { code: 'COHORT_NOT_RELEASABLE', text }
}

/** A line with an objection to the model that follows from the public descriptions. */
function hintText({ institutions, text, isRefused }: ModelHint): string {
  return `${isRefused ? 'Refused by' : 'At'} ${institutions.map(printable).join(', ')}: ${printable(text)}\n`
}

/** The requested model, and the coefficients that it will have. */
function headText({ formula, columns, inRounds }: Extract<CheckedModel, { ok: true }>, noisy: boolean): string {
  const rounds = inRounds && !noisy ? ROUNDS_PRICE : ''
  return `${printable(formula)}\nCoefficients: ${columns.map(printable).join(', ')}\n${rounds}\n`
}

/** A note about costs that the price of the first round does not include. */
const ROUNDS_PRICE = `Fitted in rounds: the price is that of round 0. Each of up to ${MODEL_ROUNDS_MAX} further rounds costs the numbers of a round again.\n`

/** The fault of a formula, with carets below its position. */
export function faultText({ error, place }: Extract<CheckedModel, { ok: false }>, formula: string): string {
  const where = `stimnet model: ${error.code}: `
  if (place === undefined) return `${where}${printable(error.reason)}\n`
  const from = Math.max(0, place.at - 1 - BEFORE_MAX)
  const shown = printable(formula).slice(from, from + SHOWN_MAX)
  const indent = place.at - 1 - from
  const carets = '^'.repeat(Math.max(1, Math.min(place.length, shown.length - indent)))
  const why = printable(place.why)
  // A variable name at the beginning of the sentence keeps its case.
  const text = /^\p{L}+\s/u.test(why) ? `${why.charAt(0).toUpperCase()}${why.slice(1)}` : why
  return `${where}${text}${/[?.]$/.test(text) ? '' : '.'}\n\n  ${shown}\n  ${' '.repeat(indent)}${carets}\n`
}
