/** Descriptions of what separates a program from the machine in each isolation grade, for people. */
import type { SandboxGrade } from './sandbox.ts'

/** One or two sentences per grade. docs/threat-model.md contains more. */
export const GRADE_HOLDS: Readonly<Record<SandboxGrade, string>> = {
  none: 'Nothing. No real program should run here.',
  wasm: 'WebAssembly, in a runtime that has given up all its permissions. The system limits memory, processor time and files.',
  'wasm+bwrap':
    'WebAssembly, in a runtime that has given up all its permissions, in namespaces of its own with few system calls.',
  docker: 'A container: nobody’s user, no capability, no network, read-only, few system calls, used once.',
  'docker+gvisor': 'A container without network or rights, and a second kernel that answers in place of this machine’s.'
}
