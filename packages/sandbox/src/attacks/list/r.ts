/** Attacks in R, with R functions that can access the machine. */
import type { Assault, Marks, Probe } from '../attack.ts'

type Piece = readonly [id: string, title: string, tries: string, code: (marks: Marks) => string]

const text = JSON.stringify

const THROUGH: Readonly<Record<string, Probe['through']>> = {
  'r.listen': { 'docker+gvisor': 'gVisor’s own kernel' },
  // In writable folders, gVisor prevents the execution of a program, but not loading it as a library.
  'r.native': { 'docker+gvisor': 'gVisor’s own kernel' }
}

const PIECES: readonly Piece[] = [
  [
    'r.secret',
    'a file with a secret',
    'Read a file of the machine.',
    ({ secretPath }) => `must(length(suppressWarnings(readLines(${text(secretPath)}))) > 0)`
  ],
  [
    'r.shadow',
    'password hashes',
    'Read the password file.',
    () => 'must(any(grepl("$", suppressWarnings(readLines("/etc/shadow")), fixed = TRUE)))'
  ],
  [
    'r.environment',
    'the environment',
    'Find settings or secrets of the node in the environment.',
    () =>
      'must(any(grepl("^(STIMNET|NODE|SSH|AWS|DOCKER)", names(Sys.getenv()))) || !Sys.getenv("USER") %in% c("", "web_user"))'
  ],
  [
    'r.system',
    'start a program',
    'Start a program of the machine; inside a container that reaches no further than R itself.',
    ({ secretPath }) =>
      `must(length(suppressWarnings(system2("cat", ${text(secretPath)}, stdout = TRUE, stderr = FALSE))) > 0)`
  ],
  [
    'r.connect',
    'connect to this machine',
    'Reach a listener on this machine.',
    ({ tcpPort }) =>
      `s <- suppressWarnings(socketConnection("127.0.0.1", ${tcpPort}, timeout = 2, blocking = TRUE, open = "r+"))\nwriteLines("x", s)`
  ],
  ['r.listen', 'listen for others', 'Open a port of this machine.', () => 's <- serverSocket(46123L)\nclose(s)'],
  [
    'r.url',
    'fetch a page',
    'Fetch a page of this machine.',
    ({ tcpPort }) => `suppressWarnings(readLines(url("http://127.0.0.1:${tcpPort}/"), n = 1))`
  ],
  [
    'r.download',
    'download a file',
    'Download a file.',
    ({ tcpPort }) =>
      `must(suppressWarnings(download.file("http://127.0.0.1:${tcpPort}/", tempfile(), quiet = TRUE)) == 0)`
  ],
  [
    'r.install',
    'install a package',
    'Fetch a package from the world.',
    () => 'must(nrow(suppressWarnings(available.packages(repos = "http://192.0.2.1"))) > 0)'
  ],
  [
    'r.native',
    'load a native library of its own',
    'Run native code that it brought along.',
    () => 'p <- file.path("/tmp", "own.so")\nfile.copy("/usr/lib/R/lib/libR.so", p)\ndyn.load(p)'
  ],
  [
    'r.javascript',
    'JavaScript beneath R',
    'Get out by way of the JavaScript that embedded R runs on.',
    ({ secretPath }) =>
      `must(nchar(webr::eval_js(${text(`(() => { try { return process.getBuiltinModule('node:fs').readFileSync(${text(secretPath)}, 'utf8') } catch (e) { return '' } })()`)})) > 0)`
  ],
  [
    'r.javascript-fetch',
    'JavaScript’s network',
    'Fetch a page by the JavaScript that embedded R runs on.',
    ({ tcpPort }) =>
      `webr::eval_js(${text(`(() => { const x = new XMLHttpRequest(); x.open('GET', 'http://127.0.0.1:${tcpPort}/', false); x.send(); return x.status })()`)})`
  ]
]

const ANSWER = (got: string) =>
  `cat('{"got":', if (${got}) '["it"]' else '[]', '}', file = Sys.getenv("OUTPUT_FILE"))\n`

const assault = (one: Omit<Assault, 'kind' | 'language'>): Assault => ({ kind: 'assault', language: 'r', ...one })

/** Attacks on engines that run R. */
export const R_ATTACKS: readonly (Probe | Assault)[] = [
  ...PIECES.map(([id, title, tries, code]): Probe => {
    const through = THROUGH[id]
    return { kind: 'probe', language: 'r', id, title, tries, code, ...(through ? { through } : {}) }
  }),
  assault({
    id: 'r.loop',
    title: 'an endless loop',
    tries: 'Run for ever and catch every interrupt.',
    wallTimeMsMax: 3_000,
    program: () => `repeat tryCatch(repeat {}, interrupt = function(e) NULL, error = function(e) NULL)`,
    ends: { TIME_LIMIT: 'wall time' }
  }),
  assault({
    id: 'r.memory',
    title: 'vectors that grow',
    tries: 'Take memory until the machine has none left for others.',
    program: ({ memoryBytesMax }) => `x <- list()
while (length(x) < ${Math.round((memoryBytesMax * 1.5) / 40_000_000) + 5}) x[[length(x) + 1]] <- numeric(5e6) + length(x)
${ANSWER('TRUE')}`,
    ends: { MEMORY_LIMIT: 'memory limit', PROGRAM_FAILED: 'memory limit' }
  }),
  assault({
    id: 'r.print',
    title: 'endless printing',
    tries: 'Print so much that whoever reads it breaks.',
    program: () => 'line <- strrep("x", 1000)\nrepeat cat(line, "\\n")',
    ends: { OUTPUT_LIMIT: 'output limit' }
  }),
  assault({
    id: 'r.result',
    title: 'a huge result',
    tries: 'Give out so much that whoever reads it breaks.',
    program: () => 'cat("[", strrep("1,", 2e6), "1]", file = Sys.getenv("OUTPUT_FILE"))',
    ends: { OUTPUT_LIMIT: 'output limit' }
  }),
  assault({
    id: 'r.link',
    title: 'a link as its result',
    tries: 'Have the host read a file of the machine in place of the result.',
    program: ({ secretPath }) => `file.symlink(${text(secretPath)}, Sys.getenv("OUTPUT_FILE"))`,
    ends: { PROGRAM_FAILED: 'contained' }
  }),
  assault({
    id: 'r.quit',
    title: 'exit code 0 and no answer',
    tries: 'Pass for a success without one.',
    program: () => 'quit(save = "no", status = 0)',
    ends: { PROGRAM_FAILED: 'contained' }
  }),
  assault({
    id: 'r.next',
    title: 'leave something for the next job',
    tries: 'Leave files and names behind, for a later job to find.',
    program: ({
      leftName
    }) => `for (d in c("/tmp", "/data", "/job", "/home", "/var/tmp", getwd())) try(suppressWarnings(cat("x", file = file.path(d, ${text(leftName)}))), silent = TRUE)
Sys.setenv(LEFT = "x")
${ANSWER('FALSE')}`,
    next: ({ leftName }) =>
      ANSWER(
        `Sys.getenv("LEFT") != "" || any(file.exists(file.path(c("/tmp", "/data", "/job", "/home", "/var/tmp", getwd()), ${text(leftName)})))`
      ),
    ends: { refused: 'contained' }
  })
]
