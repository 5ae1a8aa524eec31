/** Published limits of each isolation grade: attacks that may use up or learn something up to a bound without being a breach. */
import type { SandboxGrade } from '../sandbox.ts'
import type { Attack, Bound } from './attack.ts'

type Admitted = Partial<Record<Bound, readonly string[]>>

/** For each bound, beginnings of the ids of admitted attacks. Attacks that use up time, memory or output end at these limits. */
const EVERYWHERE: Admitted = {
  'wall time': ['loop.', 'outlive.limit', 'answer.pipe', 'r.loop'],
  'memory limit': ['memory.', 'loop.workers', 'r.memory', 'answer.sparse'],
  'output limit': ['output.', 'answer.', 'r.print', 'r.result']
}

/** For engines in which files are in the program's own memory, so that only its memory limit bounds them. */
const FILES_ARE_MEMORY: Admitted = {
  'memory limit': ['disk.'],
  'file system of fixed size': ['memory.folder'],
  'wall time': ['disk.inodes']
}

const NATIVE: Admitted = {
  'process limit': ['processes.fork', 'processes.threads'],
  'descriptor limit': ['descriptors.open'],
  'file system of fixed size': ['disk.', 'memory.folder'],
  'memory limit': ['disk.fill']
}

const FACTS = 'facts of the machine, not of people'

/** The admitted attacks of each grade. Any other attack that is merely bounded counts as a breach. */
export const ADMITTED: Readonly<Record<SandboxGrade, readonly Admitted[]>> = {
  wasm: [EVERYWHERE, FILES_ARE_MEMORY, { [FACTS]: ['js.facts'], 'descriptor limit': ['descriptors.open'] }],
  'wasm+bwrap': [EVERYWHERE, FILES_ARE_MEMORY, { 'descriptor limit': ['descriptors.open'] }],
  // In a container, /proc shows the machine's memory, load and processors, and where the engine stores its files.
  docker: [EVERYWHERE, NATIVE, { [FACTS]: ['proc.mounts', 'proc.memory', 'proc.load', 'proc.processors'] }],
  'docker+gvisor': [
    EVERYWHERE,
    NATIVE,
    FILES_ARE_MEMORY,
    {
      'gVisor’s own kernel': ['kernel.', 'network.', 'proc.', 'files.', 'processes.', 'r.listen', 'r.native'],
      [FACTS]: ['proc.processors'],
      // Under gVisor the first process can end itself by a signal, which in other engines only an operator can do.
      'taken for a failure of the node': ['end.kill'],
      'wall time': ['processes.', 'disk.'],
      'memory limit': ['processes.']
    }
  ],
  none: []
}

/** Whether a grade admits that this attack is stopped only by this bound. */
export function isAdmitted(grade: SandboxGrade, attack: Attack, bound: Bound): boolean {
  return ADMITTED[grade].some((admitted) => admitted[bound]?.some((beginning) => attack.id.startsWith(beginning)))
}
