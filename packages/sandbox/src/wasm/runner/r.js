/**
 * The runner for R. In a Deno process of its own, it starts R, gives up all permissions and runs one untrusted program.
 *
 * R's main loop asks for one line of console input after the other. This script provides these lines, so that everything
 * happens in one thread, and its own code runs between two lines.
 */
import { answer, answerBroken, encode, giveUpEverything, placeFiles, print, takeJob } from './process.js'

const [dist, warmth] = Deno.args
const here = decodeURIComponent(new URL('.', import.meta.url).pathname)

const HELPERS = ['json.R', 'stimnet.R', 'run.R']
/** Loads the helpers into an environment that sees only R's base functions, so that no program's definitions affect them. */
const LOAD = `attach(list(.stimnet_runner = new.env(parent = baseenv())), name = "stimnet:runner")
for (.file in c(${HELPERS.map((name) => `"${name}"`)})) sys.source(file.path("/lib/helpers", .file), .stimnet_runner)
rm(.file)`
/** Runs the program and writes its outcome to a file, since printed text is no answer. One line, since R gets no second one. */
const RUN = [
  'local({ found <- .stimnet_runner$stimnet_run(readChar("/job/header.json", file.size("/job/header.json"), useBytes = TRUE))',
  'writeBin(charToRaw(paste(found$end, enc2utf8(found$value))), "/job/answer") })'
].join('; ')

/** The lines of console input, one at a time. Each is shorter than R's buffer. */
function* consoleLines() {
  const { FS } = R
  FS.mkdirTree('/lib/helpers')
  for (const name of HELPERS) FS.writeFile(`/lib/helpers/${name}`, Deno.readTextFileSync(here + name))
  yield* LOAD.split('\n')
  // R opens its source of randomness at the first use, which would fail after the permissions are given up.
  yield 'invisible(.stimnet_runner$stimnet_seed())'
  if (warmth === 'warm') yield '.stimnet_runner$stimnet_warm()'
  giveUpEverything()
  const header = takeJob()
  placeFiles(FS, header)
  FS.writeFile('/job/header.json', JSON.stringify(header))
  FS.chdir('/tmp')
  // R is no longer interactive: after the next line it reads the end of its input and exits.
  R.setValue(R._R_Interactive, 0, 'i8')
  yield RUN
}

function tell(FS) {
  flush()
  if (!FS.analyzePath('/job/answer').exists) return answer('failed', 'PROGRAM_FAILED')
  const bytes = FS.readFile('/job/answer')
  const space = bytes.indexOf(0x20)
  const end = new TextDecoder().decode(bytes.subarray(0, space))
  answer(end === 'result' ? 'result' : 'failed', bytes.subarray(space + 1))
}

const lines = consoleLines()
const printed = []

/** Collects the output, which R prints byte by byte. */
function put(byte) {
  if (byte !== null) printed.push(byte)
  if (byte === null || byte === 0x0a || printed.length >= 4096) flush()
}

function flush() {
  print(new Uint8Array(printed.splice(0)))
}

const R = {
  preRun: [
    () => {
      // R's byte-code compiler would cost more time here than it saves.
      Object.assign(R.ENV, { R_HOME: '/usr/lib/R', R_ENABLE_JIT: '0', HOME: '/tmp', TZ: 'UTC', LANG: 'C.UTF-8' })
      R.FS.mkdirTree('/tmp')
    }
  ],
  thisProgram: 'R',
  noExitRuntime: true,
  noInitialRun: true,
  noImageDecoding: true,
  noAudioDecoding: true,
  noWasmDecoding: true,
  locateFile: (name) => `${dist}/${name}`,
  stdin: () => null,
  stdout: put,
  stderr: put,
  print: (text) => print(encode(`${text}\n`)),
  printErr: (text) => print(encode(`${text}\n`)),
  onRuntimeInitialized: run,
  downloadFileContent: () => ({ status: 400, response: 'no connections here' }),
  webr: {
    readConsole: () => R.allocateUTF8(`${lines.next().value ?? ''}\n`),
    setPrompt() {},
    handleEvents() {},
    dataViewer() {}
  }
}

function run() {
  try {
    R.callMain(['--vanilla', '--no-echo', '--interactive'])
    tell(R.FS)
  } catch (error) {
    flush()
    answerBroken(error)
  }
}

/** The modules that R's loader requires, with only the functions that it uses. Commands and connections do not work. */
function require(name) {
  if (name === 'ws')
    return class extends NoConnection {
      static Server = NoConnection
    }
  if (name === 'node:child_process') return { spawnSync: () => ({ status: 127 }) }
  if (name === 'node:fs') return { readFileSync: (path) => Deno.readFileSync(path) }
  if (name === 'node:crypto') return { randomFillSync: (bytes) => crypto.getRandomValues(bytes) }
  throw new Error(`no ${name} here`)
}

class NoConnection {
  constructor() {
    throw new Error('no connections here')
  }
}

globalThis.Module = R
const loader = Deno.readTextFileSync(`${dist}/R.js`)
new Function('require', '__dirname', '__filename', loader)(require, dist, `${dist}/R.js`)
