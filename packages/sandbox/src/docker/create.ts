/** How a container is made in which a stranger's program may run: what it gets, and everything it does not. */
import { LIMITS } from '@stimnet/protocol'
import seccomp from './seccomp.json' with { type: 'json' }

/** Languages that come in one image are one kind of image. */
export const IMAGE_KINDS = ['python', 'r'] as const
/** One of them. */
export type ImageKind = (typeof IMAGE_KINDS)[number]

/** What differs between the containers of one sandbox. */
export interface ContainerSettings {
  readonly kind: ImageKind
  /** The image's id, never its name: a name can come to mean another image. */
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly memoryBytesMax: number
  readonly cpuSecondsMax: number
  /** Whose runtime this is; the engine's own where it is not said. */
  readonly runtime?: 'runc' | 'runsc'
  readonly isGvisor: boolean
}

/** What the runner in the image is asked to do: wait for a job, practised or not, or name the modules that are there. */
export type RunnerMode = 'warm' | 'cold' | 'modules'

const RUNNERS: Readonly<Record<ImageKind, readonly string[]>> = {
  python: ['python3', '-I', '-B', '/opt/stimnet/serve.py'],
  r: ['/bin/sh', '/opt/stimnet/start.sh']
}

/** Nobody, who owns no file of the image. */
const USER = '65534:65534'

/** Processes and threads together. gVisor needs two dozen for itself. */
const PROCESSES_MAX = 64
const PROCESSES_MAX_GVISOR = 192

const MiB = 1024 * 1024
/** Files are memory here, counted as the program's; nodes of empty files are not, so they have a bound of their own. */
const TMPFS = 'rw,noexec,nosuid,nodev,mode=1777'

/** What the engine itself hides, which a list of our own replaces. */
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
/** What tells of this machine, its load or the container's name. */
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

/** The engine's words for such a container. */
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
    OpenStdin: true,
    // When the host that is attached goes, a container that waits for its job reads the end and ends itself.
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
    // Memory and swap together: so there is no swap.
    MemorySwap: memoryBytesMax,
    PidsLimit: isGvisor ? PROCESSES_MAX_GVISOR : PROCESSES_MAX,
    NanoCpus: 1e9,
    // When the machine itself runs out of memory, a stranger's program goes first.
    OomScoreAdj: 1000,
    // Endless output would fill the engine's disk before anybody counts it.
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
      // In case the host is gone and nobody watches the time.
      { Name: 'cpu', Soft: cpuSecondsMax, Hard: cpuSecondsMax }
    ],
    MaskedPaths: MASKED
  }
}
