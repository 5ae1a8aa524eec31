/** Attacks on the machine's kernel: system calls that a statistical program never needs. */
import type { Probe } from '../attack.ts'

/**
 * A Python function that makes system calls by number, without library wrappers. Only the errors "not permitted" and "no such call" are
 * refusals: a call that rejects its arguments did reach the kernel. The arguments are chosen so that a permitted call does not change the
 * machine.
 */
const CALL = `
import ctypes, os, sys
assert sys.platform == "linux", "no kernel here"
at = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
def call(numbers, *args):
    if numbers[at] is None: raise OSError("not on this processor")
    answer = libc.syscall(ctypes.c_long(numbers[at]), *(ctypes.c_long(a) for a in args))
    if answer == -1 and ctypes.get_errno() in (1, 13, 38):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
`

/** The number of each call on x86-64 and on arm64, from the kernel's tables of system calls, and its arguments. */
const CALLS: Readonly<Record<string, readonly [title: string, x64: number, arm64: number | null, ...args: number[]]>> =
  {
    mount: ['mount a file system', 165, 40, 0, 0, 0, 0, 0],
    'new-mount': ['open a file system for mounting', 430, 430, 0, 0],
    'open-tree': ['copy a mounted tree', 428, 428, -1, 0, 1],
    chroot: ['change the root folder', 161, 51, 0],
    'pivot-root': ['exchange the root folder', 155, 41, 0, 0],
    ptrace: ['trace another process', 101, 117, 12345, 0, 0, 0],
    'read-memory': ['read the memory of another process', 310, 270, 1, 0, 0, 0, 0, 0],
    bpf: ['load code into the kernel (bpf)', 321, 280, 0, 0, 0],
    perf: ['measure the kernel (perf)', 298, 241, 0, 0, 0, 0, 0],
    'io-uring': ['io_uring', 425, 425, 1, 0],
    userfaultfd: ['userfaultfd', 323, 282, 0],
    keys: ['the kernel’s keys', 250, 219, 0, 0, 0, 0, 0],
    memfd: ['memory files (memfd)', 319, 279, 0, 0],
    'secret-memory': ['secret memory', 447, 447, 1 << 20],
    handle: ['open a file by its number on disk', 304, 265, 0, 0, 0],
    setns: ['enter a namespace', 308, 268, -1, 0],
    personality: ['switch address randomisation off', 135, 92, 0x0040000],
    log: ['read the kernel’s log', 103, 116, 10, 0, 0],
    'shared-memory': ['shared memory beyond the program', 29, 194, 0, 0, 0],
    messages: ['message queues', 68, 186, 1, 0],
    semaphores: ['semaphores', 64, 190, 1, 0, 0],
    module: ['load a driver', 313, 273, -1, 0, 0],
    kexec: ['start another kernel', 246, 104, 0, 999, 0, -1],
    clock: ['set the clock', 227, 112, 0, 0],
    hostname: ['rename the machine', 170, 161, 0, -1],
    landlock: ['landlock', 444, 444, 0, 0, 1],
    swap: ['swap', 168, 225, 0],
    quota: ['disk quotas', 179, 60, 0, 0, 0, 0],
    ports: ['hardware ports', 173, null, 0, 1, 0],
    watch: ['watch every file access (fanotify)', 300, 262, 0, 0],
    migrate: ['move memory pages of others', 279, 239, 1, 0, 0, 0, 0, 0],
    'users-namespace': ['become root in a namespace of its own', 272, 97, 0x10000000],
    'mounts-namespace': ['a namespace of mounts', 272, 97, 0x20000],
    'network-namespace': ['a namespace of networks', 272, 97, 0x40000000]
  }

const through = { 'docker+gvisor': 'gVisor’s own kernel' } as const

/** Attacks by system calls, and attacks on the privileges that these calls need. */
export const KERNEL_ATTACKS: readonly Probe[] = [
  // These two come before the calls: one of the calls creates a namespace in which privileges have no effect outside.
  {
    kind: 'probe',
    language: 'python',
    id: 'kernel.root',
    title: 'become root',
    tries: 'Become the owner of the machine, or be it already.',
    code: () =>
      'import os, sys\nassert sys.platform == "linux", "no users here"\nif os.getuid() != 0: os.setuid(0)\nassert os.getuid() == 0'
  },
  {
    kind: 'probe',
    language: 'python',
    id: 'kernel.capabilities',
    title: 'hold a privilege',
    tries: 'Have, or be able to obtain, any privilege of root.',
    code: () =>
      'lines = dict(l.rstrip().split(":\\t") for l in open("/proc/self/status") if ":\\t" in l)\nassert int(lines["CapEff"], 16) or int(lines["CapPrm"], 16) or int(lines["CapBnd"], 16)'
  },
  {
    kind: 'probe',
    language: 'python',
    id: 'kernel.privileges',
    title: 'gain privileges by starting a program',
    tries: 'Be allowed to gain privileges from a program that grants them, such as sudo.',
    code: () =>
      'lines = dict(l.rstrip().split(":\\t") for l in open("/proc/self/status") if ":\\t" in l)\nassert lines["NoNewPrivs"].strip() == "0"'
  },
  ...Object.entries(CALLS).map(
    ([name, [title, x64, arm64, ...args]]): Probe => ({
      kind: 'probe',
      language: 'python',
      id: `kernel.${name}`,
      title,
      through,
      tries: 'Call a part of the kernel that a program for statistics never needs.',
      code: () => `${CALL}call(${[`(${x64}, ${arm64 ?? 'None'})`, ...args].join(', ')})`
    })
  )
]
