/** Submission of an account's request: checked, stored and answered. Delivery follows after the answer. */
import { createHash } from 'node:crypto'
import type { Account, SignedSubmission, Submission } from '@stimnet/gateway'
import {
  type Clock,
  LIMITS,
  messages,
  open,
  type Program,
  programFromMessage,
  programWord,
  questionToMessage,
  type RandomSource,
  sha256Hex,
  StimnetError,
  toHex,
  uploadsFromMessage
} from '@stimnet/protocol'
import { assertCarriedBy } from '../jobs/admit/check.ts'
import { assertUploadsFit } from '../jobs/admit/validate.ts'
import { isStaff } from '../people/named.ts'
import { toText } from '../store/base64.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { UploadRecord, UploadStore } from '../store/uploads.ts'
import type { Delivery } from './deliver.ts'
import type { Directory } from './directory.ts'
import type { Turns } from './turns.ts'

/** Dependencies of `Submitter`. */
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

/** The account that submits a request. */
export interface Owner {
  readonly name: string
  /** Whether the account may use this peer's own private catalogs. */
  readonly mayUsePrivate: boolean
}

/** An account as the owner of its submissions. */
export function ownerOf(account: Account): Owner {
  return { name: account.name, mayUsePrivate: isStaff(account) }
}

/** Maximum size of an unsealed body, bytes: sealed and in base64 it must still fit into an envelope. */
const UNSEALED_BYTES_MAX = (LIMITS.envelopeBytesMax * 3) / 4 - 4096
/** Maximum number of open requests per account. */
const OPEN_REQUESTS_MAX = 100

/** Accepts the requests of accounts; one instance per peer. */
export class Submitter {
  readonly #parts: SubmitParts

  constructor(parts: SubmitParts) {
    this.#parts = parts
  }

  /** Stores a request and returns it; peers are asked afterwards. Throws a StimnetError for a fault of the request itself. */
  submit(submission: Submission, owner: Owner): Promise<RequestRecord> {
    const id = toHex(this.#parts.random.bytes(16))
    const broadcast = submission.targets === '*' || submission.targets.length > 1
    // An unknown peer name is the requester's mistake and is reported at once, not after a search.
    const targets = submission.targets === '*' ? '*' : this.#resolve(submission.targets)
    this.#assertVisible(submission.catalog, targets, owner)
    const uploads = (submission.uploads ?? []).map((named) => this.#upload(named, owner))
    assertUploadsFit(uploads, submission.program)
    const asked = questionToMessage({ ...submission, uploads })
    const request = { ...asked, custody: 'gateway', account: owner.name, carrier: this.#parts.self }
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

  /** Accepts a request that its author signed. It is sent unchanged to peers in its audience. */
  async submitSigned(submission: SignedSubmission, owner: Owner): Promise<RequestRecord> {
    // An earlier submission is looked up before the expiry is checked: a client that lost the answer sends the same bytes
    // again, however late.
    const earlier = await this.#parts.requests.signedAs(await sha256Hex(submission.envelope))
    return earlier ? this.#repeated(earlier, submission, owner) : this.#takeSigned(submission, owner)
  }

  async #takeSigned(submission: SignedSubmission, owner: Owner): Promise<RequestRecord> {
    const opened = await open(submission.envelope, { type: 'job-request', clock: this.#parts.clock })
    const request = messages.JobRequest.decode(opened.body)
    // Only this gateway may declare its custody: an owner that trusts its accounts must not be shown a forged account.
    if (request.custody === 'gateway' || request.account !== '') {
      const reason = 'A request that you sign yourself says custody: requester, and names no account.'
      throw StimnetError.told('PARAMETER_INVALID', reason)
    }
    assertCarriedBy(this.#parts.self, { opened, request })
    const targets = this.#resolve(submission.targets === '*' ? opened.audience : submission.targets)
    const stranger = targets.find((peerId) => !opened.audience.includes(peerId))
    if (targets.length === 0 || stranger !== undefined) {
      throw StimnetError.told('AUDIENCE_MISMATCH', 'The signed request must name every target in its audience.')
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
      // A review by one institution's stewards is listed among the analysis requests, as for a request that the gateway
      // signs.
      ...(request.review && targets.length === 1 ? { analysis: true } : {})
    }
    const contentHash = hashOf([submission.envelope, JSON.stringify(targets)])
    const record = await this.#parts.requests.onceSigned(opened.hash, () =>
      this.#store(fields, { key: submission.idempotencyKey, contentHash, signer: opened.issuer })
    )
    return this.#repeated(record, { targets }, owner)
  }

  /** The same bytes from the same account for the same peers are the same request. Anything else is a replay. */
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
    throw StimnetError.told('NOT_FOUND', 'There is no uploaded file of yours with that id.')
  }

  /** The account's upload with the bytes that a signed request names. Throws NOT_FOUND. */
  #signedUpload(file: { sha256: string; size: number }, owner: Owner): UploadRecord {
    const found = this.#parts.uploads.findBytes(owner.name, file)
    if (found) return found
    throw StimnetError.told('NOT_FOUND', 'Upload the files that a signed request names before you submit it.')
  }

  /** Throws CATALOG_UNKNOWN for a private catalog of this peer, unless the account is a steward's or operator's. */
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
        throw StimnetError.told('QUEUE_FULL', reason)
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

/** The name, variables and groups of a named statistic: a label for requests without a title. */
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
