/** A requester's description of an analysis, for the people who decide about it. Nothing is computed from these texts. */
import { z } from 'zod'
import { StimnetError } from '../errors.ts'
import type { Encodable, wire } from '../wire/wire.ts'
import { plainLine, plainText } from '../misleading.ts'

const line = plainLine(200)

/** Priorities that a requester can state. */
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const

/** The description as the REST API takes it. */
export const aboutSchema = z.strictObject({
  requester_name: line.min(1),
  requester_institution: line.min(1),
  requester_email: z.email().max(200),
  requester_affiliation: line.default(''),
  description: plainText(8_000).default(''),
  priority: z.enum(PRIORITIES).default('normal'),
  estimated_duration: line.default(''),
  selected_score: line.default(''),
  selected_timeline: line.default('')
})
/** The description, parsed. Stewards read it. */
export type About = z.output<typeof aboutSchema>

/** Encodes a description for the wire. */
export function aboutToMessage(about: About): Encodable<wire.AnalysisAbout> {
  return {
    requesterName: about.requester_name,
    requesterInstitution: about.requester_institution,
    requesterEmail: about.requester_email,
    requesterAffiliation: about.requester_affiliation,
    description: about.description,
    priority: about.priority,
    estimatedDuration: about.estimated_duration,
    selectedScore: about.selected_score,
    selectedTimeline: about.selected_timeline
  }
}

/** Decodes a description from the wire; undefined if the request has none. Throws PARAMETER_INVALID. */
export function aboutFromMessage(message: wire.AnalysisAbout | null): About | undefined {
  if (message === null) return undefined
  const parsed = aboutSchema.safeParse({
    requester_name: message.requesterName,
    requester_institution: message.requesterInstitution,
    requester_email: message.requesterEmail,
    requester_affiliation: message.requesterAffiliation,
    description: message.description,
    priority: message.priority || 'normal',
    estimated_duration: message.estimatedDuration,
    selected_score: message.selectedScore,
    selected_timeline: message.selectedTimeline
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const reason = `The statements of the request about its requester are not well formed: ${issue?.path.join('.')}: ${issue?.message}`
  throw StimnetError.told('PARAMETER_INVALID', reason, parsed.error)
}
