/**
 * Runs inside Deno, in a process of its own: brings Python up, gives every permission back, then runs one stranger's
 * program. It is plain JavaScript, since Deno loads it as it is.
 *
 * In on stdin: u32 length, JSON header, then the bytes of the files it lists. Out on stdout: READY and a line feed, then
 * one frame of a kind byte, a u32 length and that many bytes. What the program prints goes to stderr, which the host
 * counts and cuts. The frame is made by the same process that ran the program: the host must take it as the program's word.
 */
// Held here, since the name Deno is gone when the program runs.
const { args, exit, stdin, stdout, stderr } = Deno
const [mode, pyodideDirectory, snapshotPath, warmth] = args

const { loadPyodide } = await import(
  `file://${encodeURI(pyodideDirectory).replace(/[?#]/g, encodeURIComponent)}/pyodide.mjs`
)
const here = decodeURIComponent(new URL('.', import.meta.url).pathname)
const python = (name) => Deno.readTextFileSync(`${here}${name}.py`)
const options = {
  indexURL: `${pyodideDirectory}/`,
  env: { HOME: '/tmp' },
  stdin: () => null
}

if (mode === 'snapshot') await makeSnapshot()
else await serve()

/** The memory of a Python that has already imported what most scripts import. Above 30 MB it could not be restored. */
async function makeSnapshot() {
  const pyodide = await loadPyodide({ ...options, _makeSnapshot: true })
  pyodide.runPython(python('preload'))
  const modules = pyodide.runPython(python('modules'))
  const snapshot = pyodide.makeMemorySnapshot()
  const head = new TextEncoder().encode(modules)
  write(stdout, frame(0x4d, head))
  write(stdout, frame(0x53, snapshot))
}

async function serve() {
  const snapshot = Deno.readFileSync(snapshotPath)
  const pyodide = await loadPyodide({ ...options, _loadSnapshot: snapshot })
  const print = { write: (bytes) => write(stderr, bytes), isatty: false }
  pyodide.setStdout(print)
  pyodide.setStderr(print)
  pyodide.FS.mkdirTree('/lib/helpers')
  for (const name of ['data_loader', 'stimnet']) pyodide.FS.writeFile(`/lib/helpers/${name}.py`, python(name))
  pyodide.runPython(python('run'))
  const run = pyodide.globals.get('_run')
  if (warmth === 'warm') pyodide.runPython('_warm()')
  pyodide.runPython('del _run, _warm')
  giveUpEverything()
  write(stdout, new TextEncoder().encode('READY\n'))

  const header = readHeader()
  placeFiles(pyodide.FS, header)
  const answer = attempt(() => run(JSON.stringify(header)))
  write(stdout, frame(answer.kind, answer.bytes))
  exit(0)
}

/** What Python answered, or the class of its failure where Python itself broke. */
function attempt(work) {
  const encode = (text) => new TextEncoder().encode(text)
  try {
    const [end, value] = work().toJs()
    return end === 'result' ? { kind: 0x52, bytes: encode(value) } : { kind: 0x46, bytes: encode(value) }
  } catch (error) {
    write(stderr, encode(`${error}\n`.slice(0, 4096)))
    const memory = error instanceof RangeError && !/call stack/i.test(error.message)
    return { kind: 0x46, bytes: encode(memory ? 'MEMORY_LIMIT' : 'PROGRAM_FAILED') }
  }
}

/**
 * The boundary is the first loop: afterwards this process may open nothing and reach nobody, whatever runs in it. The
 * deletions only take away what needs no permission (storage, workers, the raw operations) and what might one day.
 */
function giveUpEverything() {
  for (const name of ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys', 'import'])
    Deno.permissions.revokeSync({ name })
  delete Deno[Deno.internal]
  const names =
    'Deno localStorage sessionStorage caches Worker BroadcastChannel fetch WebSocket WebSocketStream EventSource WebTransport'
  for (const name of names.split(' ')) delete globalThis[name]
  Object.defineProperty(globalThis.navigator, 'gpu', { value: undefined })
}

function placeFiles(FS, header) {
  FS.mkdirTree('/data')
  FS.mkdirTree('/job')
  FS.mkdirTree('/tmp')
  for (const { name, length } of header.files) {
    FS.writeFile(`/data/${name}`, readExactly(length), { canOwn: true })
    FS.chmod(`/data/${name}`, 0o444)
  }
  FS.chmod('/data', 0o555)
  FS.writeFile('/job/config.json', JSON.stringify(header.config))
}

function readHeader() {
  const length = new DataView(readExactly(4).buffer).getUint32(0)
  return JSON.parse(new TextDecoder().decode(readExactly(length)))
}

/** The host closing stdin ends a process that waits: so none outlives its host. */
function readExactly(length) {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const read = stdin.readSync(bytes.subarray(at))
    if (read === null) exit(3)
    at += read
  }
  return bytes
}

function frame(kind, payload) {
  const bytes = new Uint8Array(5 + payload.length)
  bytes[0] = kind
  new DataView(bytes.buffer).setUint32(1, payload.length)
  bytes.set(payload, 5)
  return bytes
}

function write(stream, bytes) {
  for (let at = 0; at < bytes.length; ) at += stream.writeSync(bytes.subarray(at))
  return bytes.length
}
