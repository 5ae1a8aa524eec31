/** What an account asks for, checked and stored; it is delivered after it was answered. */
import { createHash } from 'node:crypto'
import type { SignedSubmission, Submission } from '@stimnet/gateway'
import {
  aboutToMessage,
  type Clock,
  checkFilter,
  contractToMessage,
  filterToMessage,
  LIMITS,
  messages,
  open,
  type Program,
  privacyAskToMessage,
  programFromMessage,
  programToMessage,
  programWord,
  type RandomSource,
  StimnetError,
  schemaTermsToMessage,
  sha256Hex,
  toHex,
  uploadsFromMessage,
  uploadsToMessage
} from '@stimnet/protocol'
import { assertCarriedBy } from '../jobs/admit/check.ts'
import { assertUploadsFit } from '../jobs/admit/validate.ts'
import { toText } from '../store/base64.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { UploadRecord, UploadStore } from '../store/uploads.ts'
import type { Delivery } from './deliver.ts'
import type { Directory } from './directory.ts'
import type { Turns } from './turns.ts'

/** What submitting needs. */
export interface SubmitParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly self: string
  readonly requests: RequestStore
  readonly directory: Directory
  readonly delivery: Delivery
  readonly turns: Pick<Turns, 'first'>
  readonly uploads: Pick<UploadStore, 'find' | 'findBytes'>
  /** Whether this peer has a private catalog of that name. */
  readonly isPrivate: (catalog: string) => boolean
}

/** An account that asks. */
export interface Owner {
  readonly name: string
  /** Whether this peer's own private catalogs are there for it. */
  readonly mayUsePrivate: boolean
}

/** Sealed and in base64 it must still fit an envelope. */
const UNSEALED_BYTES_MAX = (LIMITS.envelopeBytesMax * 3) / 4 - 4096
/** Requests of one account that have not ended. */
const OPEN_REQUESTS_MAX = 100

/** Takes requests in; one a peer. */
export class Submitter {
  readonly #parts: SubmitParts

  constructor(parts: SubmitParts) {
    this.#parts = parts
  }

  /** Stores what was asked for and answers; peers are asked after. Throws what is wrong with the ask itself. */
  submit(submission: Submission, owner: Owner): Promise<RequestRecord> {
    const id = toHex(this.#parts.random.bytes(16))
    const broadcast = submission.targets === '*' || submission.targets.length > 1
    if (submission.where) checkFilter(submission.where)
    // A name nobody has is the asker's mistake: said at once, not after a minute of looking.
    const targets = submission.targets === '*' ? '*' : this.#resolve(submission.targets)
    this.#assertVisible(submission.catalog, targets, owner)
    const uploads = (submission.uploads ?? []).map((named) => this.#upload(named, owner))
    assertUploadsFit(uploads, submission.program)
    const request = {
      catalog: submission.catalog,
      purpose: [...submission.purpose],
      project: submission.project,
      ...(submission.where ? { cohort: filterToMessage(submission.where) } : {}),
      program: programToMessage(submission.program),
      parametersJson: JSON.stringify(submission.parameters),
      filtersJson: JSON.stringify(submission.filters),
      custody: 'gateway',
      account: owner.name,
      carrier: this.#parts.self,
      title: submission.title,
      privacy: privacyAskToMessage(submission.privacy),
      outputs: contractToMessage(submission.outputs),
      ...schemaTermsToMessage(submission),
      uploads: uploadsToMessage(uploads.map(({ name, sha256, size }) => ({ name, sha256, size }))),
      review: submission.review ?? false,
      ...(submission.about ? { about: aboutToMessage(submission.about) } : {})
    }
    const unsealed = messages.JobRequest.encode({ ...request, broadcast: broadcast ? id : '' })
    if (unsealed.length > UNSEALED_BYTES_MAX) throw new StimnetError('TOO_LARGE', 'a request')
    const contentHash = hashOf([messages.JobRequest.encode(request), JSON.stringify(targets)])
    return this.#store(
      {
        id,
        owner: owner.name,
        mayUsePrivate: owner.mayUsePrivate,
        broadcast,
        targets,
        unsealed: toText(unsealed),
        catalog: submission.catalog,
        programWord: programWord(submission.program),
        ...statisticIn(submission.program),
        title: submission.title,
        ...sharedOf(uploads),
        ...(submission.review ? { analysis: true } : {})
      },
      { key: submission.idempotencyKey, contentHash }
    )
  }

  /** A request that its author signed: it goes out as it is, to peers its audience names. */
  async submitSigned(submission: SignedSubmission, owner: Owner): Promise<RequestRecord> {
    // Before its time is looked at: who lost our answer asks again with the same bytes, however late.
    const earlier = await this.#parts.requests.signedAs(await sha256Hex(submission.envelope))
    return earlier ? this.#repeated(earlier, submission, owner) : this.#takeSigned(submission, owner)
  }

  async #takeSigned(submission: SignedSubmission, owner: Owner): Promise<RequestRecord> {
    const opened = await open(submission.envelope, { type: 'job-request', clock: this.#parts.clock })
    const request = messages.JobRequest.decode(opened.body)
    // Custody is ours to declare: an owner who trusts this gateway's accounts must not be told of one that is not.
    if (request.custody === 'gateway' || request.account !== '') {
      const reason = 'A request that you sign yourself says custody: requester, and names no account.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
    assertCarriedBy(this.#parts.self, { opened, request })
    const targets = this.#resolve(submission.targets === '*' ? opened.audience : submission.targets)
    const stranger = targets.find((peerId) => !opened.audience.includes(peerId))
    if (targets.length === 0 || stranger !== undefined) {
      const reason = 'The signed request must name every target in its audience.'
      throw new StimnetError('AUDIENCE_MISMATCH', reason, { reason })
    }
    this.#assertVisible(request.catalog, targets, owner)
    const uploads = uploadsFromMessage(request.uploads).map((file) => this.#signedUpload(file, owner))
    const program = programFromMessage(request.program)
    assertUploadsFit(uploads, program)
    const fields = {
      id: toHex(this.#parts.random.bytes(16)),
      owner: owner.name,
      mayUsePrivate: owner.mayUsePrivate,
      broadcast: targets.length > 1,
      targets,
      envelope: toText(submission.envelope),
      requestHash: opened.hash,
      expiresAtMs: opened.expiresAtMs,
      catalog: request.catalog,
      programWord: programWord(program),
      ...statisticIn(program),
      title: request.title,
      ...sharedOf(uploads),
      // Asked of the people of one institution: it stands among the analysis requests, as one signed for an account does.
      ...(request.review && targets.length === 1 ? { analysis: true } : {})
    }
    const contentHash = hashOf([submission.envelope, JSON.stringify(targets)])
    const record = await this.#parts.requests.onceSigned(opened.hash, () =>
      this.#store(fields, { key: submission.idempotencyKey, contentHash, signer: opened.issuer })
    )
    return this.#repeated(record, { targets }, owner)
  }

  /** The same bytes from the same account for the same peers are the same request; all else is a replay. */
  #repeated(record: RequestRecord, { targets }: Pick<SignedSubmission, 'targets'>, owner: Owner): RequestRecord {
    const wanted = targets === '*' ? record.targets : this.#resolve(targets)
    const isSame = record.owner === owner.name && JSON.stringify(record.targets) === JSON.stringify(wanted)
    if (!isSame) throw new StimnetError('REQUEST_REPLAYED', 'a signed request that was submitted before')
    return record
  }

  #resolve(names: readonly string[]): string[] {
    return [...new Set(names.map((name) => this.#parts.directory.resolve(name)))]
  }

  #upload(named: string, owner: Owner): UploadRecord {
    const found = this.#parts.uploads.find(owner.name, named)
    if (found) return found
    const reason = 'There is no uploaded file of yours with that id.'
    throw new StimnetError('NOT_FOUND', reason, { reason })
  }

  /** What a researcher signed is served from what the same account uploaded. */
  #signedUpload(file: { sha256: string; size: number }, owner: Owner): UploadRecord {
    const found = this.#parts.uploads.findBytes(owner.name, file)
    if (found) return found
    const reason = 'Upload the files that a signed request names before you submit it.'
    throw new StimnetError('NOT_FOUND', reason, { reason })
  }

  /** This peer's own private catalogs are for its stewards and operators; for other accounts they do not exist. */
  #assertVisible(catalog: string, targets: readonly string[] | '*', owner: Owner): void {
    if (targets === '*' || owner.mayUsePrivate || !targets.includes(this.#parts.self)) return
    if (this.#parts.isPrivate(catalog)) throw new StimnetError('CATALOG_UNKNOWN', `${owner.name} asks for ${catalog}`)
  }

  #store(
    fields: Omit<RequestRecord, 'number' | 'parts' | 'submittedAtMs'>,
    marks: Parameters<RequestStore['add']>[1]
  ): Promise<RequestRecord> {
    const { requests, clock } = this.#parts
    return requests.once({ owner: fields.owner, ...marks }, async () => {
      if (requests.openOf(fields.owner) >= OPEN_REQUESTS_MAX) {
        const reason = `At most ${OPEN_REQUESTS_MAX} requests of one account are under way. Wait for some to end.`
        throw new StimnetError('QUEUE_FULL', reason, { reason })
      }
      const { turns, delivery } = this.#parts
      const submittedAtMs = clock.now()
      const stored = await turns.first(() => requests.add({ ...fields, submittedAtMs, parts: [] }, marks))
      delivery.begin(stored)
      return stored
    })
  }
}

function sharedOf(uploads: readonly UploadRecord[]): Pick<RequestRecord, 'uploads'> {
  return uploads.length === 0 ? {} : { uploads: uploads.map(({ id, sha256 }) => ({ id, sha256 })) }
}

/** By what it is of people know it again, where nobody gave it a title. */
function statisticIn(program: Program): Pick<RequestRecord, 'statistic'> {
  if (program.kind !== 'statistic') return {}
  const { name, variables, by } = program.statistic
  return { statistic: { name, variables, by } }
}

function hashOf(pieces: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece).update('\n')
  return hash.digest('hex')
}
