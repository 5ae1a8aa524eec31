/** Attacks through the engine that runs embedded Python: JavaScript, Node's modules, Deno, workers. */
import type { Assault, Marks, Probe } from '../attack.ts'

const JS = 'import js, pyodide_js\nfrom pyodide.code import run_js\n'

/** Code that defines a fake `Deno`, so that Deno's implementations of Node modules reach the permission check. */
const OWN_DENO = `${JS}
run_js("""
const error = class extends Error {}
globalThis.Deno = { errors: new Proxy({}, { get: () => error }), build: { os: 'linux', arch: 'x86_64' }, args: [], env: {},
  permissions: { querySync: () => ({ state: 'granted' }), requestSync: () => ({ state: 'granted' }) } }
globalThis.builtin = (name) => process.getBuiltinModule(name)
""")
`

type Piece = readonly [id: string, title: string, code: (marks: Marks) => string, through?: Probe['through']]

const node = (javaScript: string) => `${OWN_DENO}run_js(${JSON.stringify(javaScript)})`
const path = (text: string) => JSON.stringify(text)

const PIECES: readonly Piece[] = [
  [
    'js.read',
    'read a file by Node',
    ({ secretPath }) => node(`builtin('node:fs').readFileSync(${path(secretPath)}, 'utf8')`)
  ],
  ['js.open', 'open a file by Node', () => node("builtin('node:fs').openSync('/proc/self/environ', 'r')")],
  ['js.list', 'list a folder by Node', () => node("builtin('node:fs').readdirSync('/')")],
  [
    'js.write',
    'write a file by Node',
    ({ leftName }) => node(`builtin('node:fs').writeFileSync('/tmp/${leftName}', 'x')`)
  ],
  [
    'js.link',
    'make a link by Node',
    ({ leftName }) => node(`builtin('node:fs').symlinkSync('/etc', '/tmp/${leftName}')`)
  ],
  [
    'js.mount',
    'mount a folder of the machine',
    () => `${JS}
pyodide_js.FS.mkdirTree("/host")
pyodide_js.mountNodeFS("/host", "/etc")
import os
assert os.listdir("/host")`
  ],
  [
    'js.require',
    'load a file as a program',
    ({ secretPath }) => node(`builtin('node:module').createRequire('/etc/x')(${path(secretPath)})`)
  ],
  [
    'js.own-parts',
    'read what it is made of',
    () => `${OWN_DENO}run_js("(path) => builtin('node:fs').readFileSync(path)")(str(js.process.argv[4]))`
  ],
  [
    'js.raw',
    'Deno’s raw operations',
    () => `${JS}run_js("Deno[Deno.internal].core.ops.op_fs_read_file_text_sync('/etc/passwd')")`
  ],
  ['js.deno', 'Deno itself', () => `${JS}js.Deno.readTextFileSync("/etc/passwd")`],
  [
    'js.database',
    'a database file',
    ({ leftName }) => node(`new (builtin('node:sqlite').DatabaseSync)('/tmp/${leftName}')`)
  ],
  [
    'js.environment',
    'the environment by Node',
    () =>
      `${JS}assert "STIMNET" in str(js.JSON.stringify(js.process.env)) or "PATH" in str(js.JSON.stringify(js.process.env))`
  ],
  [
    'js.environment-own',
    'the environment with a Deno of its own',
    () => `${OWN_DENO}
run_js("Deno.env = { toObject: () => ({}), get: () => undefined }")
assert str(js.process.env.STIMNET_CANARY) not in ("undefined", "")`
  ],
  ['js.name', 'the machine’s name', () => node("builtin('node:os').hostname()")],
  ['js.addresses', 'the machine’s addresses', () => node("JSON.stringify(builtin('node:os').networkInterfaces())")],
  ['js.spawn', 'start a program by Node', () => node("builtin('node:child_process').execFileSync('/bin/true')")],
  ['js.kill', 'signal another process', () => `${JS}js.process.kill(1, 0)`],
  ['js.kill-all', 'signal every process', () => `${JS}js.process.kill(-1, 0)`],
  [
    'js.library',
    'load a native library',
    () => node("process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6')")
  ],
  ['js.inspector', 'open the debugger', () => node("builtin('node:inspector').open(0)")],
  [
    'js.flags',
    'raise the engine’s limits',
    () => `${node("builtin('node:v8').setFlagsFromString('--max-old-space-size=9000')")}
raise OSError("flags are frozen: the memory attacks tell")`
  ],
  ['js.storage', 'keep something in storage', () => `${JS}js.localStorage.setItem("a", "b")`],
  ['js.caches', 'keep something in a cache', () => `${JS}js.caches.open("a")`],
  ['js.broadcast', 'talk to another sandbox', () => `${JS}js.BroadcastChannel.new("a").postMessage("x")`],
  ['js.gpu', 'the graphics driver', () => `${JS}assert js.navigator.gpu`],
  ['js.worker', 'a worker of the browser’s kind', () => `${JS}js.Worker.new("data:text/javascript,1")`],
  ['js.fetch', 'fetch', ({ tcpPort }) => `${JS}js.fetch("http://127.0.0.1:${tcpPort}/")`],
  [
    'js.open-url',
    'fetch by Pyodide',
    ({ tcpPort }) => `import pyodide.http\npyodide.http.open_url("http://127.0.0.1:${tcpPort}/")`
  ],
  ['js.web-socket', 'a WebSocket', ({ tcpPort }) => `${JS}js.WebSocket.new("ws://127.0.0.1:${tcpPort}/")`],
  ['js.event-source', 'an event stream', ({ tcpPort }) => `${JS}js.EventSource.new("http://127.0.0.1:${tcpPort}/")`],
  [
    'js.wheel',
    'fetch a library',
    ({ tcpPort }) => `import micropip\nmicropip.install("http://127.0.0.1:${tcpPort}/x.whl")`
  ],
  [
    'js.facts',
    'where its parts lie on this machine',
    () => `${JS}
known = ("/sandbox/", "serve", "warm", "cold")
# The hash of its own snapshot, which is public, says nothing of the machine.
assert not all(str(w).startswith(known) or len(str(w)) == 64 for w in js.process.argv[1:])`,
    { wasm: 'facts of the machine, not of people' }
  ]
]

/** A worker's script with asynchronous attempts. Their success is visible at the machine's listeners and in the printed text. */
const LATER = ({ tcpPort, udpPort, secretPath }: Marks) => `
const say = (text) => Deno.stderr.writeSync(new TextEncoder().encode(text + '\\n'))
say('the worker runs')
for (const attempt of [() => Deno.readTextFileSync(${path(secretPath)}), () => Deno.env.toObject(), () => Deno.hostname(),
  () => Deno.writeTextFileSync('/tmp/x', 'x'), () => new Deno.Command('/bin/true').outputSync()]) {
  try { attempt(); say('GOT ' + attempt) } catch (error) { say('refused ' + error.name) }
}
const url = 'http://127.0.0.1:${tcpPort}/'
for (const attempt of [() => fetch(url), () => Deno.connect({ port: ${tcpPort} }), () => import(url + 'x.js'), () => import('npm:zod'),
  () => import('jsr:@std/fs'), () => import('https://127.0.0.1:${tcpPort}/x.js'), () => import('file:///etc/hostname')]) {
  Promise.resolve().then(attempt).then(() => say('GOT ' + attempt), (error) => say('refused ' + error.name))
}
try { process.getBuiltinModule('node:dgram').createSocket('udp4').send('x', ${udpPort}, '127.0.0.1') } catch {}
`

const memory = (id: string, title: string, step: string): Assault => ({
  kind: 'assault',
  language: 'python',
  on: 'wasm',
  id,
  title,
  tries: 'Take memory outside Python’s own until the machine has none left.',
  program: ({ memoryBytesMax }) => `${JS}
run_js("""
const x = []
let taken = 0
while (taken < ${memoryBytesMax * 2}) { ${step} }
""")
result = {"got": ["memory beyond the limit"]}`,
  // An engine that cannot allocate more memory throws, which ends the program.
  ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'memory limit' }
})

/** Attacks on embedded Python. */
export const PYODIDE_ATTACKS: readonly (Probe | Assault)[] = [
  ...PIECES.map(
    ([id, title, code, through]): Probe => ({
      kind: 'probe',
      language: 'python',
      on: 'wasm',
      id,
      title,
      code,
      tries: 'Get out by way of the JavaScript that embedded Python runs on.',
      ...(through ? { through } : {})
    })
  ),
  {
    kind: 'assault',
    language: 'python',
    on: 'wasm',
    id: 'js.threads',
    title: 'a worker with a Deno of its own',
    tries:
      'Start a thread that still has what the program was denied: files, environment, network, imports from anywhere.',
    says: 'the worker runs',
    program: (marks) => `${JS}
import time
worker = js.process.getBuiltinModule("node:worker_threads").Worker
worker.new(${JSON.stringify(LATER(marks))}, js.JSON.parse('{"eval": true}'))
time.sleep(2)
result = {"got": []}`,
    ends: { refused: 'contained' }
  },
  {
    kind: 'assault',
    language: 'python',
    on: 'wasm',
    id: 'js.import',
    title: 'import from anywhere',
    tries: 'Import a program from a file, the network or a registry.',
    program: ({ tcpPort }) => `${JS}
import time
for source in ("node:fs", "file:///etc/hostname", "http://127.0.0.1:${tcpPort}/x.js", "npm:zod", "jsr:@std/fs"):
    run_js("(s) => { import(s).then(() => console.error('GOT ' + s), () => {}) }")(source)
time.sleep(1)
result = {"got": []}`,
    ends: { refused: 'contained' }
  },
  {
    kind: 'assault',
    language: 'python',
    on: 'wasm',
    id: 'js.forge',
    title: 'an answer past the runner',
    tries: 'Write a second answer to the host by Node’s own streams.',
    program: () => `${JS}
run_js("globalThis.Deno = { errors: {} }; process.stdout.write(new Uint8Array([0x52, 0, 0, 0, 1, 0x37]))")
result = {"got": []}`,
    ends: { PROGRAM_FAILED: 'contained', refused: 'contained' }
  },
  {
    kind: 'assault',
    language: 'python',
    on: 'wasm',
    id: 'loop.js',
    title: 'an endless loop in JavaScript',
    tries: 'Run for ever where Python’s signals do not reach.',
    wallTimeMsMax: 1_500,
    program: () => `${JS}run_js("for(;;) {}")`,
    ends: { TIME_LIMIT: 'wall time' }
  },
  {
    kind: 'assault',
    language: 'python',
    on: 'wasm',
    id: 'loop.workers',
    title: 'eight spinning workers',
    tries: 'Take every processor of the machine for ever.',
    wallTimeMsMax: 2_000,
    program: () => `${JS}worker = js.process.getBuiltinModule("node:worker_threads").Worker
for _ in range(8): worker.new("for(;;) {}", js.JSON.parse('{"eval": true}'))
while True: pass`,
    ends: { TIME_LIMIT: 'wall time', MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'memory limit' }
  },
  memory(
    'memory.js-buffers',
    'array buffers of JavaScript',
    'x.push(new Uint8Array(50_000_000).fill(1)); taken += 50_000_000'
  ),
  memory('memory.js-objects', 'objects of JavaScript', 'x.push({ a: Math.random(), b: [1] }); taken += 16'),
  memory(
    'memory.js-wasm',
    'memories of WebAssembly',
    'const m = new WebAssembly.Memory({ initial: 800 }); new Uint8Array(m.buffer).fill(1); x.push(m); taken += 52_000_000'
  )
]
