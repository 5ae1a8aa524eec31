/** Analysis requests for the wire: whole, or in brief for a list. */
import { isoOf, type AnalysisRequest, type StandingApproval } from '@stimnet/api'
import type { AnalysisView, StandingView } from '../peer.ts'

const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text)

/** A request for the wire. */
export function analysisOf(view: AnalysisView): AnalysisRequest {
  const { about } = view
  return {
    id: view.number,
    request_id: view.requestId,
    status: view.status,
    state: view.state,
    requester_name: about?.requester_name ?? '',
    requester_institution: about?.requester_institution ?? '',
    requester_email: about?.requester_email ?? '',
    requester_affiliation: orNull(about?.requester_affiliation),
    analysis_title: view.title,
    analysis_description: about?.description ?? '',
    target_node_id: view.targetNodeId,
    data_catalog_name: view.catalog,
    selected_score: orNull(about?.selected_score),
    selected_timeline: orNull(about?.selected_timeline),
    script_type: view.programWord,
    script_content: view.programText,
    parameters: view.parameters,
    filters: view.filters,
    priority: about?.priority ?? 'normal',
    estimated_duration: orNull(about?.estimated_duration),
    approved_by: view.decidedBy.length > 0 ? view.decidedBy.join(', ') : null,
    approval_notes: orNull(view.notes),
    approved_at: view.decidedAtMs === undefined ? null : isoOf(view.decidedAtMs),
    expires_at: view.expiresAtMs === undefined ? null : isoOf(view.expiresAtMs),
    submitted_at: isoOf(view.submittedAtMs),
    updated_at: isoOf(view.updatedAtMs),
    approvals: view.approvals,
    approvals_needed: view.approvalsNeeded,
    purpose: view.purpose ?? [],
    project: orNull(view.project),
    privacy: view.privacy ?? null,
    contract: view.contract ?? [],
    mappings: view.mappings ?? [],
    standing: view.standing ?? null,
    filters_unapplied: view.unappliedFilters ?? [],
    wall_time_ms_max: view.wallTimeMsMax ?? null,
    requester_key: view.requesterKey,
    custody: view.custody ?? 'requester',
    account: orNull(view.account),
    asked_by: view.askedBy ? { peer_id: view.askedBy.peerId, institution: view.askedBy.institution } : null,
    request_hash: view.requestHash,
    cohort: view.cohort ?? null,
    outputs: view.outputs,
    uploads: (view.uploads ?? []).map(({ name, sha256, size }) => ({ name, sha256, size })),
    epoch: orNull(view.epoch),
    image: orNull(view.image),
    review: view.findings?.map(({ kind, what, line, cell }) => ({ kind, what, line, cell: cell ?? null })) ?? null
  }
}

/** A request in a list that is looked at often: what it says at length, and the terms it would run under, are left empty. */
export function analysisInBrief(view: AnalysisView): AnalysisRequest {
  return {
    ...analysisOf(view),
    ...{ script_content: '', analysis_description: '', parameters: {}, filters: {}, cohort: null },
    ...{ contract: [], mappings: [], outputs: [], uploads: [] }
  }
}

/** A standing approval for the wire. */
export function standingOf({
  id,
  run,
  request,
  terms,
  approvals,
  runsLeft,
  expiresAtMs
}: StandingView): StandingApproval {
  return {
    id,
    data_catalog_name: run.catalog,
    script_type: run.language,
    code_hash: run.codeHash,
    request_id: request?.id ?? null,
    analysis_title: request?.title || null,
    runs_left: runsLeft,
    expires_at: isoOf(expiresAtMs),
    approved_by: approvals.map(({ by }) => by),
    cohort: terms.cohort,
    requester: terms.requester,
    parameters: terms.parameters
  }
}
