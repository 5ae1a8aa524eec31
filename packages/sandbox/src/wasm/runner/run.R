# Runs the cells of one R program and finds its result: `stimnet_run(header)` gives list(end = "result", value = <JSON text>)
# or list(end = "failed", value = "PROGRAM_FAILED" | "MEMORY_LIMIT" | "OUTPUT_LIMIT"). Everything here is the program's own
# process: nothing it says is trusted. Whoever starts R sources json.R, stimnet.R and run.R into one environment, puts the
# tables into DATA_ROOT (default /data), and calls it with the header as JSON text. What is printed goes where R prints.

# The helpers are found after the program's own names and before R's packages. A program that quits has ended, and no more:
# the process lives on to answer.
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
  # Sandboxes that waited may have started from the same random state.
  set.seed(stimnet_seed())
  # What is printed may not depend on who asks, nor what is slow on how it fails.
  options(warn = 1, width = 120, scipen = 0, keep.source = FALSE, browserNLdisabled = TRUE)
  stimnet$.begin(header$config)
  stimnet_attach()
}

stimnet_seed <- function() {
  source <- file("/dev/urandom", "rb", raw = TRUE)
  on.exit(close(source))
  readBin(source, "integer", 1)
}

# As Rscript does: one expression after the other, and what is visible is printed. `reach` is told where each stands.
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

# The file, else what was released or saved, else the name `result`.
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

# The error, where the program was, and its calls that led there.
stimnet_tell <- function(error, place, calls) {
  message("Error at ", place, if (!is.null(error$call)) paste0(" in ", deparse(error$call, nlines = 1)[1]), ": ", conditionMessage(error))
  for (call in calls) message("  ", substr(deparse(call, nlines = 1)[1], 1, 200))
}

stimnet_run <- function(header) {
  calls <- list()
  place <- "the start"
  reach <- function(reached) place <<- reached
  # Where the program's own calls begin: behind eval(), of which R makes two frames.
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

# R compiles a function at its second call. What most programs do is done here once, on nothing, while the sandbox waits.
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
