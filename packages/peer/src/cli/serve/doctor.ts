/** `stimnet doctor`: checks a peer and explains how to repair faults. */
import { clientFor, command, EXIT, printable } from '@stimnet/machine'
import type { RunningState } from '../../checkup/reach.ts'
import { CONFIG_OPTION } from './start.ts'

/** Exit code 1: at least one finding needs repair. */
export const doctorCommand = command({
  name: 'doctor',
  usage: '[--config FILE] [--json]',
  summary: 'Checks key, clock, disk, ports, data, other peers and the sandbox, and says what to do.',
  details: `
Each line begins with ok, note or FIX. A line with FIX names the repair, and the exit code is then 1; a line with note needs no
repair, but attention. The peer may be running or stopped; nothing is changed or created. Bootstrap peers and relays are
asked with the peer's own key. If the peer is running, its clock comparisons, and how others reach it, are read from its gateway, which
needs a login as steward, auditor or operator.

  stimnet doctor --config ./peer/stimnet.yaml`,
  options: { config: CONFIG_OPTION, json: { type: 'boolean', help: 'Print the findings as JSON' } },
  positionals: [0, 0],
  run: async (values, _, io) => {
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { checkUp }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../checkup/checkup.ts')
    ])
    const findings = await checkUp(await loadConfig(values.config ?? 'stimnet.yaml'), { statusAt })
    if (values.json) io.out(`${JSON.stringify(findings, null, 2)}\n`)
    else
      for (const { name, ok, note = false, detail } of findings)
        io.out(`${!ok ? 'FIX ' : note ? 'note' : 'ok  '} ${name.padEnd(14)} ${printable(detail)}\n`)
    return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
  }
})

/** The state of a running peer; undefined without a login that may read it. */
async function statusAt(url: string): Promise<RunningState | undefined> {
  try {
    const { members, reach } = await (await clientFor(url)).status()
    const clockOffsetsMs = members.flatMap(({ clock_offset_ms: offset }) => (offset === null ? [] : [offset]))
    return { reach, clockOffsetsMs }
  } catch {
    return undefined
  }
}
