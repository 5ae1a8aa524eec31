/** Published limits of each isolation grade: attacks that may consume resources or learn facts up to a bound without being a breach. */
import type { SandboxGrade } from '../sandbox.ts'
import type { Attack, Bound } from './attack.ts'

type Admitted = Partial<Record<Bound, readonly string[]>>

/** Prefixes of the ids of admitted attacks, for each bound. Attacks on time, memory or output end at these limits. */
const EVERYWHERE: Admitted = {
  'wall time': ['loop.', 'outlive.limit', 'answer.pipe', 'r.loop'],
  'memory limit': ['memory.', 'loop.workers', 'r.memory', 'answer.sparse'],
  'output limit': ['output.', 'answer.', 'r.print', 'r.result']
}

/** For engines that keep files in the program's own memory, so that only the memory limit bounds them. */
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

/** The admitted attacks of each grade. Any other attack that only a bound stops counts as a breach. */
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
      // Under gVisor the first process can end itself with a signal; in other engines only an operator can end it that way.
      'taken for a failure of the node': ['end.kill'],
      'wall time': ['processes.', 'disk.'],
      'memory limit': ['processes.']
    }
  ],
  none: []
}

/** Whether a grade admits that only this bound stops the attack. */
export function isAdmitted(grade: SandboxGrade, attack: Attack, bound: Bound): boolean {
  return ADMITTED[grade].some((admitted) => admitted[bound]?.some((beginning) => attack.id.startsWith(beginning)))
}
