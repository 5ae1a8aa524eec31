/** The seccomp filter of a sandbox under bubblewrap, which refuses system calls (classic BPF). */

/**
 * Refused calls: [number on x64, number on arm64]. An interpreter needs none of them. Each call gives access to other processes, to
 * functions of the kernel, or to memory that no limit covers.
 */
const REFUSED: Record<string, readonly [number, number | undefined]> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  pidfd_send_signal: [424, 424],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  // These calls allocate memory that no ulimit covers.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  msgget: [68, 186],
  semget: [64, 190],
  mq_open: [240, 180],
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  fanotify_init: [300, 262],
  personality: [135, 92],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  syslog: [103, 116],
  lookup_dcookie: [212, 18],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  vhangup: [153, 58],
  iopl: [172, undefined],
  ioperm: [173, undefined],
  modify_ldt: [154, undefined],
  uselib: [134, undefined]
}

/** For each processor: its audit number, its column above, and the numbers of the calls whose arguments are checked. */
const PROCESSORS = {
  x64: { audit: 0xc000003e, column: 0, clone: 56, socket: 41 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220, socket: 198 }
} as const
const CLONE3 = 435
/** Calls of the x32 ABI on x64 have this bit. They are refused, since the table above does not list their numbers. */
const X32_BIT = 0x40000000
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e020000
const AF_UNIX = 1

// Offsets in struct seccomp_data.
const AT_NUMBER = 0
const AT_ARCHITECTURE = 4
const AT_ARGUMENT = 16

const LOAD = 0x20
const IF_EQUAL = 0x15
const IF_AT_LEAST = 0x35
const IF_ANY_BIT = 0x45
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const EPERM = 0x00050001
/** "No such system call": the C library then falls back from clone3 to clone, whose flags the filter can check. */
const ENOSYS = 0x00050026

/** The filter for a processor, in the format of `bwrap --seccomp`; undefined for a processor whose call numbers are not known here. */
export function seccompFilter(processor: string): Buffer | undefined {
  if (processor !== 'x64' && processor !== 'arm64') return undefined
  const { audit, column, clone, socket } = PROCESSORS[processor]
  const refused = Object.values(REFUSED).flatMap((numbers) => numbers[column] ?? [])
  return Buffer.concat([
    step(LOAD, AT_ARCHITECTURE),
    step(IF_EQUAL, audit, { met: 1 }),
    step(RETURN, KILL_PROCESS),
    step(LOAD, AT_NUMBER),
    step(IF_AT_LEAST, X32_BIT, { unmet: 1 }),
    step(RETURN, EPERM),
    ...refused.flatMap((number) => [step(IF_EQUAL, number, { unmet: 1 }), step(RETURN, EPERM)]),
    ...[step(IF_EQUAL, CLONE3, { unmet: 1 }), step(RETURN, ENOSYS)],
    step(IF_EQUAL, clone, { unmet: 4 }),
    ...[step(LOAD, AT_ARGUMENT), step(IF_ANY_BIT, NEW_NAMESPACES, { unmet: 1 }), step(RETURN, EPERM)],
    step(RETURN, ALLOW),
    step(IF_EQUAL, socket, { unmet: 3 }),
    ...[step(LOAD, AT_ARGUMENT), step(IF_EQUAL, AF_UNIX, { met: 1 }), step(RETURN, EPERM)],
    step(RETURN, ALLOW)
  ])
}

/** One BPF instruction: operation, operand, and the numbers of instructions to skip if a test is met or not met. */
function step(operation: number, operand: number, leap: { met?: number; unmet?: number } = {}): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(operation, 0)
  bytes.writeUInt8(leap.met ?? 0, 2)
  bytes.writeUInt8(leap.unmet ?? 0, 3)
  bytes.writeUInt32LE(operand, 4)
  return bytes
}
