/** The published grades: of what an attack may still use up or learn, which bound holds it, engine by engine. */
import type { SandboxGrade } from '../sandbox.ts'
import type { Attack, Bound } from './attack.ts'

type Admitted = Partial<Record<Bound, readonly string[]>>

/** Beginnings of the ids of attacks. What uses up time, memory or output up to a limit is what a limit is for. */
const EVERYWHERE: Admitted = {
  'wall time': ['loop.', 'outlive.limit', 'answer.pipe', 'r.loop'],
  'memory limit': ['memory.', 'loop.workers', 'r.memory', 'answer.sparse'],
  'output limit': ['output.', 'answer.', 'r.print', 'r.result']
}

/** Files in memory have no bound of their own where they are the program's own memory. */
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

/** Anything else that is bounded is not admitted, and counts like a hole. */
export const ADMITTED: Readonly<Record<SandboxGrade, readonly Admitted[]>> = {
  wasm: [EVERYWHERE, FILES_ARE_MEMORY, { [FACTS]: ['js.facts'], 'descriptor limit': ['descriptors.open'] }],
  'wasm+bwrap': [EVERYWHERE, FILES_ARE_MEMORY, { 'descriptor limit': ['descriptors.open'] }],
  // /proc of a container shows the machine's memory, load and processors, and where the engine keeps its files.
  docker: [EVERYWHERE, NATIVE, { [FACTS]: ['proc.mounts', 'proc.memory', 'proc.load', 'proc.processors'] }],
  'docker+gvisor': [
    EVERYWHERE,
    NATIVE,
    FILES_ARE_MEMORY,
    {
      'gVisor’s own kernel': ['kernel.', 'network.', 'proc.', 'files.', 'processes.', 'r.listen', 'r.native'],
      [FACTS]: ['proc.processors'],
      // Its first process can end itself by a signal, which elsewhere is what an operator does.
      'taken for a failure of the node': ['end.kill'],
      'wall time': ['processes.', 'disk.'],
      'memory limit': ['processes.']
    }
  ],
  none: []
}

/** Whether a grade admits that an attack gets as far as this bound. */
export function isAdmitted(grade: SandboxGrade, attack: Attack, bound: Bound): boolean {
  return ADMITTED[grade].some((admitted) => admitted[bound]?.some((beginning) => attack.id.startsWith(beginning)))
}
