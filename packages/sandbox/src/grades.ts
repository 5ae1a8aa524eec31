/** Isolation grades: their order, and descriptions for people of what separates a program from the machine in each. */
import type { SandboxGrade } from './sandbox.ts'

/** All grades, from the weakest to the strongest. */
export const SANDBOX_GRADES = [
  'none',
  'wasm',
  'wasm+bwrap',
  'docker',
  'docker+gvisor'
] as const satisfies readonly SandboxGrade[]

/** The rank of a grade: 0 for `none`; a higher rank is stronger. */
export function gradeRank(grade: SandboxGrade): number {
  return SANDBOX_GRADES.indexOf(grade)
}

/** Whether a grade is at least as strong as `gradeMin`. */
export function meetsGrade(grade: SandboxGrade, options: { readonly gradeMin: SandboxGrade }): boolean {
  return gradeRank(grade) >= gradeRank(options.gradeMin)
}

/** One or two sentences per grade. docs/threat-model.md contains more. */
export const GRADE_HOLDS: Readonly<Record<SandboxGrade, string>> = {
  none: 'Nothing. No real program should run here.',
  wasm: 'WebAssembly, in a runtime that has given up all its permissions. The system limits memory, processor time and files.',
  'wasm+bwrap':
    'WebAssembly, in a runtime that has given up all its permissions, in namespaces of its own with few system calls.',
  docker: 'A container: nobody’s user, no capability, no network, read-only, few system calls, used once.',
  'docker+gvisor': 'A container without network or rights, and a second kernel that answers in place of this machine’s.'
}
