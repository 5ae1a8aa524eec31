/** `stimnet federation`: founds a federation, admits and revokes members, and lists them. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { command, EXIT, given, type Io, oneOf, printable, readSeed, tableOf, wholeNumber } from '@stimnet/machine'
import {
  type Charter,
  charterSchema,
  isNameOfFounder,
  isNameOfOther,
  MEMBERS_MAX,
  type Member,
  missingFounders,
  openStatement,
  parseKeyId,
  type PendingStatement,
  plainName,
  signCharter,
  type SignedCharter,
  type Signer,
  signerFromSeed,
  signStatement,
  type Statement,
  StimnetError,
  systemClock,
  counted
} from '@stimnet/protocol'
import { CONFIG_OPTION } from './start.ts'

const ACTIONS = ['create', 'sign', 'join', 'admit', 'revoke', 'replace', 'withdraw', 'members', 'receive'] as const

const FULL = `The federation has ${MEMBERS_MAX} members, and no more can be counted: revoke one that has left first.`

interface Values {
  readonly config: string | undefined
  readonly name: string | undefined
  readonly founder: string[] | undefined
  readonly needed: string | undefined
  readonly institution: string | undefined
  readonly reason: string | undefined
  readonly out: string | undefined
}

/** Works on files beside the peer's configuration. A running peer reads these files within seconds. */
export const federationCommand = command({
  name: 'federation',
  usage:
    'create | sign FILE | join | admit PEERID | revoke PEERID | replace OLD NEW | withdraw KEY_ID | members | receive FILE',
  summary: 'Founds a federation, admits and revokes members, lists members.',
  details: `
create   writes a charter: --name, each founder as --founder PEERID=INSTITUTION, and --needed, the number of members that must sign to
         admit or to revoke (default: more than half of the founders, at most all but one, because the member in question does not
         sign). Pass the file to every founder, who runs sign.
sign     adds this peer's signature to the charter in FILE. When all have signed, each names it in its configuration:
         federation: { charter: ./charter.json }
join     prints what a newcomer sends to the members: its PeerId and address. It gets the charter file from them.
admit    signs that PEERID is a member (--institution NAME). With enough signatures this takes effect everywhere within seconds.
revoke   signs that PEERID is no longer a member (--reason TEXT). Members that it admitted are excluded too, unless another member
         signs for them.
replace  revokes OLD and admits NEW under the name of OLD, for an institution that has a new key (stimnet identity replace). First have
         its people tell you both PeerIds, or how they end, by a channel that you know.
withdraw takes back every credential that this institution has signed so far for the key of a person (stimnet vouch). It needs no
         other signature, and every member knows within seconds. A credential that is signed later counts again.
members  lists the members that this peer knows, and the pending statements with their number of signatures.
receive  reads statements from a file, if they cannot be sent over the mesh.

admit, revoke, replace and withdraw also print the statements, so that they can be sent in another way.

  stimnet federation create --name "Parkinson network" --founder 12D3KooW…=North --founder 12D3KooX…=South
  stimnet federation sign charter.json
  stimnet federation admit 12D3KooY… --institution East`,
  options: {
    config: CONFIG_OPTION,
    name: { type: 'string', value: 'NAME', help: 'With create: the name of the federation' },
    founder: { type: 'string', multiple: true, value: 'PEERID=NAME', help: 'With create: a founding institution' },
    needed: { type: 'string', value: 'N', help: 'With create: how many signatures admit or revoke a member' },
    institution: {
      type: 'string',
      value: 'NAME',
      help: 'With admit: the name of the newcomer; with replace: if OLD is gone'
    },
    reason: { type: 'string', value: 'TEXT', help: 'With revoke and replace: the reason' },
    out: { type: 'string', value: 'FILE', help: 'With create: where to write the charter (default charter.json)' }
  },
  positionals: [1, 3, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [asked = '', argument, next], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action === 'create') return create(values, io)
    if (action === 'join') return newcomer(values, io)
    if (action === 'members') return members(values, io)
    if (action === 'sign') return sign(values, given('FILE', argument), io)
    if (action === 'receive') return receive(values, given('FILE', argument), io)
    if (action === 'replace') return replace(values, { from: given('OLD', argument), to: given('NEW', next) }, io)
    if (action === 'withdraw') return withdraw(values, given('KEY_ID', argument), io)
    return say(values, action, given('PEERID', argument), io)
  }
})

async function create(values: Values, io: Io): Promise<number> {
  const founders = (values.founder ?? []).map(founderOf)
  const needed =
    wholeNumber('--needed', values.needed) ??
    Math.max(1, Math.min(founders.length - 1, Math.floor(founders.length / 2) + 1))
  const parsed = charterSchema.safeParse({ name: values.name, founders, needed })
  if (!parsed.success) {
    const told = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    io.err(`stimnet federation create: ${told}\n`)
    return EXIT.usage
  }
  const unfit = founders.map(({ institution }) => plainName(200).safeParse(institution)).find(({ success }) => !success)
  if (unfit) {
    io.err(
      `stimnet federation create: the name of a founder: ${unfit.error?.issues[0]?.message ?? 'cannot be shown'}\n`
    )
    return EXIT.usage
  }
  const second = founders.find((founder) => isNameOfFounder(parsed.data, founder))
  if (second !== undefined) {
    io.err(
      `stimnet federation create: two founders are called ${printable(second.institution)}, or nearly so; give them different names\n`
    )
    return EXIT.usage
  }
  const file = values.out ?? 'charter.json'
  await writeFile(file, jsonText({ charter: parsed.data, signatures: [] }), { flag: 'wx' })
  io.out(
    `${file}: ${parsed.data.name}, ${counted(founders.length, 'founder')}, ${needed} must sign to admit or revoke.\n`
  )
  if (needed === 1 && founders.length > 1)
    io.err(
      'Each founder alone can then admit others and put the other out. With a third one, two signatures can be asked for.\n'
    )
  io.err(`Now every founder signs it: stimnet federation sign ${file}\n`)
  return EXIT.ok
}

function founderOf(text: string) {
  const at = text.indexOf('=')
  return at < 1 ? { peer: text, institution: '' } : { peer: text.slice(0, at), institution: text.slice(at + 1) }
}

async function sign(values: Values, file: string, io: Io): Promise<number> {
  const { readSignedCharter } = await import('../../federation/federation.ts')
  const signed: SignedCharter = await readSignedCharter(file)
  const { signer } = await own(values)
  const signature = await signCharter(signed.charter, { signer, clock: systemClock })
  const next = { ...signed, signatures: [...signed.signatures, signature] }
  const missing = await missingFounders(next, systemClock)
  await writeFile(file, jsonText(next))
  io.out(missing.length === 0 ? `${file} is signed by every founder.\n` : `Still to sign: ${namesOf(missing)}\n`)
  return EXIT.ok
}

async function newcomer(values: Values, io: Io): Promise<number> {
  const { signer, config } = await own(values)
  io.out(`PeerId       ${signer.id}\nInstitution  ${config.institution}\n`)
  for (const address of config.mesh.announce.length > 0 ? config.mesh.announce : config.mesh.listen) {
    io.out(`Address      ${address}/p2p/${signer.id}\n`)
  }
  io.err('Send this to the members and ask for their charter file: they run stimnet federation admit.\n')
  return EXIT.ok
}

async function say(values: Values, action: 'admit' | 'revoke', peer: string, io: Io): Promise<number> {
  const opened = await open(values)
  if (!mayJudge(opened, io)) return EXIT.failed
  const { federation } = opened
  const before = federation.members()
  const says = statementOf(values, action, before, aboutOf(federation, peer))
  await keepSigned(says, opened, io)
  const after = federation.members()
  const lost = before.filter((member) => !after.some((other) => other.peer === member.peer))
  io.err(`Signed. ${standingOf(federation, { peer, action })}\n`)
  if (lost.length > 1) io.err(`No longer members either, unless another member signs for them: ${namesOf(lost)}\n`)
  return EXIT.ok
}

/** Withdraws this institution's credential of a researcher. Other members need not agree. */
async function withdraw(values: Values, key: string, io: Io): Promise<number> {
  const opened = await open(values)
  if (!mayJudge(opened, io)) return EXIT.failed
  await keepSigned({ says: 'withdraw', charter: opened.federation.id, peer: parseKeyId(key) }, opened, io)
  io.err(
    `Signed. Credentials of this institution for ${key} no longer count at the members, also for requests that wait there.\n`
  )
  return EXIT.ok
}

/** Revokes one key and admits another key under the same name, which nobody else has then. */
async function replace(values: Values, { from, to }: { from: string; to: string }, io: Io): Promise<number> {
  const opened = await open(values)
  if (!mayJudge(opened, io)) return EXIT.failed
  const { federation } = opened
  const before = federation.members()
  const known = [...before, ...federation.charter.founders].find(({ peer }) => peer === from)
  const institution = values.institution ?? known?.institution
  const others = before.filter(({ peer }) => peer !== from)
  const named = { ...values, institution, reason: values.reason ?? 'key replaced' }
  // Both statements are made before either is stored, so that a wrong PeerId or name revokes nobody.
  const admission = statementOf(named, 'admit', others, aboutOf(federation, to))
  if (!federation.isRevoked(from)) {
    await keepSigned(statementOf(named, 'revoke', others, aboutOf(federation, from)), opened, io)
  }
  await keepSigned(admission, opened, io)
  const after = federation.members()
  const lost = others.filter((member) => !after.some((other) => other.peer === member.peer))
  io.err(`Signed. ${standingOf(federation, { peer: from, action: 'revoke' })}\n`)
  io.err(`${standingOf(federation, { peer: to, action: 'admit' })}\n`)
  if (lost.length > 0) io.err(`No longer members either, unless another member signs for them: ${namesOf(lost)}\n`)
  await tellEntries(opened, { from, to }, io)
  return EXIT.ok
}

/** Names the entries that a person must change in the configuration here: a statement about members does not change them. */
async function tellEntries(
  { config, file }: Opened,
  { from, to }: { from: string; to: string },
  io: Io
): Promise<void> {
  const { entriesOf, peerIdsIn } = await import('../../config/entries.ts')
  const stale = entriesOf(config).filter(({ value }) => peerIdsIn(value).includes(from))
  if (stale.length === 0) return
  io.err(`${file} names the old PeerId. Put ${to} in its place, and restart the peer:\n`)
  for (const { key, value } of stale) io.err(`  ${key}: ${value}\n`)
}

type Opened = Awaited<ReturnType<typeof open>>

function mayJudge({ signer, federation }: Opened, io: Io): boolean {
  if (federation.isMember(signer.id)) return true
  io.err('stimnet federation: this peer is not a member, so its signature would not count\n')
  return false
}

function aboutOf(federation: Opened['federation'], peer: string) {
  const on = federation.revoked()
  return { peer, charter: federation.id, ...(on.length > 0 ? { on } : {}) }
}

/** Signs a statement, stores it where a running peer reads it, counts it and prints it. */
async function keepSigned(says: Statement, { signer, federation, folder }: Opened, io: Io): Promise<void> {
  const { keepStatement } = await import('../../federation/statements.ts')
  const jws = await signStatement(says, { signer, clock: systemClock })
  await keepStatement(folder, jws)
  await federation.refresh()
  io.out(`${jws}\n`)
}

function standingOf(
  federation: Opened['federation'],
  { peer, action }: { readonly peer: string; readonly action: 'admit' | 'revoke' }
): string {
  const waits = federation.pending().find((one) => one.peer === peer && one.says === action)
  const standing = `${peer} is ${federation.isMember(peer) ? 'a' : 'not a'} member.`
  return waits ? `${standing} ${signaturesOf(waits, federation.charter)}.` : standing
}

function statementOf(
  values: Values,
  action: 'admit' | 'revoke',
  members: readonly Member[],
  about: { peer: string; charter: string; on?: string[] }
): Statement {
  if (action === 'revoke') return { says: 'revoke', ...about, reason: values.reason ?? '' }
  if (values.institution) {
    const says = { says: 'admit', ...about, institution: values.institution } as const
    const name = plainName(200).safeParse(values.institution)
    const taken = `A member is called ${JSON.stringify(values.institution)}, or nearly so: give the newcomer a different name.`
    const isFull = members.length >= MEMBERS_MAX && !members.some(({ peer }) => peer === about.peer)
    const unfit = isFull ? FULL : isNameOfOther(members, says) ? taken : undefined
    const why = name.success ? unfit : name.error.issues[0]?.message
    if (why === undefined) return says
    throw StimnetError.told('PARAMETER_INVALID', why)
  }
  throw StimnetError.told('PARAMETER_INVALID', '--institution is missing: give the name of the newcomer.')
}

async function members(values: Values, io: Io): Promise<number> {
  const { federation } = await open(values)
  io.out(`${printable(federation.charter.name)}: ${federation.charter.needed} must sign to admit or to revoke.\n`)
  const founders = new Set(federation.charter.founders.map(({ peer }) => peer))
  const rows = federation
    .members()
    .map(({ peer, institution }) => [institution, peer, founders.has(peer) ? 'founder' : 'admitted'])
  io.out(tableOf(['institution', 'PeerId', 'standing'], rows))
  const pending = federation.pending()
  if (pending.length === 0) return EXIT.ok
  const waiting = pending.map((one) => [one.institution, one.peer, signaturesOf(one, federation.charter)])
  io.out(`\nNot yet decided:\n${tableOf(['institution', 'PeerId', 'signatures'], waiting)}`)
  return EXIT.ok
}

function signaturesOf({ says, signatures }: PendingStatement, { needed }: Charter): string {
  return `${signatures} of ${needed} signed to ${says}`
}

async function receive(values: Values, file: string, io: Io): Promise<number> {
  const { federation, folder } = await open(values)
  const { keepStatement } = await import('../../federation/statements.ts')
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim())
  for (const jws of lines.filter((line) => line !== '')) {
    const { says, signedBy } = await openStatement(jws, { charter: federation.id, clock: systemClock })
    await keepStatement(folder, jws)
    io.out(`${signedBy} ${says.says === 'withdraw' ? 'no longer vouches for' : `${says.says}s`} ${says.peer}\n`)
  }
  return EXIT.ok
}

/** This peer's configuration and key. The peer may be running. */
async function own(values: Values) {
  const [{ loadConfig }, { keyLostText }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../store/identity.ts')
  ])
  const { config, baseDir, file } = await loadConfig(values.config ?? 'stimnet.yaml')
  const dataDir = resolve(baseDir, config.data_dir)
  const seed = await readSeed(join(dataDir, 'identity.key'))
  if (!seed) {
    const reason = keyLostText(dataDir) ?? `There is no key in ${dataDir} yet: the peer makes one at its first start.`
    throw StimnetError.told('CONFIG_INVALID', reason)
  }
  const signer: Signer = await signerFromSeed(seed)
  return { config, dataDir, signer, file }
}

async function open(values: Values) {
  const { config, dataDir, signer, file } = await own(values)
  const { charter } = config.federation
  if (charter === undefined) {
    throw StimnetError.told('CONFIG_INVALID', `${file} names no charter: federation: { charter: ./charter.json }`)
  }
  const [{ Federation }, { createEvents }] = await Promise.all([
    import('../../federation/federation.ts'),
    import('../../events.ts')
  ])
  const folder = join(dataDir, 'federation')
  const events = createEvents({ level: 'silent', nodeId: config.node_id })
  const charterFile = resolve(dirname(file), charter)
  const federation = await Federation.open({ charterFile, folder, clock: systemClock, events })
  return { federation, folder, signer, config, file }
}

function namesOf(those: readonly Member[]): string {
  return those.map(({ institution }) => printable(institution)).join(', ')
}

function jsonText(signed: SignedCharter): string {
  return `${JSON.stringify(signed, null, 2)}\n`
}
