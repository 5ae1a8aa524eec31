/** Converts the form to the content that the researcher's own key signs: the same question as the gateway would sign. */
import { type About as AboutPerson, aboutSchema, type QuestionInput } from '@stimnet/protocol'
import type { SignRequestOptions } from '@stimnet/sdk'
import { agreedContract } from '../compare/agreed.ts'
import type { About } from '../draft/about.ts'
import type { Draft } from '../draft/draft.ts'
import { mappingsFor } from '../draft/mappings.ts'
import { programOf, submissionOf } from '../draft/submission.ts'

/** The question without signer, time and carrier. */
export type Signable = QuestionInput & Pick<SignRequestOptions, 'targets'>

/** `reviewed`: stewards of the one institution asked decide first. Throws SCHEMA_MISMATCH if a statistic's variables differ. */
export function signableOf(draft: Draft, about: About, { reviewed }: { reviewed: boolean }): Signable {
  const { where, set, purpose, project, permit, title, privacy, outputs } = submissionOf(draft, about)
  const mappings = mappingsFor(draft, about)
  const program = programOf(draft, about)
  return {
    catalog: draft.catalog,
    program,
    // The institutions that the page showed as chosen: a signed request names its targets.
    targets: about.asked.map(({ peer_id }) => peer_id),
    contract: agreedContract(about.asked, { program, where, mappings }),
    ...(mappings.length === 0 ? {} : { mappings }),
    ...(where === undefined ? {} : { where }),
    ...(set === undefined ? {} : { set }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(project === undefined ? {} : { project }),
    ...(permit === undefined ? {} : { permit }),
    ...(title === undefined ? {} : { title }),
    ...(privacy === undefined ? {} : { privacy }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(draft.kind === 'script' && draft.files.length > 0
      ? { uploads: draft.files.map(({ name, sha256, size }) => ({ name, sha256, size })) }
      : {}),
    ...(reviewed ? { review: true, about: personOf(draft) } : {})
  }
}

function personOf({ person }: Draft): AboutPerson {
  return aboutSchema.parse({
    requester_name: person.name.trim(),
    requester_institution: person.institution.trim(),
    requester_email: person.email.trim(),
    description: person.why.trim()
  })
}
