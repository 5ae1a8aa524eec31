/** `stimnet audit`: verifies this peer's log, proves its records, and gathers attestations. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CLIENT_OPTIONS, clientFor, command, EXIT, given, type Io, oneOf, tableOf, wholeNumber } from '@stimnet/machine'
import { systemClock, counted } from '@stimnet/protocol'
import { extractText, proofText } from '@stimnet/sdk'
import { damageText } from '../../store/level/checked-level.ts'
import type { AuditFinding } from '../../store/log/audit-log.ts'
import { CONFIG_OPTION } from './start.ts'

const ACTIONS = ['verify', 'prove', 'export', 'witness', 'reconcile'] as const

interface Values {
  readonly config: string | undefined
  readonly url: string | undefined
  readonly json: boolean | undefined
  readonly out: string | undefined
  readonly permit: string | undefined
  readonly after: string | undefined
}

/** Exit code 1: the log is broken, a record of the store is damaged, or a member does not attest it. */
export const auditCommand = command({
  name: 'audit',
  usage: 'verify | prove SEQUENCE [--out FILE] | export --permit ID [--out FILE] | witness | reconcile',
  summary: 'Checks the audit log, proves records of it, has members attest it.',
  details: `
verify     reads everything in the store, checks all records of the log and builds their tree again. With --config it reads the
           folder of a stopped peer. With --url a running peer checks its own log.
prove      writes a proof of one record for somebody without access to the log. stimnet verify FILE checks it anywhere.
export     writes all records under a data permit (stimnet permit) for its authority: requesters, questions, decisions and releases,
           each record with its proof against one signed checkpoint. It has nothing about patients: for a question that released
           nothing it has only the fields that the requester received. stimnet verify FILE checks it anywhere. A file has at most
           500 records; the command then says how to write the next.
witness    has every connected member attest the present state of the log. A running peer does so every few minutes.
reconcile  confirms that a steward has examined a log that was restored from a backup, has a new key, or is shorter than a member
           has seen it (a restored copy, or a second peer with the same key), so that questions about people are answered and
           privacy budgets spent again. Releases in the lost part stay unknown to the ledgers. The peer must be stopped.

prove, export and witness need a login with the role auditor, steward or operator.

  stimnet audit verify --config peer/stimnet.yaml
  stimnet audit prove 41 --url http://127.0.0.1:8000 --out release-41.json
  stimnet audit export --permit FD-2026-17 --out FD-2026-17.json`,
  options: {
    config: CONFIG_OPTION,
    ...CLIENT_OPTIONS,
    permit: { type: 'string', value: 'ID', help: 'export: the data permit' },
    after: { type: 'string', value: 'SEQUENCE', help: 'export: only records after this one' },
    out: { type: 'string', value: 'FILE', help: 'prove, export: where it is written (default standard output)' }
  },
  positionals: [1, 2, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [action = '', argument], io) => {
    const chosen = oneOf('the action', action, ACTIONS)
    if (chosen === 'prove') return prove(values, argument, io)
    if (chosen === 'export') return exportRecords(values, io)
    if (chosen === 'witness') return gather(values, io)
    return chosen === 'verify' ? verify(values, io) : reconcile(values, io)
  }
})

async function verify(values: Values, io: Io): Promise<number> {
  const finding = values.url ? await verifyRunning(values.url) : await verifyStopped(values.config ?? 'stimnet.yaml')
  if (values.json) io.out(`${JSON.stringify(finding)}\n`)
  else if (finding.ok) io.out(`Whole: ${counted(finding.records, 'record')}, root ${finding.head}\n`)
  else
    io.out(
      finding.sequence === 0 ? `DAMAGED: ${finding.why}\n` : `BROKEN at record ${finding.sequence}: ${finding.why}\n`
    )
  return finding.ok ? EXIT.ok : EXIT.failed
}

async function verifyRunning(url: string): Promise<AuditFinding> {
  const { ok, records, head, broken_at: sequence, why } = await (await clientFor(url)).verifyAudit()
  return ok ? { ok, records: records ?? 0, head: head ?? '' } : { ok, sequence: sequence ?? 0, why: why ?? '' }
}

async function verifyStopped(configFile: string): Promise<AuditFinding> {
  // The files are verified before the database is opened, because some damage makes LevelDB end this process without a
  // message.
  const [{ loadConfig }, { Database }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../store/database.ts')
  ])
  const { config, baseDir } = await loadConfig(configFile)
  const why = damageText(await Database.walk(join(resolve(baseDir, config.data_dir), 'db')))
  if (why !== undefined) return { ok: false, sequence: 0, why }
  return withDatabase(configFile, (database) => database.verify())
}

async function prove(values: Values, argument: string | undefined, io: Io): Promise<number> {
  if (argument === undefined || !/^\d{1,15}$/.test(argument)) {
    io.err(
      'stimnet audit prove: SEQUENCE is missing: the number of a record, as in the console’s audit log or in a receipt\n'
    )
    return EXIT.usage
  }
  return write(proofText(await (await clientFor(values.url)).auditProof(Number(argument))), values, io)
}

async function exportRecords(values: Values, io: Io): Promise<number> {
  const id = given('--permit', values.permit, ': stimnet permit list shows them')
  const client = await clientFor(values.url)
  const extract = await client.permitRecords(id, { after: wholeNumber('--after', values.after) ?? 0 })
  if (extract.after !== null) {
    io.err(`More records follow: stimnet audit export --permit ${id} --after ${extract.after} --out ANOTHER-FILE\n`)
  }
  return write(extractText(extract), values, io)
}

async function write(text: string, { out }: Pick<Values, 'out'>, io: Io): Promise<number> {
  if (out === undefined) io.out(text)
  else await writeFile(out, text)
  return EXIT.ok
}

async function gather(values: Values, io: Io): Promise<number> {
  const attested = await (await clientFor(values.url)).gatherWitnesses()
  if (values.json) io.out(`${JSON.stringify(attested)}\n`)
  else if (attested.length === 0) io.out('No member is connected, so nobody attested the log.\n')
  else
    io.out(
      tableOf(
        ['witness', 'attested', 'code'],
        attested.map((one) => [one.witness, one.attested ? 'yes' : 'NO', one.code])
      )
    )
  return attested.length > 0 && attested.every((one) => one.attested) ? EXIT.ok : EXIT.failed
}

async function reconcile(values: Values, io: Io): Promise<number> {
  const { reconcile: forget } = await import('../../witness/witnesses.ts')
  const found = await withDatabase(values.config ?? 'stimnet.yaml', (database) => forget(database, 'steward'))
  const isRestored = found?.replaced ? 'this peer has a new key' : 'this peer was restored from a backup'
  const why = found?.restored ? isRestored : `${found?.witness} had seen another log`
  io.out(
    found
      ? `Reconciled: ${why}. Budgets may be spent again; the audit log records this decision.\n` +
          'Data permits in the state unconfirmed stay closed until a steward confirms each: stimnet permit list.\n'
      : 'There is nothing to reconcile: no member has seen a different log.\n'
  )
  return EXIT.ok
}

type Store = import('../../store/database.ts').Database

async function withDatabase<T>(configFile: string, work: (database: Store) => Promise<T>): Promise<T> {
  // Loaded when needed, so that client commands start without DuckDB and libp2p.
  const [{ loadConfig }, { Database }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../store/database.ts')
  ])
  const { config, baseDir } = await loadConfig(configFile)
  const directory = join(resolve(baseDir, config.data_dir), 'db')
  const database = await Database.open({ directory }, () => systemClock.now())
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
