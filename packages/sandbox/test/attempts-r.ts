/** Escape attempts of a hostile R program. An attempt that does not fail has obtained something that it must not have. */

/** A program that tries each piece of code. Its result is the list of successful ones. */
export function tryAllInR(pieces: Record<string, string>): string {
  const listed = Object.entries(pieces).map(([name, code]) => `list(${JSON.stringify(name)}, ${JSON.stringify(code)})`)
  return `
got <- character()
for (piece in list(${listed.join(',\n')})) {
  outcome <- tryCatch(suppressWarnings(isTRUE(eval(parse(text = piece[[2]]), new.env()))), error = function(error) {
    message(piece[[1]], " -> ", substr(conditionMessage(error), 1, 200))
    FALSE
  })
  if (outcome) got <- c(got, piece[[1]])
}
result <- list(got = I(got))`
}

/** Attempts that return TRUE if they succeed. `port` belongs to a listener that no attempt may reach. */
export function R_ATTEMPTS(port: number): Record<string, string> {
  return {
    'read a file of the machine': 'length(readLines("/etc/passwd")) > 1',
    'read its own memory map': 'length(readLines("/proc/self/maps")) > 0',
    'list the processes': 'any(grepl("^[0-9]{3,}$", list.files("/proc")))',
    'read the secret in the environment': 'any(Sys.getenv() == "hidden")',
    'read the environment file': 'length(readBin("/proc/self/environ", "raw", 10)) > 0',
    'find a folder of the machine': 'any(file.exists("/root", "/etc/hostname", "/var/lib", "/sandbox", "/work"))',
    'run a command': 'system("true") == 0',
    'run a command and read it': 'length(system("echo x", intern = TRUE)) > 0',
    'run a command by system2': 'system2("/bin/true") == 0',
    'read from a command': 'length(readLines(pipe("echo x"))) > 0',
    'open a socket': `{ s <- socketConnection("127.0.0.1", ${port}, open = "r+", timeout = 2); writeLines("x", s); TRUE }`,
    'fetch by url': `length(readLines(url("http://127.0.0.1:${port}/"))) >= 0`,
    'download a file': `download.file("http://127.0.0.1:${port}/", "/tmp/x", quiet = TRUE) == 0`,
    'install a package': `{ install.packages("x", repos = "http://127.0.0.1:${port}", quiet = TRUE); "x" %in% rownames(installed.packages()) }`,
    'install a package by webR': `{ webr::install("jsonlite", repos = "http://127.0.0.1:${port}"); requireNamespace("jsonlite", quietly = TRUE) }`,
    'load a library of the machine': '{ dyn.load("/lib/x86_64-linux-gnu/libc.so.6"); TRUE }',
    'call into JavaScript': '{ .C("emscripten_run_script", "1"); TRUE }',
    fork: '{ parallel::mcparallel(1); TRUE }',
    'change the tables':
      '{ cat("x", file = "/data/subjects.csv", append = TRUE); any(readLines("/data/subjects.csv") == "x") }',
    'ask who runs it': 'Sys.info()[["user"]] == "root" && Sys.info()[["nodename"]] != "emscripten"'
  }
}
