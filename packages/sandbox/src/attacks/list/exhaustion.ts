/** Attacks that exhaust shared resources: processor, memory, disk, processes, or the host that reads the output. */
import type { Assault, Bound, End, Marks } from '../attack.ts'

const REFUSED = 'result = {"got": []}\n'

/** An assault whose program never ends by itself. */
function endless(id: string, title: string, tries: string, code: string, more: Partial<Assault> = {}): Assault {
  return {
    kind: 'assault',
    language: 'python',
    id,
    title,
    tries,
    wallTimeMsMax: 1_500,
    program: () => code,
    ends: { TIME_LIMIT: 'wall time' },
    ...more
  }
}

/** An assault that allocates memory. It stops, and reports success, at one and a half times the limit plus 200 MB. */
function memory(id: string, title: string, setUp: string, step: string, more: Partial<Assault> = {}): Assault {
  return {
    kind: 'assault',
    language: 'python',
    id,
    title,
    tries: 'Take memory until the machine has none left for others.',
    program: ({ memoryBytesMax }: Marks) => `${setUp}
def step():
${step.replace(/^/gm, '    ')}
taken = 0
while taken < ${Math.round(memoryBytesMax * 1.5) + 200_000_000}:
    taken += step()
result = {"got": [f"{taken} bytes"]}`,
    ends: { MEMORY_LIMIT: 'memory limit' },
    ...more
  }
}

/** An assault whose program counts what it obtains. It reports success beyond any sensible limit. */
function counted(
  id: string,
  title: string,
  tries: string,
  code: string,
  ends: Partial<Record<End, Bound | 'contained'>>
): Assault {
  return {
    kind: 'assault',
    language: 'python',
    id,
    title,
    tries,
    program: () => code,
    ends
  }
}

const LOOPS: readonly Assault[] = [
  endless(
    'loop.deaf',
    'an endless loop, deaf to signals',
    'Run for ever and ignore every signal.',
    `
import signal
try:
    for number in signal.valid_signals():
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
except AttributeError: pass
while True:
    try:
        while True: pass
    except BaseException: pass`
  ),
  endless(
    'loop.sleep',
    'sleep',
    'Hold its place for ever without using the processor.',
    'import time\ntime.sleep(10_000)'
  ),
  endless(
    'loop.expression',
    'a loop inside one call',
    'Be caught in one call that looks at no signal: a regular expression that takes for ever.',
    'import re\nre.match("(a*)*b", "a" * 64)'
  ),
  endless(
    'loop.silent',
    'shut its own outputs',
    'Shut what it was started with, so that its end is never seen.',
    'import os, time\ntry: os.closerange(0, 99)\nexcept OSError: pass\ntime.sleep(10_000)'
  ),
  endless(
    'loop.exit',
    'an exit that never ends',
    'Say its result and then never end.',
    `
import atexit, threading, time
def for_ever():
    while True: time.sleep(1)
atexit.register(for_ever)
try: threading.Thread(target=for_ever).start()
except RuntimeError: pass
${REFUSED}`,
    { ends: { TIME_LIMIT: 'wall time', refused: 'contained' } }
  )
]

const MEMORY: readonly Assault[] = [
  memory('memory.list', 'a list that grows', 'x = []', 'x.append(list(range(100_000)))\nreturn 3_200_000'),
  memory('memory.bytes', 'byte arrays', 'x = []', 'x.append(bytearray(b"x") * 20_000_000)\nreturn 20_000_000'),
  memory(
    'memory.map',
    'shared pages',
    'import mmap\nx = []',
    'm = mmap.mmap(-1, 10_000_000)\nm.write(b"x" * 10_000_000)\nx.append(m)\nreturn 10_000_000'
  ),
  memory(
    'memory.folder',
    'files in a folder that is memory',
    'import glob\nf = open("/data/fill", "wb")',
    'f.write(b"x" * 1_000_000)\nf.flush()\nreturn 1_000_000',
    { ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'file system of fixed size' } }
  ),
  memory(
    'memory.file',
    'memory that is a file (memfd)',
    'import os\nf = os.fdopen(os.memfd_create("x"), "wb")',
    'f.write(b"x" * 10_000_000)\nf.flush()\nreturn 10_000_000',
    { ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'contained' } }
  ),
  memory(
    'memory.shared',
    'memory shared between programs',
    'f = open("/dev/shm/fill", "wb")',
    'f.write(b"x" * 10_000_000)\nf.flush()\nreturn 10_000_000',
    { ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'contained' } }
  ),
  memory('memory.one', 'one huge object', '', 'x = bytearray(2 ** 33)\nreturn len(x)', {
    ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'contained' }
  }),
  {
    kind: 'assault',
    language: 'python',
    id: 'memory.child',
    title: 'a child out of memory, a parent that ends well',
    tries: 'Run out of memory in a child and end with exit code 0, so that nobody notices.',
    program: ({ memoryBytesMax }) => `
import os
try:
    child = os.fork()
except (OSError, AttributeError):
    child = None
if child == 0:
    x = []
    while len(x) < ${Math.round(memoryBytesMax / 10_000_000) + 60}: x.append(bytearray(b"x") * 10_000_000)
    os._exit(7)
got = []
if child:
    _, status = os.wait()
    if os.waitstatus_to_exitcode(status) == 7: got.append("memory beyond the limit")
result = {"got": got}`,
    ends: { MEMORY_LIMIT: 'memory limit', refused: 'contained' }
  },
  {
    kind: 'assault',
    language: 'python',
    id: 'memory.stack',
    title: 'endless recursion',
    tries: 'Break the interpreter by calling without end.',
    program: () =>
      'import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n  def __repr__(self): return repr(self)\nrepr(A())',
    ends: { PROGRAM_FAILED: 'contained', MEMORY_LIMIT: 'memory limit' }
  }
]

const OUTPUT_ENDS = { OUTPUT_LIMIT: 'output limit' } as const

const OUTPUTS: readonly Assault[] = Object.entries({
  print: ['endless printing', 'while True: print("x" * 1000)'],
  descriptors: [
    'endless writing to every descriptor',
    `
import os
while True:
    for descriptor in range(1, 10):
        try: os.write(descriptor, b"x" * 65536)
        except OSError: pass`
  ],
  error: ['an endless error', 'raise ValueError("x" * 5_000_000)'],
  result: ['a huge result', 'result = {"got": "x" * 30_000_000}'],
  file: [
    'a huge file as its result',
    'import os\nwith open(os.environ["OUTPUT_FILE"], "w") as f: f.write("[" + "1," * 2_000_000 + "1]")'
  ]
}).map(([name, [title, code]]) => ({
  kind: 'assault',
  language: 'python',
  id: `output.${name}`,
  title: title ?? '',
  ends: OUTPUT_ENDS,
  tries: 'Give out so much that whoever reads it breaks.',
  program: () => code ?? ''
}))

/** gVisor manages a program's processes itself. On the machine, they are still subject to the container's limit. */
const OF_SENTRY = { through: { 'docker+gvisor': 'gVisor’s own kernel' } } as const

const COUNTS: readonly Assault[] = [
  counted(
    'processes.fork',
    'a fork bomb',
    'Multiply until the machine can start nothing any more.',
    `
import os, time
n = 0
try:
    while n < 2_000:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        n += 1
except (OSError, AttributeError): pass
result = {"got": ["2000 processes"] if n >= 2_000 else [], "used": n}`,
    { refused: 'process limit', PROGRAM_FAILED: 'process limit', MEMORY_LIMIT: 'memory limit', TIME_LIMIT: 'wall time' }
  ),
  counted(
    'processes.threads',
    'threads without end',
    'Multiply by threads until the machine can start nothing any more.',
    `
import threading, time
n = 0
try:
    while n < 4_000:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        n += 1
except (RuntimeError, MemoryError): pass
result = {"got": ["4000 threads"] if n >= 4_000 else [], "used": n}`,
    { refused: 'process limit', PROGRAM_FAILED: 'process limit', MEMORY_LIMIT: 'memory limit', TIME_LIMIT: 'wall time' }
  ),
  counted(
    'descriptors.open',
    'open files without end',
    'Open files until the machine can open none any more.',
    `
import os
n, held = 0, []
try:
    while n < 20_000:
        held.append(os.open("/dev/null", os.O_RDONLY))
        n += 1
except OSError: pass
for one in held: os.close(one)
result = {"got": ["20000 files"] if n >= 20_000 else [], "used": n}`,
    { refused: 'descriptor limit' }
  ),
  counted(
    'disk.fill',
    'fill every folder',
    'Fill the disk by every folder that can be written.',
    `
import os
MOST = 2_000_000_000
total, per = 0, {}
for folder in ("/tmp", "/job", "/var/tmp", "/run", "/dev/shm", "/dev", "/opt", "/home", "/", os.getcwd()):
    path, n = os.path.join(folder, "fill"), 0
    try:
        with open(path, "wb", buffering=0) as file:
            while total < MOST:
                n += file.write(b"x" * 1_000_000)
                total += 1_000_000
    except OSError: pass
    if n: per[folder] = n
    try: os.remove(path)
    except OSError: pass
result = {"got": ["2 GB"] if total >= MOST else [], "used": per}`,
    {
      refused: 'file system of fixed size',
      MEMORY_LIMIT: 'memory limit',
      PROGRAM_FAILED: 'memory limit',
      TIME_LIMIT: 'wall time'
    }
  ),
  counted(
    'disk.inodes',
    'empty files without end',
    'Use up the file system by files that take no space.',
    `
import os, time
n, stop = 0, time.monotonic() + 4
try:
    os.mkdir("/tmp/d")
    while n < 1_000_000 and time.monotonic() < stop:
        os.close(os.open(f"/tmp/d/{n}", os.O_CREAT | os.O_WRONLY))
        n += 1
    got = ["as many as it had time for"]
except (OSError, MemoryError): got = []
result = {"got": [], "used": n, "stopped": not got}
if got: time.sleep(1_000)`,
    { refused: 'file system of fixed size', MEMORY_LIMIT: 'memory limit', TIME_LIMIT: 'wall time' }
  )
].map((attack) => ({
  ...attack,
  wallTimeMsMax: attack.id === 'disk.inodes' ? 6_000 : 15_000,
  ...(attack.id.startsWith('processes.') ? OF_SENTRY : {})
}))

/** Attacks on processor, memory, output, processes, descriptors and disk. */
export const EXHAUSTION_ATTACKS: readonly Assault[] = [...LOOPS, ...MEMORY, ...OUTPUTS, ...COUNTS]
