/** Analysis requests of the documented API: to submit, read and decide them. */
import {
  ANALYSIS_STATUSES,
  type AnalysisRequest,
  analysisDecisionShape,
  analysisResultsShape,
  analysisShape,
  analysisSubmissionShape,
  standingRevokedShape,
  standingShape,
  timestamp
} from '@stimnet/api'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { isRequestId, known, person } from '../auth/known.ts'
import { cursor, pageOf, placeOf } from '../http/page.ts'
import type { Account } from '../peer.ts'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'
import { wholeNumber } from '../http/query.ts'
import { idempotencyKeyOf, submissionOf } from '../shapes/submission.ts'

const tag = 'Analysis requests'
const stewards = ['steward', 'operator'] as const

const listQuery = z.strictObject({
  status: z.enum(ANALYSIS_STATUSES).optional(),
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  brief: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: programs, descriptions and terms are left empty, for a list that is looked at often'),
  cursor
})

const analysisPlace = z.strictObject({ submitted_at: timestamp, request_id: z.string().max(64) })

/** Routes of /api/v1/analysis-requests and of standing approvals. */
export function analysisRoutes(room: Room): Route[] {
  return [...readingRoutes(room), ...decidingRoutes(room)]
}

function readingRoutes({ peer }: Room): Route[] {
  const find = async (id: string, account: Account | null): Promise<AnalysisRequest> => {
    const found = isRequestId(id) ? await peer.analysis(id, known(account)) : null
    if (!found) throw new StimnetError('JOB_UNKNOWN', 'reading an analysis request')
    return found
  }
  return [
    route({
      method: 'GET',
      path: '/api/v1/analysis-requests',
      id: 'listAnalysisRequests',
      tag,
      summary: 'Your analysis requests, and for a steward those made to this node; newest first',
      access: 'account',
      query: listQuery,
      answer: z.array(analysisShape),
      handle: async ({ account, query, request }) => {
        const { limit } = query
        const status = query.status === undefined ? {} : { status: query.status }
        const before = placeOf(query.cursor, analysisPlace)
        const options = { limit: limit + 1, ...status, ...(before === undefined ? {} : { before }) }
        const found = await peer.analyses(known(account), options)
        const place = ({ submitted_at, request_id }: AnalysisRequest) => ({ submitted_at, request_id })
        return pageOf(found, { request, limit, place, ...(query.brief === 'true' ? { render: inBrief } : {}) })
      }
    }),
    route({
      method: 'POST',
      path: '/api/v1/analysis-requests',
      id: 'requestAnalysis',
      tag,
      summary: 'Ask for an analysis to be approved by the stewards of one node',
      access: 'account',
      roles: ['researcher'],
      idempotent: true,
      body: { type: 'json', schema: analysisSubmissionShape },
      answer: analysisShape,
      handle: async ({ account, body, header }) => {
        const idempotencyKey = idempotencyKeyOf(header('idempotency-key'))
        const submission = submissionOf(body, { targets: [body.target_node_id], idempotencyKey })
        const about = {
          requester_name: body.requester_name,
          requester_institution: body.requester_institution,
          requester_email: body.requester_email,
          requester_affiliation: body.requester_affiliation ?? '',
          description: body.analysis_description,
          priority: body.priority,
          estimated_duration: body.estimated_duration ?? '',
          selected_score: body.selected_score ?? '',
          selected_timeline: body.selected_timeline ?? ''
        }
        const asked = { ...submission, title: body.analysis_title, review: true as const, about }
        const made = await peer.requestAnalysis(asked, known(account))
        return new Answer(made, { headers: { location: `/api/v1/analysis-requests/${made.request_id}` } })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/analysis-requests/{id}',
      id: 'analysisRequest',
      tag,
      summary: 'One analysis request: for a steward with the script, what it shows, and what exactly would run',
      access: 'account',
      answer: analysisShape,
      handle: ({ account, param }) => find(param('id'), account)
    }),
    route({
      method: 'GET',
      path: '/api/v1/analysis-requests/{id}/results',
      id: 'analysisResults',
      tag,
      summary: 'The results of its job, for whoever asked',
      access: 'account',
      answer: analysisResultsShape,
      handle: async ({ account, param }) =>
        peer.analysisResults((await find(param('id'), account)).request_id, known(account))
    })
  ]
}

function decidingRoutes({ peer }: Room): Route[] {
  return [
    route({
      method: 'PUT',
      path: '/api/v1/analysis-requests/{id}',
      id: 'decideAnalysis',
      tag,
      summary: 'Approve or deny; the last approval that is needed makes the job run',
      access: 'account',
      roles: ['steward'],
      body: { type: 'json', schema: analysisDecisionShape },
      answer: analysisShape,
      handle: async ({ account, param, body }) => {
        const id = param('id')
        const steward = person(account, 'decide about requests')
        const decided = isRequestId(id) ? await peer.decideAnalysis(id, body, steward) : null
        if (!decided) throw new StimnetError('JOB_UNKNOWN', 'deciding an analysis request')
        return decided
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/standing-approvals',
      id: 'standingApprovals',
      tag,
      summary: 'Code that may run here again without asking',
      access: 'account',
      roles: stewards,
      answer: z.array(standingShape),
      handle: ({ account }) => peer.standingApprovals(known(account))
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/standing-approvals/{id}',
      id: 'revokeStandingApproval',
      tag,
      summary: 'Take a standing approval back; jobs that were admitted under it still run',
      access: 'account',
      roles: stewards,
      answer: standingRevokedShape,
      handle: async ({ account, param }) => {
        const id = param('id')
        const isRevoked = isRequestId(id) && (await peer.revokeStanding(id, known(account)))
        if (!isRevoked) throw new StimnetError('NOT_FOUND', 'revoking a standing approval')
        return { id, revoked: true as const }
      }
    })
  ]
}

/** A request for a list, without its long texts and the terms under which it would run. */
function inBrief(request: AnalysisRequest): AnalysisRequest {
  return {
    ...request,
    script_content: '',
    analysis_description: '',
    parameters: {},
    filters: {},
    cohort: null,
    contract: [],
    mappings: [],
    outputs: [],
    uploads: []
  }
}
