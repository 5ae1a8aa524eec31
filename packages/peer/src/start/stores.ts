/** The key of a peer, its database, and every store in it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { closeFolder, makeFolder } from '@stimnet/machine'
import { StimnetError, signerFromSeed, toHex } from '@stimnet/protocol'
import { assertSameIssuers } from './logins.ts'
import type { Setting } from './setting.ts'
import { Accounts } from '../store/accounts/accounts.ts'
import { AnsweredStore } from '../store/released/answered.ts'
import { ApiKeys } from '../store/accounts/api-keys.ts'
import { Database } from '../store/database.ts'
import { PEER_FOLDERS } from '../store/folders.ts'
import { EndedTokens } from '../store/accounts/ended-tokens.ts'
import { JobStore } from '../store/jobs.ts'
import { LedgerStore } from '../store/released/ledgers.ts'
import { PrivacyLedger } from '../store/released/privacy-ledger.ts'
import { RecentBits } from '../store/released/recent-bits.ts'
import { ReplayStore } from '../store/released/replays.ts'
import { RequestStore } from '../store/requests.ts'
import { ScriptBitStore } from '../store/released/script-bits.ts'
import { SelfTestStore } from '../self-test/store.ts'
import { SignedOnPeople } from '../store/accounts/signed-on.ts'
import { StandingApprovals } from '../store/standing.ts'
import { UploadStore } from '../store/uploads.ts'
import { loadOrCreateKey } from '../store/identity.ts'
import { replacedPeers } from '../store/replaced-keys.ts'

/** The key and the stores of a peer. */
export type Stores = Awaited<ReturnType<typeof openStores>>

/**
 * Removes the access of others to the data folder, also if an earlier version granted it. The database does so for its own
 * folder.
 */
async function openDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir)
    const folders = PEER_FOLDERS.filter((name) => name !== 'db').map((name) => join(dataDir, name))
    for (const folder of folders) if (existsSync(folder)) await closeFolder(folder)
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'no reason given'
    throw new StimnetError('CONFIG_INVALID', `data_dir: ${dataDir} cannot be made or closed to others (${why})`, {
      cause
    })
  }
}

/** Opens the stores. Throws CONFIG_INVALID, STORE_UNAVAILABLE, AUDIT_BROKEN. */
export async function openStores({ config, dataDir, clock, random, lifetime, passwordCost }: Setting) {
  await openDataDir(dataDir)
  const seed = await loadOrCreateKey(dataDir, random)
  const signer = await signerFromSeed(seed)
  const database = lifetime.keep(await Database.open({ directory: join(dataDir, 'db') }, () => clock.now()), (opened) =>
    opened.close()
  )
  const replaced = await replacedPeers(database, signer.id)
  const signedOn = await SignedOnPeople.open(database)
  const { uploads_days: days } = config.retention
  const lifetimeMs = days === undefined ? undefined : days * 24 * 3_600_000
  assertSameIssuers(config, signedOn.list())
  return {
    seed,
    signer,
    replaced,
    database,
    jobs: await JobStore.open(database, () => toHex(random.bytes(16))),
    requests: await RequestStore.open(database, clock.now()),
    replays: new ReplayStore(database),
    ledgers: new LedgerStore(database),
    ledger: await PrivacyLedger.open(database),
    refusals: await RecentBits.open(database, 'refusal-bits', clock.now()),
    taken: await RecentBits.open(database, 'taken-bits', clock.now()),
    answered: new AnsweredStore(database),
    scriptBits: await ScriptBitStore.open(database),
    standing: await StandingApprovals.open(database, random),
    uploads: await UploadStore.open({ database, directory: join(dataDir, 'uploads'), clock, random, lifetimeMs }),
    accounts: await Accounts.open(join(dataDir, 'accounts.json'), passwordCost),
    apiKeys: await ApiKeys.open(database, random),
    endedTokens: await EndedTokens.open(database),
    selfTestReports: await SelfTestStore.open(database),
    signedOn
  }
}
