/** The sandboxes of this node, and their self-test. */
import { sandboxesShape } from '@stimnet/api'
import { known, person } from '../auth/known.ts'
import { Refusal } from '../http/problem.ts'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'

/** Routes of /api/v1/sandboxes. */
export function sandboxRoutes({ peer }: Room): Route[] {
  const described = { tag: 'Stewardship', access: 'account', answer: sandboxesShape } as const
  return [
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/sandboxes',
      id: 'sandboxes',
      summary:
        'The engines that run programs here, what each holds, and the latest self-test; how far one is that runs',
      roles: ['steward', 'auditor', 'operator'],
      handle: ({ account }) => peer.sandboxes(known(account))
    }),
    route({
      ...described,
      method: 'POST',
      path: '/api/v1/sandboxes/self-test',
      id: 'testSandboxes',
      summary: 'Attacks the engines that run programs here, or answers with the self-test that runs already',
      roles: ['steward', 'operator'],
      statuses: [202],
      handle: async ({ account }) => {
        // The test runs hostile programs for minutes, so a person must start it and answer for it. Scheduled tests use the command line.
        const started = await peer.testSandboxes(person(account, 'start a self-test'))
        if (started.ok) return new Answer(started.view, { status: 202 })
        const seconds = Math.max(1, Math.ceil(started.waitMs / 1_000))
        const reason = 'A self-test began only a few minutes ago: its report is here, or will be soon.'
        throw new Refusal('RATE_LIMITED', reason, { 'retry-after': String(seconds) })
      }
    })
  ]
}
