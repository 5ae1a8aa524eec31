/** Attacks through sockets on this machine, its container engine and the internet. */
import type { Marks, Probe } from '../attack.ts'

const SENTRY = { 'docker+gvisor': 'gVisor’s own kernel' } as const

type Piece = readonly [
  id: string,
  title: string,
  tries: string,
  code: (marks: Marks) => string,
  through?: Probe['through']
]

const PIECES: readonly Piece[] = [
  [
    'network.tcp',
    'connect to this machine',
    'Reach a listener on this machine by TCP.',
    ({ tcpPort }) => `import socket\ns = socket.create_connection(("127.0.0.1", ${tcpPort}), 2)\ns.send(b"x")`
  ],
  [
    'network.tcp6',
    'connect by IPv6',
    'Reach this machine by TCP over IPv6.',
    ({ tcpPort }) => `import socket\ns = socket.create_connection(("::1", ${tcpPort}), 2)\ns.send(b"x")`
  ],
  [
    'network.http',
    'fetch a page',
    'Fetch a page of this machine.',
    ({ tcpPort }) => `import urllib.request\nurllib.request.urlopen("http://127.0.0.1:${tcpPort}/", timeout=2).read()`
  ],
  [
    'network.udp',
    'send a datagram',
    'Send data out by UDP; the listener tells whether it came.',
    ({ udpPort }) => `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", ${udpPort}))
s.send(b"x")
s.settimeout(1)
assert s.recv(1)`
  ],
  [
    'network.route',
    'find a way out',
    'See whether any address of the world can be reached; nothing is sent.',
    () =>
      'import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.connect(("192.0.2.1", 9))\nassert s.getsockname()[0] != "0.0.0.0"'
  ],
  [
    'network.dns',
    'resolve a name',
    'Tell a name server something by asking it for a name.',
    () =>
      'import socket, sys\nassert sys.platform != "emscripten", "names are made up"\nassert socket.getaddrinfo("example.org", 80)'
  ],
  [
    'network.interfaces',
    'find a network card',
    'See a network interface beside the loopback.',
    () =>
      'import socket\nassert [n for _, n in socket.if_nameindex() if n not in ("lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0")]'
  ],
  [
    'network.listen',
    'listen for others',
    'Open a port of this machine.',
    () => 'import socket\ns = socket.socket()\ns.bind(("0.0.0.0", 0))\ns.listen()',
    SENTRY
  ],
  [
    'network.unix',
    'a socket in a folder',
    'Reach a program of this machine by its socket file.',
    ({ socketPath }) => `import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(${JSON.stringify(socketPath)})`
  ],
  [
    'network.abstract',
    'a socket without a file',
    'Reach a program of this machine by a socket that needs no file.',
    ({ abstractName }) =>
      `import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect("\\0" + ${JSON.stringify(abstractName)})`
  ],
  [
    'network.engine',
    'the container engine',
    'Reach the engine that rules all containers: that would be this machine itself.',
    () => `
import socket
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"):
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        break
    except OSError:
        pass
else:
    raise OSError("none")`
  ],
  ...Object.entries({
    raw: ['raw packets', 'socket.AF_INET, socket.SOCK_RAW, 1'],
    packet: ['the wire itself', '17, socket.SOCK_RAW, 0x0300'],
    netlink: ['the kernel’s network settings', '16, socket.SOCK_RAW, 0'],
    vsock: ['the virtual machine’s host', '40, socket.SOCK_STREAM, 0'],
    bluetooth: ['radio', '31, socket.SOCK_RAW, 1'],
    crypto: ['the kernel’s cipher code', '38, socket.SOCK_SEQPACKET, 0'],
    inet: ['internet sockets', 'socket.AF_INET, socket.SOCK_STREAM, 0'],
    inet6: ['internet sockets, IPv6', '10, socket.SOCK_STREAM, 0']
  }).map(
    ([name, [title, words]]): Piece => [
      `network.family-${name}`,
      title ?? '',
      'Make a socket of a family that a program has no use for: each is kernel code to break.',
      () => `import socket, sys\nassert sys.platform != "emscripten", "made of nothing"\nsocket.socket(${words})`,
      SENTRY
    ]
  ),
  [
    'network.family-any',
    'every other family',
    'Make a socket of any family but AF_UNIX, of 64 times 6 kinds.',
    () => `
import socket, sys
assert sys.platform != "emscripten", "made of nothing"
got = []
for family in range(64):
    for kind in (1, 2, 3, 4, 5, 10):
        try:
            socket.socket(family, kind).close()
            if family != 1: got.append(family)
        except OSError:
            pass
assert got`,
    SENTRY
  ]
]

/** Attacks with sockets of every family. */
export const NETWORK_ATTACKS: readonly Probe[] = PIECES.map(([id, title, tries, code, through]) => ({
  kind: 'probe',
  language: 'python',
  id,
  title,
  tries,
  code,
  ...(through ? { through } : {})
}))
