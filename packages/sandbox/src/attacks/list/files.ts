/** Attacks on the files and devices of the machine. */
import type { Marks, Probe } from '../attack.ts'

type Piece = readonly [id: string, title: string, code: string | ((marks: Marks) => string), on?: 'wasm' | 'native']

const tries = {
  machine: 'Read a file of the machine that is none of the program’s business.',
  write: 'Write outside the folders that a program is given.',
  facts: 'Read from /proc what tells of the machine that the program runs on.'
}

const PIECES: Readonly<Record<keyof typeof tries, readonly Piece[]>> = {
  machine: [
    ['files.secret', 'a file with a secret', ({ secretPath }) => `assert open(${JSON.stringify(secretPath)}).read()`],
    [
      'files.home',
      'home folders',
      'import os\nassert [n for p in ("/root", "/home") for n in os.listdir(p) if not n.startswith((".", "web_user", "pyodide"))]'
    ],
    ['files.shadow', 'password hashes', 'assert "$" in open("/etc/shadow").read()'],
    ['files.memory', 'the memory of the machine', 'assert open("/dev/mem", "rb").read(1)'],
    ['files.kcore', 'the kernel’s memory', 'assert open("/proc/kcore", "rb").read(1)'],
    [
      'files.disks',
      'raw disks',
      'import os\nassert [n for n in os.listdir("/dev") if n.startswith(("sd", "vd", "nvme", "loop", "dm-", "mapper"))]'
    ],
    [
      'files.device',
      'make a device node of the disk',
      'import os, stat\nos.mknod("/tmp/device", stat.S_IFBLK | 0o600, os.makedev(8, 0))\nopen("/tmp/device", "rb").read(1)'
    ],
    [
      'files.escape',
      'climb out of a folder',
      ({ secretPath }) => `assert open("/tmp" + "/.." * 40 + ${JSON.stringify(secretPath)}).read()`
    ],
    [
      'files.root-of-init',
      'the root folder of the first process',
      ({ secretPath }) => `assert open("/proc/1/root" + ${JSON.stringify(secretPath)}).read()`
    ],
    [
      'files.link',
      'follow a link of its own making',
      ({ secretPath }) =>
        `import os\nos.symlink(${JSON.stringify(secretPath)}, "/tmp/link")\nassert open("/tmp/link").read()`
    ],
    [
      'files.handle',
      'a descriptor that was left open',
      `
import os
for n in range(3, 256):
    try:
        path = os.readlink(f"/proc/self/fd/{n}")
    except OSError:
        continue
    if path.startswith("/") and not path.startswith(("/dev/null", "/dev/urandom", "/proc", "/tmp", "/job", "/data")):
        break
else:
    raise OSError("none")`
    ]
  ],
  write: [
    ...['/', '/etc/', '/usr/', '/usr/lib/', '/dev/', '/dev/shm/', '/var/', '/var/tmp/', '/run/', '/opt/', '/home/'].map(
      (folder): Piece => [
        `files.write${folder.replaceAll('/', '-').replace(/-$/, '') || '-root'}`,
        `write into ${folder}`,
        ({ leftName }) => `open(${JSON.stringify(folder)} + ${JSON.stringify(leftName)}, "w").write("x")`,
        'native'
      ]
    ),
    [
      'files.setting',
      'change a setting of the kernel',
      'open("/proc/sys/vm/overcommit_ratio", "r+").close()',
      'native'
    ],
    ['files.sysrq', 'reach the kernel’s emergency keys', 'open("/proc/sysrq-trigger", "w").close()', 'native'],
    [
      'files.oom-score',
      'make itself the last to be ended for memory',
      'open("/proc/self/oom_score_adj", "wb", buffering=0).write(b"-1000")',
      'native'
    ],
    [
      'files.cgroup',
      'raise its own limits',
      'import os\nassert [f for f, _, n in os.walk("/sys/fs/cgroup") if any(os.access(os.path.join(f, x), os.W_OK) for x in n)]',
      'native'
    ],
    [
      'files.run-own',
      'run a program that it wrote itself',
      `
import os, shutil, subprocess
shutil.copy("/bin/true", "/tmp/own")
os.chmod("/tmp/own", 0o755)
subprocess.run(["/tmp/own"], check=True)`,
      'native'
    ],
    [
      'files.setuid',
      'find a program that grants privileges',
      `
import os, stat
found = [os.path.join(f, n) for f, _, names in os.walk("/usr") for n in names
         if stat.S_ISREG(os.lstat(os.path.join(f, n)).st_mode) and os.lstat(os.path.join(f, n)).st_mode & 0o6000]
assert found`
    ]
  ],
  facts: [
    [
      'proc.symbols',
      'addresses in the kernel',
      'assert [l for l in open("/proc/kallsyms") if not l.startswith("0000000000000000")]'
    ],
    ['proc.command-line', 'how the machine was started', 'assert open("/proc/cmdline").read(1)'],
    ['proc.partitions', 'partitions and disks', 'assert len(open("/proc/partitions").read()) > 40'],
    ['proc.modules', 'loaded drivers', 'assert open("/proc/modules").read(1)'],
    ['proc.control-groups', 'control groups', 'import os\nassert os.listdir("/sys/fs/cgroup")'],
    [
      'proc.mounts',
      'where the engine keeps its files',
      'import re\nassert re.search(r"lowerdir=/|/docker/|/containers/|/overlay2/", open("/proc/self/mountinfo").read())'
    ],
    ['proc.memory', 'how much memory the machine has', 'assert int(open("/proc/meminfo").read().split()[1]) > 0'],
    ['proc.load', 'how busy the machine is', 'assert float(open("/proc/loadavg").read().split()[0]) >= 0'],
    ['proc.processors', 'which processors it has', 'assert "processor" in open("/proc/cpuinfo").read()'],
    [
      'proc.others',
      'other processes',
      'import os\nassert [n for n in os.listdir("/proc") if n.isdigit() and int(n) not in (1, os.getpid(), os.getppid())]'
    ]
  ]
}

const FACTS = 'facts of the machine, not of people'
const SENTRY = 'gVisor’s own kernel'

/** Files that Linux shows to every container. gVisor generates these files itself. */
const THROUGH: Readonly<Record<string, Probe['through']>> = {
  'proc.mounts': { docker: FACTS },
  'proc.memory': { docker: FACTS, 'docker+gvisor': SENTRY },
  'proc.load': { docker: FACTS, 'docker+gvisor': SENTRY },
  'proc.processors': { docker: FACTS, 'docker+gvisor': FACTS },
  'proc.command-line': { 'docker+gvisor': SENTRY },
  'proc.control-groups': { 'docker+gvisor': SENTRY },
  'proc.partitions': { 'docker+gvisor': SENTRY },
  'files.cgroup': { 'docker+gvisor': SENTRY },
  'files.oom-score': { 'docker+gvisor': SENTRY },
  'files.setting': { 'docker+gvisor': SENTRY }
}

/** Attacks on files, devices and /proc. */
export const FILE_ATTACKS: readonly Probe[] = (Object.keys(tries) as (keyof typeof tries)[]).flatMap((group) =>
  PIECES[group].map(([id, title, code, on]): Probe => {
    const through = THROUGH[id]
    return {
      kind: 'probe',
      language: 'python',
      id,
      title,
      tries: tries[group],
      code: typeof code === 'string' ? () => code : code,
      ...(on ? { on } : {}),
      ...(through ? { through } : {})
    }
  })
)
