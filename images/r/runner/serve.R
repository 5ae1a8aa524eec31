# Runs inside a container of its own: says READY, takes one job, answers with one frame, waits to be ended.
#
# In on descriptor 4: u32 length, JSON header, then the bytes of the files it lists. Out on descriptor 3: READY and a line
# feed, then one frame of a kind byte, a u32 length and that many bytes. What the program prints goes to stderr, which the
# host counts and cuts; when all is said, a mark stands there. The frame is made by the same process that ran the
# program: the host must take it as the program's word.
local({
  mark <- "\004END\004\n"
  warmed <- c("dplyr", "survival", "jsonlite", "data.table")

  # R opens a descriptor by its path alone, which a container's engine need not allow; a child has it already.
  input <- pipe("exec cat <&4", "rb")

  # The host closing its end is the end of a container, whether it waits for a job or has answered: so none outlives its host.
  leave <- function(status) quit("no", status, runLast = FALSE)

  read_exactly <- function(length) {
    bytes <- readBin(input, "raw", length)
    if (length(bytes) < length) leave(3)
    bytes
  }

  read_length <- function() sum(as.numeric(read_exactly(4)) * 256^(3:0))

  # Returns when the bytes are on descriptor 3: close() waits for the child, which ends after as many bytes, whoever else has
  # the pipe. With bytes left in the child, the mark could come before the answer, or the container end without it.
  send <- function(bytes) {
    answer <- pipe(sprintf("exec head -c %d >&3", length(bytes)), "wb")
    writeBin(bytes, answer)
    close(answer)
  }

  frame <- function(end, text) {
    payload <- charToRaw(enc2utf8(text))
    size <- as.raw(length(payload) %/% 256^(3:0) %% 256)
    c(charToRaw(if (end == "result") "R" else "F"), size, payload)
  }

  helpers <- new.env()
  for (file in c("json.R", "stimnet.R", "run.R")) sys.source(file.path("/usr/lib/helpers", file), helpers)

  place_files <- function(text) {
    header <- helpers$stimnet_json$read(text)
    # Scripts list the folder of their tables: nothing else is in it unless files come along.
    uploaded <- length(header$config$uploaded_files) > 0
    if (uploaded) dir.create("/data/uploads")
    for (entry in header$files) {
      path <- file.path("/data", entry$name)
      target <- file(path, "wb")
      left <- entry$length
      while (left > 0) {
        chunk <- read_exactly(min(left, 2^20))
        writeBin(chunk, target)
        left <- left - length(chunk)
      }
      close(target)
      Sys.chmod(path, "0444", use_umask = FALSE)
    }
    if (uploaded) Sys.chmod("/data/uploads", "0555", use_umask = FALSE)
    # Scripts read it as JSON: it is passed on as it came, config being the header's last field.
    at <- regexpr("\"config\":", text, fixed = TRUE)
    writeLines(substr(text, at + 9, nchar(text) - 1), "/job/config.json", useBytes = TRUE)
  }

  # Libraries load half of themselves at their first use: what most scripts do is done here once, on nothing.
  warm <- function() {
    helpers$stimnet_warm()
    if (!all(vapply(warmed, requireNamespace, NA, quietly = TRUE))) return(invisible())
    rows <- data.frame(id = 1:200, time = rep(1:40, 5), event = rep(0:1, 100), arm = rep(c("a", "b"), each = 100))
    grouped <- dplyr::summarise(dplyr::group_by(rows, arm), mean = mean(time), sd = stats::sd(time), n = dplyr::n())
    dplyr::arrange(dplyr::mutate(dplyr::filter(rows, time > 3), late = time > 20), time)
    dplyr::left_join(rows, grouped, by = "arm")
    summary(survival::coxph(survival::Surv(time, event) ~ arm, rows))
    summary(survival::survfit(survival::Surv(time, event) ~ arm, rows))
    jsonlite::fromJSON(jsonlite::toJSON(grouped, auto_unbox = TRUE, digits = NA))
    path <- tempfile()
    data.table::fwrite(rows, path)
    data.table::fread(path)
    unlink(path)
    invisible()
  }

  serve <- function(is_warm) {
    if (is_warm) warm()
    send(charToRaw("READY\n"))
    text <- rawToChar(read_exactly(read_length()))
    Encoding(text) <- "UTF-8"
    place_files(text)
    ended <- helpers$stimnet_run(text)
    flush(stdout())
    send(frame(ended$end, ended$value))
    cat(mark, file = stderr())
  }

  mode <- commandArgs(trailingOnly = TRUE)
  if (mode == "modules") {
    send(charToRaw("READY\n"))
    send(frame("result", helpers$stimnet_json$write(I(rownames(utils::installed.packages())))))
    leave(0)
  }
  serve(mode == "warm")
  readBin(input, "raw", 1)
  leave(0)
})
