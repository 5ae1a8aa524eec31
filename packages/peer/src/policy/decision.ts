/** Decisions of the policy: allow, or refuse with a code and a reason. Rules are pure, and the first refusal wins. */
import type { PermitState, PermitTerms } from '@stimnet/api'
import { CODES, type Code, type DataUse, type Visa } from '@stimnet/protocol'
import type { FindingKind, Review, SandboxGrade } from '@stimnet/sandbox'

/** The decision of a rule. */
export type Decision =
  | { readonly allow: true /** Only after stewards have approved. */; readonly review?: true }
  | { readonly allow: false; readonly code: Code /** Contains no patient data. */; readonly reason: string }

/** No objection. */
export const allowed: Decision = { allow: true }

/** No objection, after stewards have approved. */
export const forPeople: Decision = { allow: true, review: true }

/** A refusal, by default with the code's own meaning as the reason. */
export function refuse(code: Code, reason: string = CODES[code].meaning): Decision {
  return { allow: false, code, reason }
}

/** Numbers of jobs that wait or run. */
export interface QueueFacts {
  readonly total: number
  readonly ofRequester: number
  /** Number of jobs that came through the peer that carries this request. */
  readonly ofPeer: number
}

/** The use of a ledger scope, and its limits. */
export interface ScopeUse {
  /**
   * Bits disclosed to the requester or its institution by refusals and withheld, left-out, rounded or joined parts, in the
   * last thirty days.
   */
  readonly refusalBits: number
  readonly refusalBitsMax: number
  /** Whether a refusal of this question would depend on data and earlier answers. False if the question was answered before. */
  readonly refusalWouldTell: boolean
  /** Bits disclosed by scripts so far. */
  readonly scriptBits: number
  readonly scriptBitsMax: number
  /** Minimum number of bits that a script discloses by how it ends. */
  readonly scriptBitsLeast: number
}

/** The bits per value that a requester would take of a variable in excess of its share. */
export interface OverShare {
  readonly variable: string
  readonly taken: number
  readonly asked: number
  readonly may: number
}

/** The facts by which rules decide. They are gathered beforehand, so that no rule reads a store. */
export interface Facts {
  readonly issuer: string
  readonly askedBy: string
  /** Whether the carrying peer may connect now. A waiting request may outlive the membership of its carrier. */
  readonly carrierMayConnect: boolean
  /**
   * Institutions whose valid affiliation for the issuer came with the request, and whether each is a member of the
   * federation.
   */
  readonly vouchedBy: readonly { readonly institution: string; readonly isMember: boolean }[]
  /** Valid visas for the issuer's key. */
  readonly visas: readonly Visa[]
  readonly self: string
  readonly custody: string
  readonly open: boolean
  /** The catalog's own list of requesters if it has one, otherwise the peer's list. */
  readonly requesters: readonly string[]
  readonly programWord: string
  readonly catalog: {
    readonly name: string
    readonly accessLevel: string
    readonly synthetic: boolean
    /** Dataset URLs. If there are any, a visa for one of them is needed. */
    readonly controlledAccess: readonly string[]
    readonly scripts: 'auto' | 'review' | 'deny'
    /** Permitted uses of the data; unrestricted if absent. */
    readonly dataUse?: DataUse
    /** Minimum isolation grade for a script to read the data; any grade if absent. */
    readonly sandboxGradeMin?: SandboxGrade
    /** Hashes of scripts that run without a review. */
    readonly codeHashes: readonly string[]
    /** Images that may run scripts; any image if absent. */
    readonly images?: readonly string[]
    /** Kinds of findings for which a script is refused. */
    readonly refuses: readonly FindingKind[]
    /** Only requests under a data permit are admitted. */
    readonly permitRequired: boolean
    /** The listed projects, where ledgers are kept per project. */
    readonly projects?: readonly { readonly name: string; readonly requesters: readonly string[] }[]
  }
  /** The isolation grade of the sandbox that runs scripts here. */
  readonly sandboxGrade: SandboxGrade
  /** The hash of the program's text. For a script also: whether it reads files of its requester, and the image that would run it here. */
  readonly codeHash?: string
  readonly bringsFiles?: boolean
  readonly image?: string
  /** The name of the statistic, if the program is a statistic. */
  readonly statistic?: string
  /** The data permit that the request names, and what is known about it; absent if the request names none. */
  readonly permit?: { readonly held: { readonly terms: PermitTerms; readonly state: PermitState } | undefined }
  /** For a script: the findings that its stewards are shown. */
  readonly review?: Review
  /** GA4GH DUO terms and diseases that the request states. */
  readonly purpose: readonly string[]
  /** Whether the requester wants stewards to decide, whatever the catalog configures. */
  readonly asksForPeople: boolean
  /** Whether stewards have approved exactly this request. */
  readonly approved: boolean
  /** The project named by the request. */
  readonly project?: string
  /** The use of the request's ledger scope; present when the plan is known. */
  readonly use?: ScopeUse
  /** The bits of a variable that the question would take in excess of the requester's share. */
  readonly overShare?: OverShare | undefined
  /** Whether a witness has attested more of this peer's log than exists: the ledgers then lack the releases since. */
  readonly isLogBehind?: boolean
  readonly queue: QueueFacts
  readonly queueMax: QueueFacts
  /** Requests that wait for stewards. */
  readonly pending: QueueFacts
  readonly pendingMax: QueueFacts
}

/** A pure function from facts to a decision. */
export type Rule = (facts: Facts) => Decision

/** The first refusal. Without a refusal, the request is allowed; if any rule requires it, only after an approval by stewards. */
export function decide(rules: readonly Rule[], facts: Facts): Decision {
  let isForPeople = false
  for (const rule of rules) {
    const decision = rule(facts)
    if (!decision.allow) return decision
    isForPeople ||= decision.review === true
  }
  return isForPeople ? forPeople : allowed
}
