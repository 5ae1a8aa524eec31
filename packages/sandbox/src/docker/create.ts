/** The creation options of a container for an untrusted program: the resources it receives, and everything it is denied. */
import { LIMITS } from '@stimnet/protocol'
import seccomp from './seccomp.json' with { type: 'json' }

/** The kinds of images. Languages that share an image have the same kind. */
export const IMAGE_KINDS = ['python', 'r'] as const
/** One of the kinds of images. */
export type ImageKind = (typeof IMAGE_KINDS)[number]

/** Settings that can differ between the containers of one sandbox. */
export interface ContainerSettings {
  readonly kind: ImageKind
  /** The image's id, not its name, because a name can later be given to another image. */
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly memoryBytesMax: number
  readonly cpuSecondsMax: number
  /** Default: the engine's own runtime. */
  readonly runtime?: 'runc' | 'runsc'
  readonly isGvisor: boolean
}

/** The runner's task: wait for a job after warming up, wait for a job at once, or list the available modules. */
export type RunnerMode = 'warm' | 'cold' | 'modules'

const RUNNERS: Readonly<Record<ImageKind, readonly string[]>> = {
  python: ['python3', '-I', '-B', '/opt/stimnet/serve.py'],
  r: ['/bin/sh', '/opt/stimnet/start.sh']
}

/** The user "nobody", who owns no files of the image. */
const USER = '65534:65534'

/** Maximum number of processes and threads together. gVisor needs about two dozen for itself. */
const PROCESSES_MAX = 64
const PROCESSES_MAX_GVISOR = 192

const MiB = 1024 * 1024
/**
 * Options of all writable folders. Their files are in memory, which counts as the program's memory. The inodes of empty files do not count,
 * so the number of inodes is limited separately.
 */
const TMPFS = 'rw,noexec,nosuid,nodev,mode=1777'

/** Paths that the engine masks by default. A custom list replaces the default list, so it must repeat these paths. */
const MASKED_BY_DEFAULT = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware'
]
/** Paths that disclose facts about this machine, its load or the container's name, and the paths masked by default. */
const MASKED = [
  ...MASKED_BY_DEFAULT,
  '/proc/cmdline',
  '/proc/diskstats',
  '/proc/kallsyms',
  '/proc/modules',
  '/proc/partitions',
  '/proc/pressure',
  '/sys/block',
  '/sys/class',
  '/sys/fs/cgroup'
]

/** The options of Docker's API for creating such a container. */
export function createOptions(settings: ContainerSettings, mode: RunnerMode): Readonly<Record<string, unknown>> {
  return {
    Image: settings.imageId,
    Entrypoint: RUNNERS[settings.kind],
    Cmd: [mode],
    User: USER,
    WorkingDir: '/tmp',
    Hostname: 'job',
    Env: ['LANG=C.UTF-8', 'HOME=/tmp', 'TZ=UTC', 'OMP_NUM_THREADS=1', 'OPENBLAS_NUM_THREADS=1'],
    NetworkDisabled: true,
    // A program has nothing to save. With another signal, an engine that is stopped or restarted would wait ten seconds for the program.
    StopSignal: 'SIGKILL',
    OpenStdin: true,
    // If the attached host disappears, a container that waits for its job reads the end of stdin and exits.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Labels: settings.labels,
    HostConfig: hostConfig(settings)
  }
}

function hostConfig(settings: ContainerSettings): Readonly<Record<string, unknown>> {
  const { memoryBytesMax, cpuSecondsMax, runtime, isGvisor } = settings
  return {
    ...(runtime ? { Runtime: runtime } : {}),
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ['ALL'],
    IpcMode: 'none',
    CgroupnsMode: 'private',
    SecurityOpt: ['no-new-privileges', `seccomp=${JSON.stringify(seccomp)}`],
    Memory: memoryBytesMax,
    // The limit of memory and swap together, so there is no swap.
    MemorySwap: memoryBytesMax,
    PidsLimit: isGvisor ? PROCESSES_MAX_GVISOR : PROCESSES_MAX,
    NanoCpus: 1e9,
    // If the machine runs out of memory, the kernel kills this program first.
    OomScoreAdj: 1000,
    // The engine must not store output: endless output would fill its disk.
    LogConfig: { Type: 'none' },
    Tmpfs: {
      '/tmp': `${TMPFS},size=${64 * MiB},nr_inodes=4096`,
      '/data': `${TMPFS},size=${memoryBytesMax},nr_inodes=1024`,
      '/job': `${TMPFS},size=${16 * LIMITS.sandboxFrameBytesMax},nr_inodes=64`
    },
    Ulimits: [
      { Name: 'nofile', Soft: 256, Hard: 256 },
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'memlock', Soft: 0, Hard: 0 },
      // A limit for the case that the host is gone and nothing enforces the wall time.
      { Name: 'cpu', Soft: cpuSecondsMax, Hard: cpuSecondsMax }
    ],
    MaskedPaths: MASKED
  }
}
