/** Allow, or refuse with a code and a reason; rules are pure, and the first refusal wins. */
import { CODES, type Code, type DataUse, type Visa } from '@stimnet/protocol'
import type { FindingKind, Review, SandboxGrade } from '@stimnet/sandbox'

/** What a rule says. */
export type Decision =
  | { readonly allow: true /** Once people have agreed. */; readonly review?: true }
  | { readonly allow: false; readonly code: Code /** Static: about the request alone. */; readonly reason: string }

/** Nothing against it. */
export const allowed: Decision = { allow: true }

/** Nothing against it, once people have agreed. */
export const forPeople: Decision = { allow: true, review: true }

/** A no; the code’s own meaning where no better reason is given. */
export function refuse(code: Code, reason: string = CODES[code].meaning): Decision {
  return { allow: false, code, reason }
}

/** Jobs that wait or run. */
export interface QueueFacts {
  readonly total: number
  readonly ofRequester: number
  /** Asked through the peer that carries this request. */
  readonly ofPeer: number
}

/** What a ledger scope has used up, and its limits. */
export interface ScopeUse {
  /** Bits that refusals, withheld cells and people left out have told whoever asks, in the last thirty days. */
  readonly refusalBits: number
  readonly refusalBitsMax: number
  /** Whether a refusal of this question would depend on data and history; not where it was answered before. */
  readonly refusalWouldTell: boolean
  /** Told by scripts so far. */
  readonly scriptBits: number
  readonly scriptBitsMax: number
  /** What a script tells at least, by how it ends. */
  readonly scriptBitsLeast: number
}

/** What the rules judge by; gathered before, so that no rule reads a store. */
export interface Facts {
  readonly issuer: string
  readonly askedBy: string
  /** Whether the peer that brought it may connect now: what waited may have outlived its membership. */
  readonly carrierMayConnect: boolean
  /** Institutions whose valid word for the issuer came with the request, and whether each belongs to the federation. */
  readonly vouchedBy: readonly { readonly institution: string; readonly isMember: boolean }[]
  /** Visas for the issuer's key that hold. */
  readonly visas: readonly Visa[]
  readonly self: string
  readonly custody: string
  readonly open: boolean
  /** Of the catalog where it has a list of its own, else of the peer. */
  readonly requesters: readonly string[]
  readonly programWord: string
  readonly catalog: {
    readonly name: string
    readonly accessLevel: string
    readonly synthetic: boolean
    /** Datasets; a visa for one of them is needed where there are any. */
    readonly controlledAccess: readonly string[]
    readonly scripts: 'auto' | 'review' | 'deny'
    /** What it may be used for; unrestricted where absent. */
    readonly dataUse?: DataUse
    /** Weakest isolation in which a script may see its data; any where absent. */
    readonly sandboxGradeMin?: SandboxGrade
    /** Scripts that run unasked, by the hash of their text. */
    readonly codeHashes: readonly string[]
    /** What may run scripts; anything where absent. */
    readonly images?: readonly string[]
    /** What a script of this catalog may not show. */
    readonly refuses: readonly FindingKind[]
    /** Where ledgers are by project: those there are. */
    readonly projects?: readonly { readonly name: string; readonly requesters: readonly string[] }[]
  }
  /** Of the sandbox that runs scripts here. */
  readonly sandboxGrade: SandboxGrade
  /** Of a script: the hash of its text, what would run it here, and whether it reads files of its requester. */
  readonly codeHash?: string
  readonly bringsFiles?: boolean
  readonly image?: string
  /** Of a script: what its reader finds in it. */
  readonly review?: Review
  /** GA4GH DUO terms and diseases, as the request states them. */
  readonly purpose: readonly string[]
  /** The requester wants people to decide, whatever the catalog says. */
  readonly asksForPeople: boolean
  /** Stewards have agreed to exactly this. */
  readonly approved: boolean
  /** As the request names it. */
  readonly project?: string
  /** What its ledger scope has used, once it is known what is asked. */
  readonly use?: ScopeUse
  readonly queue: QueueFacts
  readonly queueMax: QueueFacts
  /** Requests that wait for people. */
  readonly pending: QueueFacts
  readonly pendingMax: QueueFacts
}

/** Pure: facts in, decision out. */
export type Rule = (facts: Facts) => Decision

/** The first refusal; else leave to go on, once people have agreed where any rule asks for them. */
export function decide(rules: readonly Rule[], facts: Facts): Decision {
  let isForPeople = false
  for (const rule of rules) {
    const decision = rule(facts)
    if (!decision.allow) return decision
    isForPeople ||= decision.review === true
  }
  return isForPeople ? forPeople : allowed
}
