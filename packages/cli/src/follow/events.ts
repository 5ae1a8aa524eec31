/** `stimnet events`: shows the events and alerts of a peer. */
import { CLIENT_OPTIONS, clientFor, command, EXIT, type Io, printable, wholeNumber } from '@stimnet/machine'
import type { NodeEvent } from '@stimnet/sdk'

/** `stimnet events`. With `--follow` the command runs until Ctrl-C. */
export const eventsCommand = command({
  name: 'events',
  usage: '[--follow] [--alerts] [--limit N] [--url URL]',
  summary: 'Shows what happens at a peer: who connects, what is asked, refused and ended, and alerts.',
  details: `
Needs a login with the role steward, auditor or operator. With --follow it continues until you stop it, even after a broken
connection. Alerts are marked with !: failed logins, refused connections, exceeded quotas, many refusals, many variants of one
question, budgets that are nearly used up. Events are forgotten when the peer restarts; the audit log is not.

  stimnet events --follow --alerts`,
  options: {
    ...CLIENT_OPTIONS,
    follow: { type: 'boolean', short: 'f', help: 'Keep showing new events' },
    alerts: { type: 'boolean', help: 'Only alerts' },
    limit: { type: 'string', value: 'N', help: 'How many past events to show first (default 20)' }
  },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const limit = wholeNumber('--limit', values.limit) ?? 20
    const client = await clientFor(values.url)
    const alerts = values.alerts ?? false
    const before = await client.events({ limit, alerts, signal: io.signal })
    for (const event of before.reverse()) show(event, values.json, io)
    if (!values.follow) return EXIT.ok
    let last = before.at(-1)?.sequence ?? 0
    try {
      for await (const event of client.followEvents({ signal: io.signal })) {
        // A restarted peer numbers its events from 1 again.
        const isNew = event.sequence > last || event.kind === 'started'
        if (isNew && (event.alert || !alerts)) show(event, values.json, io)
        if (isNew) last = event.sequence
      }
    } catch (error) {
      if (!io.signal.aborted) throw error
    }
    return EXIT.ok
  }
})

function show(event: NodeEvent, json: boolean | undefined, io: Io): void {
  if (json) {
    io.out(`${JSON.stringify(event)}\n`)
    return
  }
  const { at, kind, alert, actor, job_id, code, detail } = event
  const words = [actor, job_id, code, detail].filter((word) => word !== '').map(printable)
  io.out(`${at}  ${alert ? '!' : ' '} ${kind.padEnd(18)} ${words.join('  ')}\n`)
}
