/** Missing parts of a question that cannot be sent yet, as sentences. */
import { aboutSchema, LIMITS } from '@stimnet/protocol'
import { type FoundCatalog, isModelName, type StatisticDescription } from '@stimnet/sdk'
import { bytesInWords, plural } from '../../words/number.ts'
import { readEpsilon } from './epsilon.ts'
import { NEEDS_GROUPING, OF_LEVEL, readValue } from '../statistic/fits.ts'
import { namedAlike } from './files.ts'
import { tooLongIn } from './lengths.ts'
import { isInRounds, missingInModel } from '../statistic/model.ts'
import { readOutputs } from './outputs.ts'
import { readQuantiles } from '../statistic/quantiles.ts'
import { isSurvival, missingInSurvival } from '../statistic/survival.ts'
import type { SharedVariable } from '../../words/variable.ts'
import { setsOf } from './about.ts'
import type { Draft } from './draft.ts'
import { unfinishedIn } from './unfinished.ts'

/** Empty if nothing is missing. `asked`: the catalogs against which a model is checked. */
export function missingIn(
  draft: Draft,
  statistic: StatisticDescription | undefined,
  variables: readonly SharedVariable[],
  asked: readonly FoundCatalog[] = []
): string[] {
  if (draft.catalog === '') return ['Choose a catalog.']
  const missing: string[] = []
  if (draft.targets?.length === 0) missing.push('Choose at least one institution.')
  if (draft.kind === 'sql' && draft.sql.trim() === '') missing.push('Write the query.')
  if (draft.kind === 'script' && draft.script.trim() === '') missing.push('Write the script.')
  if (draft.kind === 'statistic') missing.push(...missingOfStatistic(draft, statistic, { asked, variables }))
  missing.push(...unfinishedIn(draft.conditions, variables))
  missing.push(...wrongInSet(draft, asked))
  if (draft.level === 'P2' && draft.kind !== 'script') missing.push(...wrongInEpsilon(draft.epsilon))
  if (draft.kind === 'script') missing.push(...wrongInOutputs(draft.outputs), ...wrongInFiles(draft.files))
  if (draft.review) missing.push(...missingForStewards(draft))
  missing.push(...tooLongIn(draft))
  if (!/^((MONDO|DOID):\d{1,8})?$/.test(draft.disease.trim()))
    missing.push('Write a disease as an identifier such as MONDO:0005180.')
  return missing
}

function wrongInSet({ set, level, kind }: Draft, asked: readonly FoundCatalog[]): string[] {
  if (set === '') return []
  const isOffered = asked.length === 0 || setsOf(asked).some(({ name }) => name === set)
  return [
    ...(isOffered
      ? []
      : [`Not all institutions define the analysis set ${set}, or define it alike: choose another, or none.`]),
    ...(level === 'P2' && kind !== 'script'
      ? ['An analysis set is for numbers without noise: choose none for P2.']
      : [])
  ]
}

function wrongInEpsilon(text: string): string[] {
  const read = readEpsilon(text)
  return read.ok ? [] : [read.why]
}

function wrongInQuantiles(text: string): string[] {
  const read = readQuantiles(text)
  return read.ok ? [] : [read.why]
}

function wrongInOutputs(text: string): string[] {
  const read = readOutputs(text)
  return read.ok ? [] : [`Declared outputs: ${read.why}`]
}

function wrongInFiles(files: Draft['files']): string[] {
  const name = namedAlike(files)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const most = LIMITS.requestUploadBytesMax
  return [
    ...(name === undefined ? [] : [`Two of the files are called ${name}: choose only one.`]),
    ...(bytes <= most
      ? []
      : [`The files have ${bytesInWords(bytes)}; a question may have at most ${bytesInWords(most)}.`])
  ]
}

function missingForStewards({ title, person }: Draft): string[] {
  const words = [title, person.name, person.institution, person.email, person.why]
  const email = person.email.trim()
  const isEmail = email === '' || aboutSchema.shape.requester_email.safeParse(email).success
  return [
    ...(words.some((word) => word.trim() === '')
      ? ['For the stewards, give a title, your name and institution, and why you ask.']
      : []),
    ...(isEmail ? [] : ['This is not an e-mail address.'])
  ]
}

/** The settings that a model fitted in rounds cannot have. */
function unfitForRounds({ level, review, picked }: Draft, asked: readonly FoundCatalog[]): string[] {
  if (!isInRounds(picked.model, asked)) return []
  return [
    ...(level === 'P2'
      ? [
          'A model that is fitted in rounds has no form with noise: choose the level without noise, or take groups of its numbers.'
        ]
      : []),
    ...(review
      ? ['Stewards cannot decide first about a model in rounds: each round would be a question of its own.']
      : [])
  ]
}

function missingOfStatistic(
  draft: Draft,
  statistic: StatisticDescription | undefined,
  { asked, variables }: { readonly asked: readonly FoundCatalog[]; readonly variables: readonly SharedVariable[] }
): string[] {
  const { picked } = draft
  if (!statistic) return ['Choose a statistic.']
  if (isModelName(picked.name)) return [...missingInModel(picked.model, asked), ...unfitForRounds(draft, asked)]
  if (isSurvival(picked.name)) return missingInSurvival(picked.name, picked.survival, { by: picked.by, variables })
  const [least, most] = statistic.variables
  const chosen = picked.variables.length
  const missing: string[] = []
  if (chosen < least) missing.push(`Choose ${least === most ? '' : 'at least '}${plural(least, 'variable')}.`)
  if (chosen > most) missing.push(`Choose at most ${plural(most, 'variable')}.`)
  if (picked.name === 'quantile') missing.push(...wrongInQuantiles(picked.q))
  if (OF_LEVEL.includes(picked.name) && picked.level === '') missing.push('Choose the level whose share is asked for.')
  if (picked.name === 'meta' && picked.by.length > 1)
    missing.push('A meta-analysis compares the groups of one variable.')
  if (picked.name === 'one_sample' && Number.isNaN(readValue(picked.value)))
    missing.push('Write the value that the mean is compared with as a number.')
  if (NEEDS_GROUPING.includes(picked.name) && picked.by.length !== 1)
    missing.push('Choose the variable that makes the groups.')
  return missing
}
