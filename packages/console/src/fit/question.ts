/** The question of each round of a model, which follows from the question of round 0 and the receipts of the round before. */
import {
  parseJsonObject,
  type Program,
  programText,
  type StatisticCall,
  statisticSchema,
  type VariableContract
} from '@stimnet/protocol'
import { type AskedQuestion, askedProgramOf, askedQuestionOf, type BroadcastSubmission } from '@stimnet/sdk'
import type { Signable } from '../ask/send/signable.ts'
import type { SignedHere } from '../result/trust/answer.ts'

/** A model in rounds, read from the question of its round 0. */
export interface FitAsked {
  readonly asked: AskedQuestion
  readonly call: StatisticCall
  /** PeerIds of all institutions of the fit, sorted. */
  readonly roster: readonly string[]
  readonly formula: string
  /** Whether the model has only round 0, whose fits are combined. */
  readonly isMeta: boolean
  readonly contract: readonly VariableContract[]
  /** The question as this browser signed it; undefined if the gateway signed. */
  readonly signed: SignedHere | undefined
}

/** A round, and the receipts of the round before in the order of the roster. */
export interface Round {
  readonly round: number
  readonly receipts: readonly string[]
}

/** Reads round 0, as it was signed here or as the gateway states it; undefined for a question that is not round 0 of a model. */
export function fitAskedOf(stated: AskedQuestion | null, signed: SignedHere | undefined): FitAsked | undefined {
  const asked = signed === undefined ? stated : askedQuestionOf(signed, signed.targets)
  const call = asked === null ? undefined : callIn(asked)
  if (asked === null || call === undefined || (call.arguments.round ?? 0) !== 0) return undefined
  const { roster, formula, site } = call.arguments
  if (!isTexts(roster) || typeof formula !== 'string') return undefined
  const contract = signed?.contract ?? askedProgramOf(asked)?.contract ?? []
  return { asked, call, roster, formula, isMeta: site === 'meta', contract, signed }
}

/** The round that a question asks for; undefined if it names no roster. */
export function roundOfQuestion(asked: AskedQuestion): number | undefined {
  const call = callIn(asked)
  if (call === undefined || !isTexts(call.arguments.roster)) return undefined
  return typeof call.arguments.round === 'number' ? call.arguments.round : 0
}

function callIn({ script_type: type, script_content: content }: AskedQuestion): StatisticCall | undefined {
  if (type !== 'statistic') return undefined
  try {
    return statisticSchema.parse(parseJsonObject(content))
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
}

/** The program of a round. */
export function programOfRound({ call }: FitAsked, { round, receipts }: Round): Program {
  const more = round === 0 ? {} : { round, receipts: [...receipts] }
  return { kind: 'statistic', statistic: { ...call, arguments: { ...call.arguments, ...more } } }
}

/** Maximum length of a title, characters. */
const TITLE_MAX = 200

/** The title of a round, so that a list of questions tells the rounds apart. */
function titleOfRound({ asked, formula }: FitAsked, round: number): string {
  const ending = `, round ${round}`
  return `${(asked.title ?? formula).slice(0, TITLE_MAX - ending.length)}${ending}`
}

/** The submission of a round after round 0 that the gateway signs. */
export function submissionOfRound(fit: FitAsked, round: Round): BroadcastSubmission {
  const { asked, roster } = fit
  const { files: _, ...rest } = asked
  return {
    ...rest,
    targets: [...roster],
    script_content: programText(programOfRound(fit, round)),
    title: titleOfRound(fit, round.round)
  } as BroadcastSubmission
}

/** The content of a round after round 0 that the researcher's own key signs, as it signed round 0. */
export function signableOfRound(fit: FitAsked, signed: SignedHere, round: Round): Signable {
  const { catalog, where, set, purpose, project, permit, mappings, contract } = signed
  return {
    catalog,
    program: programOfRound(fit, round),
    targets: [...fit.roster],
    title: titleOfRound(fit, round.round),
    purpose,
    project,
    mappings,
    contract,
    ...(where === undefined ? {} : { where }),
    ...(set === undefined ? {} : { set }),
    ...(permit === undefined ? {} : { permit })
  }
}
