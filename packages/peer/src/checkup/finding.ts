/** Findings of a check-up: what was checked, whether it is in order, and how to repair it if not. */

/** One finding. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  /** Whether the finding is only information that needs no repair. */
  readonly note?: boolean
  readonly detail: string
}

/** The findings of one part of a check-up, under one name. */
export function namer(name: string): {
  readonly ok: (detail: string) => Finding
  readonly note: (detail: string) => Finding
  readonly fix: (detail: string) => Finding
} {
  return {
    ok: (detail) => ({ name, ok: true, detail }),
    note: (detail) => ({ name, ok: true, note: true, detail }),
    fix: (detail) => ({ name, ok: false, detail })
  }
}

/** The message of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
