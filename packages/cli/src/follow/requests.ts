/** `stimnet requests`: lists, shows, approves and denies the requests that wait for a peer's stewards. */
import {
  CLIENT_OPTIONS,
  clientFor,
  command,
  EXIT,
  given,
  type Io,
  localTime,
  oneOf,
  printable,
  tableOf,
  wholeNumber
} from '@stimnet/machine'
import { cellsOf } from '@stimnet/protocol'
import type { AnalysisRequest, Client } from '@stimnet/sdk'
import { IDS_MAX, type KnownId, wholeId } from './whole-id.ts'

const STATUSES = ['pending', 'approved', 'denied', 'expired', 'all'] as const
const ACTIONS = ['list', 'show', 'approve', 'deny', 'standing', 'revoke'] as const

/** `stimnet requests`. It needs a login; decisions need the role steward. */
export const requestsCommand = command({
  name: 'requests',
  usage: '[list | show ID | approve ID | deny ID | standing | revoke ID] [--notes TEXT]',
  summary: 'Shows requests that wait for stewards, and approves or denies them.',
  details: `
show prints the script, its apparent use of files, network, processes, eval and time, the cohort, the declared outputs and the
exact image that would run. The apparent use is advice for you as the reader; the sandbox isolates the script in any case.

Two stewards must agree unless the peer is configured otherwise; the first denial ends the request. An approval is bound to the
exact script, parameters, cohort, outputs, epoch and image. With --runs, every steward must name the same terms. The requester
reads your notes. Nobody can approve a request of their own. The beginning of an ID is enough, from eight characters on.

  stimnet requests
  stimnet requests show 3f2a91c4
  stimnet requests approve 3f2a91c4 --notes "Aggregates only; fine."
  stimnet requests approve 3f2a91c4 --runs 12 --days 90     lets the same code run again without asking`,
  options: {
    ...CLIENT_OPTIONS,
    status: { type: 'string', value: 'STATUS', help: 'With list: pending (default), approved, denied, expired or all' },
    notes: { type: 'string', value: 'TEXT', help: 'Notes to the requester; required with deny' },
    runs: { type: 'string', value: 'N', help: 'With approve: how often the same code may run again without asking' },
    days: { type: 'string', value: 'N', help: 'With --runs: for how many days (default 90)' },
    'any-cohort': { type: 'boolean', help: 'With --runs: on any cohort that is large enough' },
    'any-requester': { type: 'boolean', help: 'With --runs: for every requester who may ask here' }
  },
  positionals: [0, 2],
  run: async (values, [asked = 'list', written], io) => {
    const action = oneOf('the action', asked, ACTIONS)
    if (action !== 'list' && action !== 'standing') given('ID', written, ': stimnet requests lists them')
    const status = oneOf('--status', values.status ?? 'pending', STATUSES)
    const standing = standingOf(values)
    const client = await clientFor(values.url)
    const id = written === undefined ? '' : await wholeId(written, () => idsFor(action, client))
    if (action === 'list') {
      const found = await client.listAnalyses(status === 'all' ? {} : { status })
      io.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : listText(found))
    } else if (action === 'standing') {
      const found = await client.standingApprovals()
      io.out(
        values.json
          ? `${JSON.stringify(found, null, 2)}\n`
          : tableOf(
              ['id', 'catalog', 'language', 'runs left', 'until'],
              found.map((one) => [
                one.id,
                one.data_catalog_name,
                one.script_type,
                one.runs_left,
                localTime(one.expires_at)
              ])
            )
      )
    } else if (action === 'revoke') {
      await client.revokeStanding(id)
      io.out(`Revoked: ${id}\n`)
    } else if (action === 'show') {
      const found = await client.analysis(id)
      io.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : showText(found))
    } else {
      const decided = await client.decideAnalysis(id, {
        status: action === 'approve' ? 'approved' : 'denied',
        approval_notes: values.notes ?? '',
        ...(standing === undefined ? {} : { standing })
      })
      tell(decided, io)
    }
    return EXIT.ok
  }
})

/** The ids from which an action's abbreviated id is completed. */
async function idsFor(action: (typeof ACTIONS)[number], client: Client): Promise<KnownId[]> {
  if (action === 'revoke')
    return (await client.standingApprovals()).map(({ id, analysis_title }) => ({ id, title: analysis_title ?? '' }))
  const found = await client.listAnalyses({ limit: IDS_MAX, brief: true })
  return found.map(({ request_id: id, analysis_title: title }) => ({ id, title }))
}

function standingOf(values: {
  readonly runs?: string | undefined
  readonly days?: string | undefined
  readonly 'any-cohort'?: boolean | undefined
  readonly 'any-requester'?: boolean | undefined
}) {
  const runs = wholeNumber('--runs', values.runs)
  if (runs === undefined) return undefined
  return {
    runs,
    days: wholeNumber('--days', values.days) ?? 90,
    cohort: values['any-cohort'] ? ('any' as const) : ('same' as const),
    requester: values['any-requester'] ? ('any' as const) : ('same' as const)
  }
}

function listText(found: readonly AnalysisRequest[]): string {
  if (found.length === 0) return 'No requests.\n'
  return tableOf(
    ['id', 'status', 'agreed', 'requester', 'title', 'catalog', 'program'],
    found.map((one) => [
      one.request_id,
      one.status,
      `${one.approvals} of ${one.approvals_needed}`,
      one.requester_name || one.account || one.requester_key,
      one.analysis_title,
      one.data_catalog_name,
      one.script_type
    ])
  )
}

/** The requester's own statement about itself; if it makes none, the account for which a gateway signed. */
function requesterOf({
  requester_name: name,
  requester_institution: institution,
  requester_email: email,
  account
}: AnalysisRequest) {
  const said = [name, institution, ...(email === '' ? [] : [`<${email}>`])].filter((one) => one !== '').join(', ')
  return (
    said || (account === null ? 'no statement about the requester' : `account ${account} of the asking institution`)
  )
}

function showText(one: AnalysisRequest): string {
  const lines: [string, unknown][] = [
    ['request', one.request_id],
    ['status', `${one.status} (${one.state}), ${one.approvals} of ${one.approvals_needed} agreed`],
    ['title', one.analysis_title],
    ['requester', requesterOf(one)],
    ['key', one.requester_key],
    ['catalog', `${one.data_catalog_name}, epoch ${one.epoch ?? 'unknown'}`],
    ['purpose', one.purpose.join(', ') || 'none stated'],
    ['project', one.project ?? ''],
    ['permit', one.permit ?? ''],
    ['claim', JSON.stringify(one.privacy)],
    ...(one.mappings.length > 0 ? [['mappings', JSON.stringify(one.mappings)] as [string, unknown]] : []),
    ['cohort', JSON.stringify({ ...(one.set ? { set: one.set } : {}), where: one.cohort, filters: one.filters })],
    ['parameters', JSON.stringify(one.parameters)],
    ['releases', one.outputs.length > 0 ? JSON.stringify(one.outputs) : 'what the default contract permits'],
    ...one.uploads.map(({ name, size, sha256 }): [string, unknown] => [
      'reads file',
      `${name}, ${size} bytes, ${sha256}`
    ]),
    ['runs in', one.image ?? 'unknown'],
    ['until', one.expires_at === null ? '' : localTime(one.expires_at)],
    ...(one.standing ? [['runs again', JSON.stringify(one.standing)] as [string, unknown]] : []),
    ['description', one.analysis_description]
  ]
  const facts = lines.map(([name, value]) => `${name.padEnd(12)} ${printable(String(value))}\n`).join('')
  return `${facts}\n${findingsText(one)}\n${codeText(one)}`
}

/** The code that would run. For a notebook: only the cells that run. */
function codeText({ script_type: type, script_content: content }: AnalysisRequest): string {
  const cells = type === 'jupyter' ? cellsOf(content) : undefined
  return (cells ?? [content])
    .map((source, at) => `${cells ? `cell ${at + 1}\n` : ''}${numbered(source.replaceAll('\r\n', '\n'))}`)
    .join('')
}

function numbered(source: string): string {
  const lines = source.split('\n').map((line, at) => `${String(at + 1).padStart(4)}  ${printable(line)}\n`)
  return lines.join('')
}

function findingsText({ review, script_type: type }: AnalysisRequest): string {
  if (review === null) return `A ${type} query is computed by the peer itself; its text is never executed.\n`
  if (review.length === 0)
    return 'No use of files, network, processes, eval or time was found. This is no proof that there is none.\n'
  return tableOf(
    ['line', 'cell', 'kind', 'what'],
    review.map(({ line, cell, kind, what }) => [line, cell ?? '', kind, what])
  )
}

function tell(decided: AnalysisRequest, io: Io): void {
  const waits = decided.status === 'pending' ? `; ${decided.approvals} of ${decided.approvals_needed} have agreed` : ''
  io.out(`${decided.request_id}: ${decided.status}${waits}\n`)
}
