/** The state of a peer as text for a terminal. */
import { counted } from '@stimnet/protocol'
import { localTime, printable, tableOf } from '@stimnet/machine'
import type { Health, Readiness, Status } from '@stimnet/sdk'
import { isOff, spanText } from '../../monitor/clocks.ts'
import { bytesText, type DiskUse } from '../../store/disk-use.ts'

/** The facts that the folder of a peer shows without the running peer. */
export interface LocalStatus {
  readonly institution: string
  readonly disk: readonly DiskUse[]
}

/** The public state, and the disk use. */
export function restText(parts: {
  readonly url: string
  readonly health: Health
  readonly checks: Readiness['checks']
  readonly local: LocalStatus | undefined
}): string {
  const { health, checks, local } = parts
  const head = `${printable(health.institution)} (${printable(health.node_id)}) runs, version ${health.version}\n`
  const disk = local ? `Disk      ${local.disk.map(bytesText).join(', ')}\n` : ''
  return `${head}PeerId    ${health.peer_id}\nGateway   ${parts.url}\n${disk}${checksText(checks)}`
}

/** The whole state, as text. */
export function statusText(status: Status): string {
  const { sandbox, jobs, catalogs } = status
  const languages = sandbox.languages.length === 0 ? '' : `: ${sandbox.languages.join(', ')}`
  const epochs = catalogs.map(({ name, epoch, newer_epoch, note }) => [
    ...[name, epoch.slice(0, 12)],
    [newer_epoch === null ? '' : `newer data wait: stimnet epoch accept ${name}`, printable(note)]
      .filter(Boolean)
      .join('; ')
  ])
  return [
    `${printable(status.institution)} (${printable(status.node_id)}) runs since ${localTime(status.started_at)}, version ${status.version}\n`,
    `PeerId    ${status.peer_id}\n`,
    status.gateway_url === '' ? '' : `Gateway   ${status.gateway_url}\n`,
    ...status.gateways.map((gateway) => gatewayText(gateway, status.version)),
    ...status.mesh_addresses.map((address) => `Mesh      ${address}\n`),
    reachText(status.reach),
    `Sandbox   ${sandbox.engine === 'none' ? 'none' : `${sandbox.engine} (${sandbox.grade})${languages}`}\n`,
    `Jobs      ${jobs.running} running, ${jobs.queued} queued\n`,
    `Disk      ${status.disk.map(bytesText).join(', ')}\n`,
    `Keeps     ${status.retention.map(keptText).join(', ')}\n`,
    checksText(status.checks),
    catalogs.length === 0 ? '\nNo catalogs.\n' : `\nCatalogs\n${tableOf(['catalog', 'epoch', 'remark'], epochs)}`,
    membersText(status),
    waitingText(status.waiting),
    usageText(status.usage)
  ].join('')
}

/** An attached gateway process. A process of another version is named, because its console may not fit the peer. */
function gatewayText({ name, version, since, through }: Status['gateways'][number], ofPeer: string): string {
  const other = version === ofPeer ? '' : `, version ${printable(version)}`
  const where = through === 'socket' ? 'on this machine' : 'over the network'
  return `Gateway   process ${printable(name)} ${where} since ${localTime(since)}${other}\n`
}

/** The ways in which others reach the peer, as text. */
function reachText({ direct, relays, relaying }: Status['reach']): string {
  const listens = direct.reached ? 'directly' : 'not directly yet: no connection has arrived since the start'
  const lines = [
    `Reached   ${direct.addresses.length === 0 ? 'not directly: mesh.listen is empty' : listens}`,
    ...relays.map(({ peer_id, since, why }) => {
      if (since !== null) return `Reached   through ${peer_id} since ${localTime(since)}`
      return `Reached   not through ${peer_id}: ${why === '' ? 'it has not answered yet' : printable(why)}`
    })
  ]
  if (relaying) {
    const { reservations, circuits } = relaying
    lines.push(`Relays    for ${counted(reservations, 'peer')}, ${counted(circuits, 'connection')} now`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The retention period of a kind of record, and how many records the next sweep deletes. */
function keptText({ what, days, due }: Status['retention'][number]): string {
  if (days === null) return `${what} for ever`
  return `${what} ${counted(days, 'day')}${due === 0 ? '' : ` (${due} to be deleted)`}`
}

function checksText(checks: Readiness['checks']): string {
  return checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FIX '}      ${name}: ${printable(detail)}\n`).join('')
}

function membersText({ federation, members }: Status): string {
  const others = members.filter(({ self }) => !self)
  const of = federation === null ? 'Peers that may connect' : `Members of ${printable(federation)}`
  if (others.length === 0) return `\n${of}: none besides this peer.\n`
  const rows = others.map(({ institution, connected, last_seen, clock_offset_ms: offset, peer_id }) => [
    institution || '(name not known yet)',
    connected ? 'connected' : last_seen === null ? 'never connected' : `since ${localTime(last_seen)} not`,
    offset === null ? '' : isOff(offset) ? `${spanText(offset)} ours` : 'agrees',
    peer_id
  ])
  const connected = others.filter((member) => member.connected).length
  return `\n${of}: ${connected} of ${others.length} connected\n${tableOf(['institution', 'connection', 'clock', 'PeerId'], rows)}`
}

function waitingText({ requests, epochs, statements, alerts }: Status['waiting']): string {
  const lines = [
    ...(requests.length > 0 ? [`${counted(requests.length, 'request')} for stewards: stimnet requests`] : []),
    ...epochs.map((name) => `a newer epoch of ${name}: stimnet epoch accept ${name}`),
    ...statements.map(
      ({ says, peer_id, institution, signatures, needed }) =>
        `${signatures} of ${needed} signed to ${says} ${printable(institution || peer_id)}: stimnet federation ${says} ${peer_id}`
    ),
    ...alerts.map(
      ({ kind, count, latest_at, detail }) =>
        `${counted(count, 'alert')} ${kind}, the latest ${localTime(latest_at)}${detail === '' ? '' : `: ${printable(detail)}`}`
    )
  ]
  if (lines.length === 0) return '\nNothing waits for a person.\n'
  return `\nWaiting for a person\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function usageText(usage: Status['usage']): string {
  if (usage.length === 0) return '\nNothing of a budget is used.\n'
  const rows = usage.map(({ data_catalog_name, what, scope, used, max, share }) => [
    ...[data_catalog_name, what, scope, used, max ?? 'unlimited'],
    max === null ? '' : `${Math.round(share * 100)} %`
  ])
  return `\nUsed budgets\n${tableOf(['catalog', 'of', 'scope', 'used', 'limit', 'share'], rows)}`
}
