/** The price of a request, before anything is spent. */
import { costQuestionShape, costShape } from '@stimnet/api'
import { deadline } from '../http/deadline.ts'
import { known } from '../auth/known.ts'
import { GATEWAY_LIMITS } from '../http/limits.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'
import { submissionOf } from '../shapes/submission.ts'

/** Routes of /api/v1/privacy/cost. */
export function privacyRoutes({ peer, clock }: Room): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/privacy/cost',
      id: 'privacyCost',
      tag: 'Privacy',
      summary:
        'What a request would cost at each peer that offers the catalog: bits under P1, charge and error under P2',
      access: 'account',
      roles: ['researcher'],
      body: { type: 'json', schema: costQuestionShape },
      answer: costShape,
      handle: async ({ account, body, request, closing }) => {
        const submission = submissionOf(body, { targets: body.targets, idempotencyKey: undefined })
        const within = deadline(clock, GATEWAY_LIMITS.searchMsMax, [request.signal, closing])
        try {
          const question = { ...submission, ...(body.key ? { key: body.key } : {}) }
          return await peer.privacyCost(question, known(account), within.signal)
        } finally {
          within.clear()
        }
      }
    })
  ]
}
