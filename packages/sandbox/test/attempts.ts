/** Escape attempts of a hostile Python program. An attempt that does not raise has obtained something that it must not have. */

/** All attempts. `port` belongs to a listener that no attempt may reach. */
export function attempts(port: number): Record<string, string> {
  return { ...FILES, ...ENVIRONMENT, ...PROCESSES, ...network(port) }
}

const JS = 'import js\nfrom pyodide.code import run_js\nimport pyodide_js\n'

/** Code that defines a fake `Deno`, so that Deno's implementations of Node modules reach the permission check. */
const OWN_DENO = `${JS}
run_js("""
const error = class extends Error {}
globalThis.Deno = { errors: new Proxy({}, { get: () => error }), build: { os: 'linux', arch: 'x86_64' }, args: [], env: {},
  permissions: { querySync: () => ({ state: 'granted' }), requestSync: () => ({ state: 'granted' }) } }
globalThis.builtin = (name) => process.getBuiltinModule(name)
""")
`

const FILES = {
  'open a file of the machine': 'open("/etc/passwd").read()',
  'list the root':
    'import os\nassert "proc" in os.listdir("/") and os.listdir("/proc/self/fd") and open("/proc/self/maps").read()',
  'read a file by Node': `${OWN_DENO}run_js("builtin('node:fs').readFileSync('/etc/passwd', 'utf8')")`,
  'read what Python is made of': `${OWN_DENO}
path = str(js.process.argv[1])
run_js("(path) => builtin('node:fs').readFileSync(path, 'utf8')")(path)`,
  'read the memory file it came from': `${OWN_DENO}
run_js("(path) => builtin('node:fs').readFileSync(path)")(str(js.process.argv[4]))`,
  'list a folder by Node': `${OWN_DENO}run_js("builtin('node:fs').readdirSync('/')")`,
  'open a file by Node': `${OWN_DENO}run_js("builtin('node:fs').openSync('/proc/self/environ', 'r')")`,
  'write a file by Node': `${OWN_DENO}run_js("builtin('node:fs').writeFileSync('/tmp/stimnet-left-behind', 'x')")`,
  'make a link by Node': `${OWN_DENO}run_js("builtin('node:fs').symlinkSync('/etc', '/tmp/stimnet-left-behind')")`,
  'mount a folder of the machine': `${JS}
pyodide_js.FS.mkdirTree("/host")
pyodide_js.mountNodeFS("/host", "/etc")
import os
assert os.listdir("/host")`,
  'require a file': `${OWN_DENO}run_js("builtin('node:module').createRequire('/etc/x')('/etc/hostname')")`,
  'use the raw operations': `${JS}run_js("Deno[Deno.internal].core.ops.op_fs_read_file_text_sync('/etc/passwd')")`,
  'use the name Deno': `${JS}js.Deno.readTextFileSync("/etc/passwd")`,
  'open a database file': `${OWN_DENO}run_js("new (builtin('node:sqlite').DatabaseSync)('/tmp/stimnet-left-behind')")`,
  'keep something in local storage': `${JS}js.localStorage.setItem("a", "b")`
}

const ENVIRONMENT = {
  'read the environment by Python':
    'import os\nassert [name for name in os.environ if name.startswith(("STIMNET", "USER", "PWD", "NODE"))]',
  'read the environment by Node': `${JS}assert "PATH" in str(js.JSON.stringify(js.process.env))`,
  'read the environment with a Deno of its own': `${OWN_DENO}
run_js("Deno.env = { toObject: () => ({}), get: () => undefined }")
assert str(js.process.env.STIMNET_SECRET) == "hidden"`,
  'read the environment file': 'open("/proc/self/environ").read()',
  'ask the machine its name': `${OWN_DENO}run_js("builtin('node:os').hostname()")`,
  'ask the machine its addresses': `${OWN_DENO}run_js("JSON.stringify(builtin('node:os').networkInterfaces())")`
}

const PROCESSES = {
  fork: 'import os\nos.fork()',
  'run a command by subprocess': 'import subprocess\nsubprocess.run(["/bin/true"])',
  'run a command by spawn': 'import os\nos.posix_spawn("/bin/true", ["true"], {})',
  'run a command by Node': `${OWN_DENO}run_js("builtin('node:child_process').execFileSync('/bin/true')")`,
  'signal another process': `${JS}js.process.kill(1, 0)`,
  'signal every process': `${JS}js.process.kill(-1, 0)`,
  'load a library': 'import ctypes\nctypes.CDLL("libc.so.6")',
  'load a library by Node': `${OWN_DENO}run_js("process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6')")`,
  'start a thread': 'import threading\nthreading.Thread(target=print).start()'
}

function network(port: number): Record<string, string> {
  return {
    'connect by Python': `import socket\ns = socket.create_connection(("127.0.0.1", ${port}), 2)\ns.send(b"x")`,
    'ask by urllib': `import urllib.request\nurllib.request.urlopen("http://127.0.0.1:${port}/", timeout=2).read()`,
    fetch: `${JS}js.fetch("http://127.0.0.1:${port}/fetch")`,
    'fetch by pyodide': `import pyodide.http\npyodide.http.open_url("http://127.0.0.1:${port}/open")`,
    'open a WebSocket': `${JS}js.WebSocket.new("ws://127.0.0.1:${port}/")`,
    'open an event stream': `${JS}js.EventSource.new("http://127.0.0.1:${port}/")`,
    'connect by Node': `${OWN_DENO}run_js("builtin('node:net').connect(${port}, '127.0.0.1').write('x')")
raise OSError("it connects at the next turn, which never comes; the listener tells")`,
    'listen by Node': `${OWN_DENO}run_js("builtin('node:net').createServer().listen(0)")
raise OSError("it listens at the next turn, which never comes")`,
    'send a datagram': `${OWN_DENO}run_js("builtin('node:dgram').createSocket('udp4').send('x', ${port}, '127.0.0.1')")
raise OSError("it sends at the next turn, which never comes")`,
    'fetch a wheel': `import micropip\nmicropip.install("http://127.0.0.1:${port}/x.whl")`
  }
}
