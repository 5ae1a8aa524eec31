# Runs the cells of one R program and finds its result: `stimnet_run(header)` gives list(end = "result", value = <JSON text>)
# or list(end = "failed", value = "PROGRAM_FAILED" | "MEMORY_LIMIT" | "OUTPUT_LIMIT"). This code runs in the program's own
# process, so its answer is not trusted. The caller sources json.R, stimnet.R and run.R into one environment, puts the tables
# into DATA_ROOT (default /data), and calls stimnet_run with the header as JSON text. Printed text goes to R's usual output.

# Attaches the helpers: R finds them after the program's own names and before its packages. quit() only ends the program; the
# process continues, so that it can answer.
stimnet_attach <- function() {
  leave <- function(save = "no", status = 0, runLast = TRUE) {
    signalCondition(structure(list(message = "quit", call = NULL, status = status), class = c("stimnet_quit", "condition")))
    stop("a program that quits outside stimnet_run", call. = FALSE)
  }
  names <- list(stimnet = stimnet, load_data = load_data, save_result = save_result, quit = leave, q = leave)
  attach(names, name = "stimnet", warn.conflicts = FALSE)
}

stimnet_prepare <- function(header) {
  defaults <- c(DATA_ROOT = "/data", UPLOADS_ROOT = "/data/uploads", JOB_CONFIG = "/job/config.json", OUTPUT_FILE = "/job/result.json")
  for (name in names(defaults)) {
    if (Sys.getenv(name) == "") do.call(Sys.setenv, stats::setNames(list(defaults[[name]]), name))
  }
  Sys.setenv(MIN_COHORT_SIZE = format(header$config$min_cohort_size, scientific = FALSE), TZ = "UTC")
  # Waiting sandboxes may have started from the same random state.
  set.seed(stimnet_seed())
  # Fixed options: printed output must not depend on who asks, and running time must not depend on how a program fails.
  options(warn = 1, width = 120, scipen = 0, keep.source = FALSE, browserNLdisabled = TRUE)
  stimnet$.begin(header$config)
  stimnet_attach()
}

stimnet_seed <- function() {
  source <- file("/dev/urandom", "rb", raw = TRUE)
  on.exit(close(source))
  readBin(source, "integer", 1)
}

# Runs the expressions one after the other, as Rscript does, and prints visible values. `reach` is called with each place.
stimnet_execute <- function(cells, reach) {
  for (number in seq_along(cells)) {
    text <- cells[[number]]
    reach(if (length(cells) == 1) "the script" else paste("cell", number))
    expressions <- parse(text = text, keep.source = TRUE, encoding = "UTF-8")
    lines <- vapply(attr(expressions, "srcref"), function(one) one[[1]], 0L)
    for (at in seq_along(expressions)) {
      reach(paste0(if (length(cells) > 1) paste0("cell ", number, ", "), "line ", lines[[at]]))
      shown <- withVisible(eval(expressions[[at]], globalenv()))
      if (shown$visible) print(shown$value)
    }
  }
}

stimnet_failed <- function(code) list(end = "failed", value = code)

# The result: OUTPUT_FILE, otherwise the released or saved value, otherwise the variable `result`.
stimnet_find <- function(bytes_max) {
  path <- Sys.getenv("OUTPUT_FILE")
  size <- file.size(path)
  if (!is.na(size) && size > bytes_max) return(stimnet_failed("OUTPUT_LIMIT"))
  if (!is.na(size) && size > 0) {
    text <- rawToChar(readBin(path, "raw", size))
    Encoding(text) <- "UTF-8"
    return(list(end = "result", value = text))
  }
  found <- stimnet$.released()
  if (is.null(found) && exists("result", globalenv(), inherits = FALSE)) found <- list(get("result", globalenv()))
  if (is.null(found) || is.null(found[[1]])) {
    message("The program left no result: OUTPUT_FILE, stimnet$release, save_result or a name `result`.")
    return(stimnet_failed("PROGRAM_FAILED"))
  }
  text <- stimnet_json$write(found[[1]])
  if (nchar(text, "bytes") > bytes_max) stimnet_failed("OUTPUT_LIMIT") else list(end = "result", value = text)
}

# Prints the error, the place of the program, and its calls that led there.
stimnet_tell <- function(error, place, calls) {
  message("Error at ", place, if (!is.null(error$call)) paste0(" in ", deparse(error$call, nlines = 1)[1]), ": ", conditionMessage(error))
  for (call in calls) message("  ", substr(deparse(call, nlines = 1)[1], 1, 200))
}

stimnet_run <- function(header) {
  calls <- list()
  place <- "the start"
  reach <- function(reached) place <<- reached
  # The program's own calls: they begin behind stimnet_execute and eval(), for which R makes two frames.
  own <- function(all) {
    depth <- max(which(vapply(all, function(call) identical(call[[1]], quote(stimnet_execute)), NA)), 0)
    utils::tail(utils::head(all[-seq_len(min(length(all), depth + 4))], -2), 20)
  }
  out_of_memory <- function(error) {
    grepl("cannot allocate|memory exhausted|out of memory|memory limit", conditionMessage(error), ignore.case = TRUE)
  }
  tryCatch(
    {
      header <- stimnet_json$read(header)
      stimnet_prepare(header)
      ended <- tryCatch(
        withCallingHandlers(stimnet_execute(as.character(header$cells), reach), error = function(error) calls <<- own(sys.calls())),
        stimnet_quit = function(quit) if (!identical(as.numeric(quit$status), 0)) stop("quit with status ", quit$status, call. = FALSE)
      )
      stimnet_find(header$output_bytes_max)
    },
    error = function(error) {
      if (out_of_memory(error)) return(stimnet_failed("MEMORY_LIMIT"))
      try(stimnet_tell(error, place, calls), silent = TRUE)
      stimnet_failed("PROGRAM_FAILED")
    }
  )
}

# Warms R up while the sandbox waits: does what most programs do on made-up data, twice, since R compiles a function at its
# second call.
stimnet_warm <- function() {
  rows <- data.frame(a = 1:200, b = 1:200 / 7, c = rep(c("x", "y"), 100))
  path <- tempfile()
  on.exit(unlink(path))
  utils::write.csv(rows, path, row.names = FALSE)
  read <- utils::read.csv(path, colClasses = c("numeric", "numeric", "character"), na.strings = "")
  fit <- stats::glm(I(a > 100) ~ rev(b) + c, stats::binomial(), data = transform(read, a = sample(a)))
  linear <- stats::lm(b ~ a + c, read)
  for (round in 1:2) {
    found <- list(
      coefficients = stats::coef(summary(fit)), linear = stats::coef(summary(linear)), groups = tapply(read$b, read$c, mean),
      sd = stats::aggregate(b ~ c, read, stats::sd), table = table(read$c), test = stats::t.test(b ~ c, read)$p.value,
      quantiles = stats::quantile(read$b), correlation = stats::cor(read$a, read$b)
    )
    stimnet_json$read(stimnet_json$write(found))
  }
  tryCatch(stop("warm"), error = function(error) error)
  utils::capture.output(print(found))
  rm(".Random.seed", envir = globalenv())
  stimnet_seed()
  invisible()
}
