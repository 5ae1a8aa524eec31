/** `stimnet join`: joins a federation with the code of an invitation. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { command, EXIT, type Io, printable, readSeed, refuse } from '@stimnet/machine'
import {
  cryptographicRandom,
  type Invitation,
  isPhrase,
  LIMITS,
  plainName,
  readInvitation,
  signerFromSeed,
  StimnetError,
  systemClock,
  counted
} from '@stimnet/protocol'
import type { LoadedConfig } from '../../config/config.ts'
import type { Joined, Welcomed } from '../../federation/joining.ts'
import { CONFIG_OPTION } from '../serve/start.ts'
import { askPhrase } from './ask-phrase.ts'

/**
 * Exit codes: 1 the code has expired or is void; 2 no code, no terminal, or a configuration that cannot join; 3 the member
 * is not reached; 4 one of the two people did not confirm.
 */
export const joinCommand = command({
  name: 'join',
  usage: 'CODE [--member PEERID] [--config FILE]',
  summary: 'Joins a federation with the code of stimnet invite.',
  details: `
Connects to the member that made the code and shows a phrase. Call the person who invited you, at a number that you know, and read
it to them: they type it, and only then the member signs for this peer. Their machine then shows them a second phrase. Have it read
to you and type it: only then this peer accepts the code, because an attacker may have exchanged it in the mail. Then this command
writes the charter beside the configuration, names it there (federation.charter), and adds the member's address (mesh.bootstrap). Who
may ask about your catalogs remains your decision.

Without a terminal, --member names the PeerId of the inviting member, which you received through a trusted channel. It replaces the
second phrase.

The connection leaves as those of the peer do: through mesh.proxy, if the configuration names one.

Make the peer first with stimnet init. A running peer takes the changes up at its next start.

  stimnet join stimnet-invite-eyJh… --config ./peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    member: { type: 'string', value: 'PEERID', help: 'The member that invites, instead of its phrase' }
  },
  positionals: [1, 1, 'CODE'],
  run: async (values, [code = ''], io) => {
    const invitation = readInvitation(code)
    if (invitation.until * 1000 + LIMITS.clockSkewMs < systemClock.now()) {
      throw StimnetError.told('EXPIRED', 'The invitation has expired. Ask for a new one.')
    }
    expectConfirmation(invitation, values.member, io)
    const newcomer = await newcomerOf(values.config ?? 'stimnet.yaml')
    const { askToJoin, verifyWelcome, whyNotJoined } = await import('../../federation/joining.ts')
    const { createEvents } = await import('../../events.ts')
    const { readWayOut } = await import('../../config/way-out.ts')
    const { seed, self, loaded } = newcomer
    const events = createEvents({ level: 'silent', nodeId: loaded.config.node_id })
    try {
      const welcome = await askToJoin(invitation, {
        seed,
        institution: loaded.config.institution,
        wayOut: await readWayOut(loaded),
        clock: systemClock,
        random: cryptographicRandom,
        signal: io.signal,
        onBusy: () => io.err('The door is busy. Trying again.\n'),
        onPhrase: (phrase) =>
          io.err(`Read this phrase to the person who invited you: ${phrase}\nWaiting until they have typed it.\n`)
      })
      const joined = await verifyWelcome(welcome, { invitation, self, clock: systemClock, events })
      tellWhose(joined, io)
      if (values.member === undefined) await confirm(welcome.memberPhrase, io)
      const bootstrap = await keep(newcomer, { ...welcome, statements: joined.statements }, invitation)
      return told(joined, { self, bootstrap }, io)
    } catch (error) {
      const reason = whyNotJoined(error)
      if (reason === undefined || !(error instanceof StimnetError) || error instanceof NotConfirmed) throw error
      throw new StimnetError(error.code, error.message, { reason, cause: error })
    }
  }
})

/** Refuses before anything is sent if nobody could confirm who issued the code. */
function expectConfirmation({ peer }: Invitation, member: string | undefined, io: Io): void {
  if (member === undefined) {
    if (!io.ask)
      refuse('stimnet join needs a terminal, where a person types the phrase of the member, or --member PEERID')
  } else if (member !== peer)
    throw new NotConfirmed(`The code was made by ${peer}, not by the member that --member names.`)
}

/** The newcomer's operator did not confirm the member. */
class NotConfirmed extends StimnetError {
  constructor(why: string) {
    const reason = `${why} Nothing was written: ask the person who invited you, by a channel that you trust, for a new code.`
    super('NOT_PERMITTED', reason, { reason })
  }
}

/** PeerIds begin alike, so their ends are compared. */
const END_CHARACTERS = 8

function tellWhose({ federation, founders, invitedBy }: Joined, io: Io): void {
  io.err(`\nThe federation of this code: ${printable(federation)}\nIts founders, and how their PeerIds end:\n`)
  for (const { peer, institution } of founders) {
    io.err(`  …${peer.slice(-END_CHARACTERS)}  ${printable(institution)}\n`)
  }
  io.err(`The member that made the code: ${invitedBy.peer}  ${printable(invitedBy.institution)}\n\n`)
}

/** Number of wrong phrases after which nothing is believed: a slip is forgiven. */
const TRIES_MAX = 3
const QUESTION = 'The person who invited you now has a second phrase. Have it read to you and type it, or type no: '

async function confirm(phrase: string, io: Io): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX && !io.signal.aborted; tries++) {
    const typed = await askPhrase(QUESTION, io)
    if (isPhrase(phrase, typed)) return
    if (isPhrase('no', typed)) break
    io.err(
      'That is not the phrase of the member that made this code. If it was read to you like this, it is not their code.\n'
    )
  }
  throw new NotConfirmed('You did not confirm the member.')
}

interface Newcomer {
  readonly loaded: LoadedConfig
  readonly dataDir: string
  readonly seed: Uint8Array
  /** The PeerId of this peer. */
  readonly self: string
}

async function newcomerOf(configFile: string): Promise<Newcomer> {
  // Loaded when needed, so that client commands start without DuckDB and libp2p.
  const [{ loadConfig }, { KEY_FILE, keyLostText }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../store/identity.ts')
  ])
  const loaded = await loadConfig(configFile)
  const { config, baseDir, file } = loaded
  if (config.federation.charter !== undefined)
    refuse(`${file} names a charter already: a peer belongs to one federation`)
  if (config.mesh.open)
    refuse(`${file}: mesh.open lets everybody connect, so a charter would do nothing: remove it first`)
  const name = plainName(200).safeParse(config.institution)
  if (!name.success) refuse(`${file}: institution: ${name.error.issues[0]?.message ?? 'no name that can be shown'}`)
  const dataDir = resolve(baseDir, config.data_dir)
  const seed = await readSeed(join(dataDir, KEY_FILE))
  if (!seed) refuse(keyLostText(dataDir) ?? `There is no key in ${dataDir} yet: stimnet init makes one`)
  return { loaded, dataDir, seed, self: (await signerFromSeed(seed)).id }
}

/** Stores the verified welcome: charter, statements, and both in the configuration. Returns the bootstrap addresses. */
async function keep(newcomer: Newcomer, welcome: Welcomed, { peer, charter }: Invitation): Promise<string[]> {
  const { loaded, dataDir } = newcomer
  const [{ keepStatement }, { addFederation }] = await Promise.all([
    import('../../federation/statements.ts'),
    import('../../config/edit.ts')
  ])
  const name = await writeCharter(loaded.baseDir, welcome.charterJson, charter)
  for (const jws of welcome.statements) await keepStatement(join(dataDir, 'federation'), jws)
  const bootstrap = bootstrapOf(welcome, peer)
  await addFederation(loaded.file, { charter: `./${name}`, bootstrap })
  return bootstrap
}

/** Writes the charter under a free file name, unless it is already stored. Returns the file name. */
async function writeCharter(folder: string, text: string, id: string): Promise<string> {
  const names = ['charter.json', `charter-${id.slice(0, 8)}.json`, `charter-${id.slice(0, 16)}.json`]
  for (const name of names) {
    try {
      await writeFile(join(folder, name), text, { flag: 'wx' })
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if ((await readFile(join(folder, name), 'utf8')) === text) return name
    }
  }
  return refuse(`${join(folder, 'charter.json')} is another charter: move it away`)
}

/** The member's addresses as this machine reaches them: a wildcard is replaced by the host at which the member was reached. */
function bootstrapOf({ addresses, reachedAt }: Welcomed, peer: string): string[] {
  const host = /^\/[a-z0-9]+\/[^/]+/.exec(reachedAt)?.[0] ?? ''
  return addresses
    .map((address) => address.replace(/^\/ip4\/0\.0\.0\.0|^\/ip6\/::(?=\/)/, host).replace(/\/p2p\/[^/]+$/, ''))
    .filter((address) => /^\/(ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/[1-9]\d*(\/tls\/ws|\/wss|\/ws)?$/.test(address))
    .slice(0, 4)
    .map((address) => `${address}/p2p/${peer}`)
}

/** An account needs its gateway in the list, because a member vouches only for a researcher's own key. */
const NEXT = `Next: say in requesters who may ask, then stimnet start, or restart a running peer.
  gateway:PEERID       every account of the gateway of that member (stimnet federation members lists PeerIds)
  affiliation:members  researchers who sign with a key of their own (stimnet key) for which a member vouches (stimnet vouch KEY)
`

function told(joined: Joined, { self, bootstrap }: { self: string; bootstrap: readonly string[] }, io: Io): number {
  const name = printable(joined.federation)
  const standing = joined.isMember
    ? `This peer is a member of ${name}, with ${counted(joined.members - 1, 'other')}.`
    : `${joined.signatures} of ${joined.needed} members of ${name} have signed for this peer. It is a member once the others have: stimnet federation admit ${self}.`
  io.out(`${standing}\n`)
  if (bootstrap.length === 0) io.err('No address of the member is known: put one into mesh.bootstrap.\n')
  io.err(NEXT)
  return EXIT.ok
}
