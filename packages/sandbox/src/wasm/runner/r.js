/**
 * Runs inside Deno, in a process of its own: brings R up, gives every permission back, then runs one stranger's program.
 *
 * R's main loop asks for one line of console input after the other. Here those lines are ours, so that all of it happens in
 * one thread, and between two lines this script has its turn.
 */
import { answer, answerBroken, encode, giveUpEverything, placeFiles, print, takeJob } from './process.js'

const [dist, warmth] = Deno.args
const here = decodeURIComponent(new URL('.', import.meta.url).pathname)

const HELPERS = ['json.R', 'stimnet.R', 'run.R']
/** R's own functions only: what a program defines may not reach into the helpers. */
const LOAD = `attach(list(.stimnet_runner = new.env(parent = baseenv())), name = "stimnet:runner")
for (.file in c(${HELPERS.map((name) => `"${name}"`)})) sys.source(file.path("/lib/helpers", .file), .stimnet_runner)
rm(.file)`
/** The frame's text goes through a file: what a program prints is no answer. In one line, since there is no second. */
const RUN = [
  'local({ found <- .stimnet_runner$stimnet_run(readChar("/job/header.json", file.size("/job/header.json"), useBytes = TRUE))',
  'writeBin(charToRaw(paste(found$end, enc2utf8(found$value))), "/job/answer") })'
].join('; ')

/** At most one line at a time, of less than R's buffer. */
function* consoleLines() {
  const { FS } = R
  FS.mkdirTree('/lib/helpers')
  for (const name of HELPERS) FS.writeFile(`/lib/helpers/${name}`, Deno.readTextFileSync(here + name))
  yield* LOAD.split('\n')
  // R looks for its source of randomness at the first call, and could not once the permissions are gone.
  yield 'invisible(.stimnet_runner$stimnet_seed())'
  if (warmth === 'warm') yield '.stimnet_runner$stimnet_warm()'
  giveUpEverything()
  const header = takeJob()
  placeFiles(FS, header)
  FS.writeFile('/job/header.json', JSON.stringify(header))
  FS.chdir('/tmp')
  // A program is no dialogue. Whatever R reads after this line is the end of its input, and it leaves.
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

/** R prints byte by byte. */
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
      // R's compiler of functions to byte code costs more here than it gains.
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

/** The modules that R's loader asks for, and of those what it uses. There are no commands and no connections to be had. */
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
