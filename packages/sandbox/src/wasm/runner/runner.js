/** The runner for Python. In a Deno process of its own, it starts Python, gives up all permissions and runs one program. */
import { answer, answerBroken, encode, frame, giveUpEverything, placeFiles, print, takeJob, write } from './process.js'

const { args, stdout } = Deno
const [mode, pyodideDirectory, snapshotPath, snapshotSha256, warmth, wheels, wheelNames] = args

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

/** Writes the memory of a Python that has imported common modules. A memory above 30 MB could not be restored. */
async function makeSnapshot() {
  const pyodide = await loadPyodide({ ...options, _makeSnapshot: true })
  pyodide.runPython(python('preload'))
  const modules = pyodide.runPython(python('modules'))
  const snapshot = pyodide.makeMemorySnapshot()
  write(stdout, frame(0x4d, encode(modules)))
  write(stdout, frame(0x53, snapshot))
}

async function serve() {
  const snapshot = await verifiedSnapshot()
  const pyodide = await loadPyodide({ ...options, ...whereWheelsAre(), _loadSnapshot: snapshot })
  const stream = { write: print, isatty: false }
  pyodide.setStdout(stream)
  pyodide.setStderr(stream)
  if (wheelNames) await pyodide.loadPackage(wheelNames.split(','), { messageCallback: () => {} })
  pyodide.FS.mkdirTree('/lib/helpers')
  for (const name of ['data_loader', 'stimnet']) pyodide.FS.writeFile(`/lib/helpers/${name}.py`, python(name))
  pyodide.runPython(python('run'))
  const run = pyodide.globals.get('_run')
  if (warmth === 'warm') pyodide.runPython('_warm()')
  if (wheelNames) installFrames(pyodide)
  pyodide.runPython('del _run, _warm')
  giveUpEverything()

  const header = takeJob()
  try {
    placeFiles(pyodide.FS, header)
    const [end, value] = run(JSON.stringify(header)).toJs()
    answer(end, value)
  } catch (error) {
    answerBroken(error)
  }
}

/** The snapshot, verified after it was read, so that a later change of the file has no effect. */
async function verifiedSnapshot() {
  const snapshot = Deno.readFileSync(snapshotPath)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', snapshot))
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found !== snapshotSha256) throw new Error('the snapshot is not the one that was sealed')
  return snapshot
}

/** Lets scripts load tables as DataFrames if pandas is installed, as in every sandbox that has it. */
function installFrames(pyodide) {
  pyodide.FS.mkdirTree('/lib/runner')
  pyodide.FS.writeFile('/lib/runner/frames.py', python('frames'))
  pyodide.runPython(
    'import sys; sys.path.insert(0, "/lib/runner"); import frames; del sys.path[0]; frames.install(); del frames, sys'
  )
}

/** Options for the fetched wheels. A snapshot cannot contain them, so they are loaded after it. */
function whereWheelsAre() {
  if (!wheelNames) return {}
  return { packageCacheDir: wheels, packageBaseUrl: wheels, lockFileURL: `${wheels}/pyodide-lock.json` }
}
