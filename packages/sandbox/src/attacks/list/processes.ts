/** Attacks on other processes and their data: environment, signals, debugging. */
import type { Probe } from '../attack.ts'

const PIECES: readonly (readonly [id: string, title: string, tries: string, code: string])[] = [
  [
    'environment.own',
    'its own environment',
    'Find settings or secrets of the node in the environment.',
    'import os\nassert [n for n, v in os.environ.items() if n.startswith(("STIMNET", "NODE", "NPM", "USER", "LOGNAME", "SSH", "AWS", "DOCKER"))]'
  ],
  [
    'environment.proc',
    'the environment it was started with',
    'Read the environment of its own process as the kernel keeps it.',
    'text = open("/proc/self/environ", "rb").read()\nassert b"STIMNET" in text or b"USER=" in text'
  ],
  [
    'environment.others',
    'the environment of others',
    'Read the environment of every process that can be seen.',
    `
import os
assert [n for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid() and b"STIMNET" in open(f"/proc/{n}/environ", "rb").read()]`
  ],
  [
    'processes.memory',
    'the memory of others',
    'Read the memory of another process.',
    `
import os
others = [n for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid()]
assert [n for n in others if open(f"/proc/{n}/maps").read() and open(f"/proc/{n}/mem", "rb").fileno()]`
  ],
  [
    'processes.signal',
    'signal others',
    'Signal a process that is not its own.',
    `
import os, sys
assert sys.platform == "linux", "no processes here"
for pid in range(2, 40000):
    if pid == os.getpid() or pid == os.getpgid(0) or os.path.exists(f"/proc/self/task/{pid}"): continue
    try:
        os.kill(pid, 0)
        break
    except OSError:
        pass
else:
    raise OSError("none")`
  ],
  [
    'processes.priority',
    'take precedence',
    'Raise its own priority over everybody else’s.',
    'import os, sys\nassert sys.platform == "linux"\nos.nice(-5)'
  ],
  [
    'processes.limits',
    'raise its limits',
    'Raise a limit that it was given.',
    `
import resource, sys
assert sys.platform == "linux"
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))`
  ],
  [
    'processes.core',
    'write its memory to disk',
    'Have its memory, and so the data, written to disk when it crashes.',
    `
import resource, sys
assert sys.platform == "linux"
assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0`
  ],
  [
    'processes.lock-memory',
    'lock memory',
    'Keep memory from everybody else by locking it.',
    `
import ctypes, mmap, sys
assert sys.platform == "linux"
m = mmap.mmap(-1, 16 << 20)
assert ctypes.CDLL(None).mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(m))), 16 << 20) == 0`
  ],
  [
    'processes.terminal',
    'type into a terminal',
    'Put commands into a terminal of this machine.',
    'import fcntl, termios\nfor c in "x\\n": fcntl.ioctl(open("/dev/tty"), termios.TIOCSTI, c.encode())'
  ]
]

const THROUGH: Readonly<Record<string, Probe['through']>> = {
  'processes.priority': { 'docker+gvisor': 'gVisor’s own kernel' },
  'processes.limits': { 'docker+gvisor': 'gVisor’s own kernel' },
  'processes.lock-memory': { 'docker+gvisor': 'memory limit' }
}

/** Attacks on other processes and on the environment. */
export const PROCESS_ATTACKS: readonly Probe[] = PIECES.map(([id, title, tries, code]) => {
  const through = THROUGH[id]
  return {
    kind: 'probe',
    language: 'python',
    id,
    title,
    tries,
    code: () => code,
    ...(through ? { through } : {})
  }
})
