/** `stimnet run`: sends one program to many peers, shows their progress, and prints the pooled answer. */
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import {
  CLIENT_OPTIONS,
  clientFor,
  clientSettings,
  command,
  drawProgress,
  EXIT,
  given,
  type Io,
  pairsOf,
  printable,
  readSeed,
  refuse,
  type Values
} from '@stimnet/machine'
import {
  type Clock,
  counted,
  didYouMean,
  type Filter,
  LIMITS,
  type Program,
  programText,
  programWord,
  type QuestionInput,
  type Signer,
  signerFromSeed,
  statisticSchema,
  StimnetError,
  systemClock
} from '@stimnet/protocol'
import {
  type Awaited,
  awaitedInWords,
  type Broadcast,
  type BroadcastSubmission,
  type Client,
  type FoundCatalog,
  type SignedRequest,
  signRequest,
  type UploadedFile,
  withAwaited
} from '@stimnet/sdk'
import { answerText, exitOf } from '../answer/answer.ts'
import { asSigned } from './as-signed.ts'
import { answersIn, costText, pricesIn } from '../answer/cost-text.ts'
import { PRIVACY_OPTIONS, privacyOf } from './privacy-options.ts'
import { agreesToSpend, SPEND_OPTIONS } from './spend.ts'
import { agreedTerms, SCRIPT_TERMS_OPTIONS, TERMS_OPTIONS, termsOf } from './terms.ts'
import { withUploads } from './uploads.ts'
import { catalogHint, nobodyOffers } from './catalog-hint.ts'
import { whereOf } from './where.ts'

/** The options of every command that sends a question to peers. */
export const ASK_OPTIONS = {
  catalog: { type: 'string', value: 'NAME', help: 'The catalog to ask about' },
  peers: { type: 'string', value: 'NAMES', help: 'all (default), or node ids and PeerIds, separated by commas' },
  where: { type: 'string', multiple: true, value: 'COMPARISON', help: 'Only subjects with this, e.g. sex=female' },
  set: { type: 'string', value: 'NAME', help: 'Only the people of an analysis set of the catalog' },
  purpose: { type: 'string', multiple: true, value: 'TERM', help: 'The purpose, as a GA4GH DUO term' },
  permit: { type: 'string', value: 'ID', help: 'The data permit under which you ask, as its authority numbers it' },
  title: { type: 'string', value: 'TEXT', help: 'The title that you and the stewards see' },
  dry: { type: 'boolean', help: 'Only print what the question would cost at each institution' },
  ...TERMS_OPTIONS
} as const

/** `stimnet run`. Exit code 0: at least one peer completed; 1: none did. */
export const runCommand = command({
  name: 'run',
  usage: 'FILE --catalog NAME [--peers all|NAME,…] [--where COMPARISON] [--param NAME=VALUE]',
  summary: 'Runs a program at the peers that offer a catalog and pools their answers.',
  details: `
  stimnet run change.sql --catalog clinical_trial_data
  stimnet run mean.json --catalog clinical_trial_data --where sex=female --where "age>=65"
  stimnet run report.py --catalog imaging_data --peers node-2,node-3 --param threshold=0.5 --file grid.csv
  stimnet run change.sql --catalog clinical_trial_data --epsilon 0.1

FILE is .sql, .py, .r, .ipynb, or .json for a statistic by name. With a key (stimnet key) the request is signed
with it; otherwise the gateway signs for your account. --where takes comparisons with declared levels and breakpoints, and
"VARIABLE is null" or "VARIABLE is not null"; several are joined by "and". --set restricts the question to an analysis set, whose
people have values of all its variables (stimnet catalogs --json lists them). --outputs declares what a script releases. --mapping
says how an institution's variables read in the words of the program.

--dry prints what the question would cost, from the question and the public descriptions of the catalogs, and asks nothing.

--epsilon or --rho asks for noisy numbers instead of withheld cells (P2). This spends a privacy budget that is never refunded:
the price and the expected error are printed, and you must confirm before anything is sent. Without a terminal, give --yes.
If too little budget is left, the refusal names the largest amount that fits. The same question again gets the same answer
and spends nothing.

The exit code is 0 if at least one institution completed, 1 if none did.`,
  options: {
    ...CLIENT_OPTIONS,
    ...ASK_OPTIONS,
    param: { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'A parameter for a script' },
    file: { type: 'string', multiple: true, value: 'FILE', help: 'A file that a script reads in UPLOADS_ROOT' },
    ...PRIVACY_OPTIONS,
    ...SPEND_OPTIONS,
    ...SCRIPT_TERMS_OPTIONS
  },
  positionals: [1, 1, 'FILE'],
  run: async (values, [file = ''], io) => {
    const catalog = given('--catalog', values.catalog, ': stimnet catalogs lists them')
    const client = await clientFor(values.url)
    const where = whereOf(values.where ?? [])
    const privacy = privacyOf(values)
    return askPeers(client, values, io, {
      catalog,
      where,
      program: await programOf(file),
      title: values.title ?? titleOf(file),
      parameters: pairsOf('param', values.param ?? []),
      ...(privacy ? { privacy } : {}),
      files: values.file ?? [],
      yes: values.yes ?? false,
      text: answerText
    })
  }
})

/** The default title of a question: the name of its file, which does not show folders of this machine. */
export function titleOf(file: string): string {
  return basename(file)
}

/** A question of a command: its content, and the format of its answer. */
export interface CommandAsk extends Pick<QuestionInput, 'catalog' | 'program' | 'parameters' | 'privacy' | 'title'> {
  readonly where: Filter | undefined
  /** Paths of the files that a script reads. */
  readonly files?: readonly string[]
  /** Whether the privacy budget is spent without confirmation. */
  readonly yes?: boolean
  /** Text that --dry prints before the price. */
  readonly dryHead?: string
  readonly text: (ended: Broadcast) => string
}

/** The values of ASK_OPTIONS, and of the additional options for scripts. */
export type AskValues = Values<typeof CLIENT_OPTIONS> &
  Values<typeof ASK_OPTIONS> &
  Partial<Values<typeof SCRIPT_TERMS_OPTIONS>>

/**
 * Shows the price if it was requested or will be spent, sends the question to the peers, follows its progress and prints the answer.
 * Returns the exit code.
 */
export async function askPeers(client: Client, values: AskValues, io: Io, question: CommandAsk): Promise<number> {
  const { files = [], yes = false, dryHead = '', text, ...asked } = question
  const ask = await askOf(asked, values)
  const names = peersIn(values)
  const signer = await ownSigner()
  const key = signer ? { key: signer.id } : {}
  if (ask.privacy || values.dry) {
    const cost = await client.privacyCost({ ...submissionOf(ask, names), ...key }, { signal: io.signal })
    if (cost.peers.length === 0) throw await nobodyOffers(client, ask.catalog)
    if (values.dry) {
      const isScript = ask.program.kind === 'script' && !ask.privacy
      if (isScript && !values.json) {
        io.out(SCRIPT_COST)
        return EXIT.ok
      }
      io.out(values.json ? `${JSON.stringify(cost, null, 2)}\n` : `${dryHead}${costText(cost)}${ORDER_HINT}`)
      return answersIn(cost) > 0 ? EXIT.ok : EXIT.failed
    }
    io.err(costText(cost))
    if (pricesIn(cost).length === 0 || !(await agreesToSpend(cost, yes, io))) return EXIT.failed
  }
  const { ended } = await withUploads(client, files, (uploads) =>
    askOnce(client, { ...ask, uploads, signer }, names, io)
  )
  io.out(values.json ? `${JSON.stringify(ended, null, 2)}\n` : text(ended))
  if (ended.code === 'NO_PROVIDERS') io.err(`${await catalogHint(client, ask.catalog)}\n`)
  return exitOf(ended)
}

/**
 * Sends one question to the peers, follows it to its end, and verifies the answer if the request was signed with the researcher's own key.
 */
export async function askOnce(
  client: Client,
  ask: Ask & { readonly signer: Signer | undefined },
  names: string[] | undefined,
  io: Io
): Promise<{ ended: Broadcast; signed?: SignedRequest }> {
  const { id, signed } = await submit(client, ask, names, io)
  const shown = await follow(client, id, io)
  return signed ? { ended: await held(shown, signed, io), signed } : { ended: shown }
}

/** The price of a script, which follows from its declared outputs. */
const SCRIPT_COST =
  'A script has no price beforehand: each institution charges the bits of the outputs that it declares (--outputs), or 256 bits at most.\n' +
  'Nothing was asked. A script counts against later questions about the same people.\n'

/** A hint about a cost that the price of a single question does not include. */
const ORDER_HINT = 'Answers about the same people count against later ones: ask the main question first.\n'

/** The question with the terms from the command's options. */
export async function askOf(
  { where, ...asked }: Pick<CommandAsk, 'catalog' | 'program' | 'parameters' | 'privacy' | 'title' | 'where'>,
  values: AskValues
): Promise<Ask> {
  return {
    ...asked,
    ...(where ? { where } : {}),
    ...setOf(values),
    ...(values.permit === undefined ? {} : { permit: values.permit }),
    ...(await termsOf(values)),
    purpose: values.purpose ?? []
  }
}

function setOf({ set }: Pick<AskValues, 'set'>): { set?: string } {
  return set === undefined ? {} : { set }
}

/** The names of the peers to ask; undefined for all peers that offer the catalog. */
export function peersIn({ peers }: Pick<AskValues, 'peers'>): string[] | undefined {
  return !peers || peers === 'all' ? undefined : peers.split(',')
}

const LANGUAGES: Readonly<Record<string, 'python' | 'r' | 'jupyter'>> = {
  '.py': 'python',
  '.r': 'r',
  '.ipynb': 'jupyter'
}

/** The program in a file. Its kind follows from the file extension. Throws PARAMETER_INVALID. */
export async function programOf(file: string): Promise<Program> {
  const ending = extname(file).toLowerCase()
  const text = await readProgram(file)
  const language = LANGUAGES[ending]
  if (language) return { kind: 'script', language, code: text }
  if (ending === '.sql') return { kind: 'sql', sql: text }
  if (ending === '.json') {
    const parsed = statisticSchema.safeParse(parseJson(file, text))
    if (parsed.success) return { kind: 'statistic', statistic: parsed.data }
    return refuse(
      `${file} does not describe a statistic: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`
    )
  }
  return refuse(`${file}: the name must end in .sql, .py, .r, .ipynb or .json`)
}

async function readProgram(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    if (Buffer.byteLength(text) <= LIMITS.scriptBytesMax) return text
  } catch (cause) {
    return refuse(`${file} cannot be read`, cause)
  }
  return refuse(`${file} is larger than ${LIMITS.scriptBytesMax / 1024} KiB`)
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    return refuse(`${file} is not JSON`, cause)
  }
}

/** A question in the form in which it is sent. */
export type Ask = Omit<QuestionInput, 'uploads'> & { readonly uploads?: readonly UploadedFile[] }

/** A signer with the researcher's own key; undefined if there is no key. */
export async function ownSigner(): Promise<Signer | undefined> {
  const seed = await readSeed(clientSettings().keyFile)
  return seed && signerFromSeed(seed)
}

/** A submission that the gateway will sign for the account. */
function submissionOf(
  { catalog, program, uploads = [], ...rest }: Ask,
  names: string[] | undefined
): BroadcastSubmission {
  return {
    ...rest,
    targets: names ?? '*',
    data_catalog_name: catalog,
    script_type: programWord(program) as 'sql',
    script_content: programText(program),
    ...(uploads.length > 0 ? { uploaded_file_ids: uploads.map(({ file_id }) => file_id) } : {})
  }
}

/**
 * Submits the request, signed with the researcher's key if there is one. In that case the targets are looked up first, since the signed
 * request names them.
 */
async function submit(
  client: Client,
  { signer, ...ask }: Ask & { readonly signer: Signer | undefined },
  names: string[] | undefined,
  io: Io
): Promise<{ id: string; signed?: SignedRequest }> {
  if (!signer) {
    if ((await credentials()).length > 0) io.err(unusedText(clientSettings()))
    return client.submitBroadcast(submissionOf(ask, names))
  }
  const [chosen, { peer_id: carrier }] = await Promise.all([chosenOf(client, ask.catalog, names), client.health()])
  const terms = agreedTerms(ask, chosen)
  io.err(`Signing as ${signer.id} for ${counted(chosen.length, 'peer')}.\n`)
  const targets = chosen.map(({ peer_id }) => peer_id)
  const signed = await signRequest({ ...ask, ...terms, signer, targets, carrier, credentials: await credentials() })
  const { id } = await client.submitBroadcast(signed)
  return { id, signed }
}

/** A warning that credentials are not used because the gateway signs the request. */
function unusedText({ keyFile, credentialsFile }: ReturnType<typeof clientSettings>): string {
  return `WARNING: the credentials in ${credentialsFile} are not used: there is no key of yours in ${keyFile}, so that the gateway signs. stimnet key makes a key, and your institution vouches for it (stimnet vouch KEY).\n`
}

/** Verifies the answer against the signed request, since the gateway could show the answer to another question. */
async function held(shown: Broadcast, signed: SignedRequest, io: Io): Promise<Broadcast> {
  const { broadcast, wrong, holding } = await asSigned(shown, signed)
  io.err(`${holding} of ${counted(signed.targets.length, 'institution')} signed an answer to this request.\n`)
  if (wrong.length > 0) {
    io.err(
      `WARNING: the gateway shows answers of ${wrong.join(', ')} that they did not sign for this request. They are left out.\n`
    )
  }
  return broadcast
}

/** The credentials in the researcher's file; empty if there is no such file. */
async function credentials(): Promise<string[]> {
  try {
    const text = await readFile(clientSettings().credentialsFile, 'utf8')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The peers that offer a catalog, limited to `names` if given. Throws NO_PROVIDERS with a hint, or PEER_UNKNOWN. */
export async function chosenOf(client: Client, catalog: string, names: string[] | undefined): Promise<FoundCatalog[]> {
  const offering = (await client.meshCatalogs(catalog)).filter((found) => found.name === catalog)
  const chosen = offering.filter(({ peer_id, node_id }) => !names || names.includes(peer_id) || names.includes(node_id))
  const missing = (names ?? []).filter(
    (name) => !chosen.some(({ peer_id, node_id }) => name === peer_id || name === node_id)
  )
  if (offering.length === 0) throw await nobodyOffers(client, catalog)
  if (missing.length === 0) return chosen
  await assertKnown(client, missing)
  const reason = `${missing.join(', ')} cannot be reached or does not offer ${catalog}. stimnet catalogs lists the peers that do.`
  throw StimnetError.told('NO_PROVIDERS', reason)
}

/** Throws PEER_UNKNOWN for a name that no known peer has. Such a name is a mistake of the user, and not an unreachable peer. */
async function assertKnown(client: Client, names: readonly string[]): Promise<void> {
  const nodes = await client.nodes()
  const known = nodes.map(({ node_id }) => node_id)
  const stranger = names.find((name) => !nodes.some(({ peer_id, node_id }) => name === peer_id || name === node_id))
  if (stranger === undefined) return
  const reason = `No peer called ${JSON.stringify(stranger)} is known here.${didYouMean(stranger, known)}`
  throw StimnetError.told('PEER_UNKNOWN', reason)
}

/** Shows the state of each peer until all have ended, and names the peers for which the request waits. */
export async function follow(
  client: Pick<Client, 'watchBroadcast' | 'broadcast'>,
  id: string,
  io: Io,
  clock: Clock = systemClock
): Promise<Broadcast> {
  const { draw, say } = drawProgress(io)
  let latest: Broadcast | undefined
  let isHinted = false
  const onAwaited = (awaited: Awaited) => {
    say(printable(awaitedInWords(awaited)))
    if (!isHinted) say(printable(waitingHint(id, awaited, latest)))
    isHinted = true
  }
  try {
    const states = client.watchBroadcast(id, { signal: io.signal })
    for await (const broadcast of withAwaited(states, { clock, onAwaited })) {
      latest = broadcast
      draw(broadcast)
    }
  } catch (error) {
    if (io.signal.aborted) io.err(`Still running: stimnet job ${id} shows it, stimnet job ${id} --cancel ends it.\n`)
    throw error
  }
  return client.broadcast(id)
}

/** What somebody can do who does not want to wait, said once. */
function waitingHint(id: string, { institutions }: Awaited, latest: Broadcast | undefined): string {
  const others = (latest?.parts ?? [])
    .filter(({ peer_id: peerId }) => institutions.every(({ site }) => site !== peerId))
    .map(({ node_id: nodeId, peer_id: peerId }) => nodeId || peerId)
  const without = others.length === 0 ? '' : ` To ask only the others: --peers ${others.join(',')}.`
  return `Ctrl-C ends the waiting and keeps the job: stimnet job ${id} shows it later.${without}`
}
