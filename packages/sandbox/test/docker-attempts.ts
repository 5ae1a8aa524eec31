/** Escape attempts of a hostile Python program in a container. An attempt that does not raise has obtained something forbidden. */

/**
 * A Python function for system calls by number on x64, without library wrappers. Only "not permitted" is a refusal: a call that rejects its
 * arguments did reach the kernel.
 */
const KERNEL = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    answer = libc.syscall(*(ctypes.c_long(a) for a in args))
    if answer == -1 and ctypes.get_errno() == 1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
`

/** Attempts on files of the machine. `marker` is a file that exists there and contains "marked". */
export function files(marker: string): Record<string, string> {
  return {
    'a file of the machine': `assert open(${JSON.stringify(marker)}).read()`,
    'the engine itself': `
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("/var/run/docker.sock")`,
    'the memory of the machine': 'assert open("/dev/mem", "rb").read(1)',
    "the kernel's memory": 'assert open("/proc/kcore", "rb").read(1)',
    "the kernel's symbols": 'assert open("/proc/kallsyms").read(1)',
    'the partitions': 'assert open("/proc/partitions").read(1)',
    'the disks': 'import os\nassert [n for n in os.listdir("/dev") if n.startswith(("sd", "vd", "nvme", "loop"))]',
    'the environment of the node': 'assert b"STIMNET_SECRET" in open("/proc/self/environ", "rb").read()',
    'the environment of another process': 'assert b"STIMNET_SECRET" in open("/proc/1/environ", "rb").read()',
    'other processes': 'import os\nassert [n for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid()]',
    'a program that grants privileges': `
import os, stat
for folder, _, names in os.walk("/usr"):
    for name in names:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        if stat.S_ISREG(mode) and mode & 0o6000:
            break
    else:
        continue
    break
else:
    raise OSError("none")`,
    ...Object.fromEntries(
      ['/left', '/etc/left', '/etc/hosts', '/usr/left', '/dev/left', '/dev/shm/left', '/var/tmp/left', '/run/left'].map(
        (path) => [`write ${path}`, `open(${JSON.stringify(path)}, "w").write("x")`]
      )
    ),
    'change a setting of the kernel': 'open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/x")',
    'ask the kernel to restart': 'open("/proc/sysrq-trigger", "w").write("b")',
    'run a program of its own making': `
import os, shutil, subprocess
shutil.copy("/bin/true", "/tmp/own")
os.chmod("/tmp/own", 0o755)
subprocess.run(["/tmp/own"], check=True)`
  }
}

/** Attempts on the network. `port` belongs to a listener on the machine that no attempt may reach. */
export function network(port: number): Record<string, string> {
  return {
    connect: `import socket\nsocket.create_connection(("127.0.0.1", ${port}), 2)`,
    'resolve a name': 'import socket\nassert socket.getaddrinfo("example.org", 80)',
    'interfaces beside the loopback':
      'import socket\nassert [n for _, n in socket.if_nameindex() if n not in ("lo", "tunl0", "sit0", "ip6tnl0")]'
  }
}

/** Attempts on the machine's kernel. gVisor answers all of them from its own kernel. */
export const KERNEL_ATTEMPTS: Record<string, string> = {
  "the kernel's command line": 'assert open("/proc/cmdline").read(1)',
  'the control groups': 'import os\nassert os.listdir("/sys/fs/cgroup")',
  'a socket of another family': `
import socket
got = []
for family in range(0, 46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
            if family != socket.AF_UNIX:
                got.append(family)
        except OSError:
            pass
assert got`,
  ...Object.fromEntries(
    Object.entries({
      'namespace of users': [272, 0x10000000],
      'namespace of mounts': [272, 0x20000],
      'clone with a namespace of users': [56, 0x10000011],
      mount: [165, 0, 0, 0, 0, 0],
      chroot: [161, 0],
      'pivot the root': [155, 0, 0],
      trace: [101, 0, 0, 0, 0],
      'read the memory of others': [310, 1, 0, 0, 0, 0, 0],
      bpf: [321, 0, 0, 0],
      'performance events': [298, 0, 0, 0, 0, 0],
      io_uring: [425, 1, 0],
      userfaultfd: [323, 0],
      'kernel keys': [250, 0, 0, 0, 0, 0],
      'memory files': [319, 0, 0],
      'secret memory': [447, 0],
      'open by handle': [304, 0, 0, 0],
      'enter a namespace': [308, 0, 0],
      personality: [135, 0x0040000],
      'kernel log': [103, 10, 0, 0],
      'shared memory': [29, 0, 4096, 0o1600],
      'message queue': [68, 0, 0o1600],
      'load a module': [313, 0, 0, 0],
      'set the clock': [227, 0, 0],
      'host name': [170, 0, 0],
      landlock: [444, 0, 0, 1]
    }).map(([name, args]) => [name, `${KERNEL}call(${args.join(', ')})`])
  ),
  'become root': 'import os\nos.setuid(0)',
  'make a device': 'import os, stat\nos.mknod("/tmp/device", stat.S_IFBLK | 0o600, os.makedev(8, 0))'
}
