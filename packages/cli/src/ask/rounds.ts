/**
 * Fits a model in rounds: the command sends the requests of each round in turn, and prints the progress of the institutions on standard
 * error.
 */
import { type Io, printable } from '@stimnet/machine'
import { MODEL_ROUNDS_MAX, counted } from '@stimnet/protocol'
import {
  type Broadcast,
  type Client,
  fitInRounds,
  measured,
  type ModelAsked,
  type ModelRound,
  modelCall,
  modelOfRounds,
  roundAnswered,
  roundNotes
} from '@stimnet/sdk'
import { exitOf } from '../answer/answer.ts'
import { institutionIn } from '../answer/institution.ts'
import { type AskValues, askOf, askOnce, type CommandAsk, ownSigner } from './run.ts'

/** A model with its roster, and the format of its answer. */
export interface RoundsQuestion extends Pick<CommandAsk, 'catalog' | 'where' | 'title' | 'text'> {
  readonly asked: ModelAsked & { readonly roster: readonly string[] }
}

/** Runs the rounds of a fit, and prints the answer of the last round that every institution completed. Returns the exit code. */
export async function askRounds(
  client: Client,
  values: AskValues,
  io: Io,
  { asked, text, ...question }: RoundsQuestion
): Promise<number> {
  const signer = await ownSigner()
  const { roster } = asked
  const rounds = await fitInRounds({
    roster,
    roundsMax: asked.site === 'meta' ? 0 : MODEL_ROUNDS_MAX,
    ask: async (round) => {
      io.err(startText(round.round, roster.length))
      const program = { kind: 'statistic', statistic: modelCall({ ...asked, round }) } as const
      const ask = await askOf({ ...question, program }, values)
      const { ended, signed } = await askOnce(client, { ...ask, signer }, [...roster], io)
      return { broadcast: ended, known: signed ? { requestHash: signed.hash, peers: signed.targets } : {} }
    },
    onRound: (round) => io.err(endText(round))
  })
  const ended = answerOf(rounds)
  io.out(values.json ? `${JSON.stringify(ended, null, 2)}\n` : text(ended))
  return exitOf(ended)
}

/** The answer of the last complete round, with each institution's own fit from round 0, and notes about the end of the fit. */
function answerOf(rounds: readonly ModelRound[]): Broadcast {
  const { broadcast } = roundAnswered(rounds)
  const model = modelOfRounds(rounds)
  const { pooled } = broadcast
  if (pooled === null || model === undefined) return broadcast
  const notes = [...pooled.notes, ...roundNotes(rounds, institutionIn(broadcast))]
  return { ...broadcast, pooled: { ...pooled, models: [model], notes } }
}

function startText(round: number, institutions: number): string {
  if (round === 0) return `Round 0: each of ${counted(institutions, 'institution')} by itself.\n`
  return `Round ${round} of at most ${MODEL_ROUNDS_MAX}: at the estimates that follow from round ${round - 1}.\n`
}

function endText({ round, change, missing, broadcast }: ModelRound): string {
  const nameOf = institutionIn(broadcast)
  if (missing.length > 0)
    return `Round ${round} lacks ${missing.map(({ site, code }) => `${printable(nameOf(site))} (${code})`).join(', ')}.\n`
  return change === null ? '' : `After it the estimates move by at most ${measured(change)} of a standard error.\n`
}
