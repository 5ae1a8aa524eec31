# JSON for an R without packages: `stimnet_json$write(value)` returns the text, `stimnet_json$read(text)` the value. A value or
# text that is no JSON is an error. This file is sourced before stimnet.R.
stimnet_json <- local({
  escape <- function(words) {
    if (length(words) == 0) return(character())
    words <- enc2utf8(words)
    if (!all(validUTF8(words[!is.na(words)]))) stop("a text that is not UTF-8 is not JSON", call. = FALSE)
    escaped <- gsub("\"", "\\\"", gsub("\\", "\\\\", words, fixed = TRUE), fixed = TRUE)
    for (code in which(vapply(1:31, function(code) any(grepl(intToUtf8(code), words, fixed = TRUE)), NA))) {
      escaped <- gsub(intToUtf8(code), sprintf("\\u%04x", code), escaped, fixed = TRUE)
    }
    paste0("\"", escaped, "\"")
  }

  # The shortest texts that are read back as the same numbers.
  digits <- function(numbers) {
    text <- sprintf("%.15g", numbers)
    for (format in c("%.16g", "%.17g")) {
      differs <- !is.na(numbers) & as.numeric(text) != numbers
      text[differs] <- sprintf(format, numbers[differs])
    }
    text
  }

  # Each element of a plain vector as JSON.
  atoms <- function(values) {
    if (is.double(values) && any(is.nan(values) | is.infinite(values))) {
      stop("NaN and infinite numbers are not JSON; NA is null", call. = FALSE)
    }
    text <- switch(typeof(values),
      logical = ifelse(values, "true", "false"),
      integer = sprintf("%d", values),
      double = digits(values),
      character = escape(values),
      stop("a ", typeof(values), " is not JSON", call. = FALSE)
    )
    text[is.na(values)] <- "null"
    text
  }

  # Converts dates, factors and tables into plain vectors, lists or matrices.
  plain <- function(value) {
    if (is.factor(value)) return(stats::setNames(as.character(value), names(value)))
    if (inherits(value, "Date")) return(stats::setNames(format(value), names(value)))
    if (inherits(value, "POSIXt")) return(format(value, "%Y-%m-%dT%H:%M:%S"))
    if (is.data.frame(value)) return(lapply(as.list(value), I))
    if (length(dim(value)) == 1) return(stats::setNames(as.vector(value), dimnames(value)[[1]]))
    if (length(dim(value)) > 2) stop("an array of more than two dimensions is not JSON", call. = FALSE)
    value
  }

  join <- function(parts, keys, opening, closing) {
    if (is.null(keys)) return(paste0(opening, paste(parts, collapse = ","), closing))
    if (anyNA(keys) || any(keys == "") || anyDuplicated(keys)) {
      stop("a list or vector is JSON when all of it is named, each differently, or none of it", call. = FALSE)
    }
    paste0("{", paste(escape(keys), parts, sep = ":", collapse = ","), "}")
  }

  write <- function(value) {
    keep <- inherits(value, "AsIs")
    if (keep) class(value) <- setdiff(class(value), "AsIs")
    value <- plain(value)
    if (is.null(value)) return("null")
    if (isS4(value) || !(is.list(value) || is.atomic(value))) {
      stop("a ", class(value)[1], " is not JSON", call. = FALSE)
    }
    if (is.matrix(value)) {
      rows <- vapply(seq_len(nrow(value)), function(row) write(I(value[row, ])), "")
      return(join(rows, rownames(value), "[", "]"))
    }
    if (is.list(value)) {
      parts <- vapply(unname(unclass(value)), write, "")
      # An empty list with names is the empty object.
      return(if (length(value) == 0 && !is.null(names(value))) "{}" else join(parts, names(value), "[", "]"))
    }
    parts <- atoms(as.vector(unclass(value)))
    if (length(parts) == 1 && is.null(names(value)) && !keep) parts else join(parts, names(value), "[", "]")
  }

  token <- "\"(?:[^\"\\\\]|\\\\.)*+\"|-?[0-9][0-9.eE+-]*+|true|false|null|[\\[\\]{},:]"

  signs <- c(b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", "\"" = "\"", "\\" = "\\", "/" = "/")

  # The character for one escape: a letter, or one or two code units in hexadecimal.
  sign <- function(escape) {
    if (substr(escape, 2, 2) != "u") return(signs[[substr(escape, 2, 2)]])
    unit <- strtoi(substring(escape, seq(3, nchar(escape), 6), seq(6, nchar(escape), 6)), 16L)
    intToUtf8(if (length(unit) == 2) 65536L + (unit[1] - 55296L) * 1024L + unit[2] - 56320L else unit)
  }

  # Works on bytes and converts each distinct escape once: a program is one long string with an escape at the end of each line.
  unescape <- function(word) {
    word <- substr(word, 2, nchar(word) - 1)
    if (!grepl("\\", word, fixed = TRUE)) return(word)
    found <- gregexpr("\\\\(?:u[dD][89abAB]..\\\\u[dD][c-fC-F]..|u....|.)", word, perl = TRUE, useBytes = TRUE)
    escapes <- regmatches(word, found)[[1]]
    each <- unique(escapes)
    meant <- vapply(each, sign, "")[match(escapes, each)]
    pieces <- regmatches(word, found, invert = TRUE)[[1]]
    bytes <- lapply(c(rbind(pieces, c(meant, ""))), charToRaw)
    text <- rawToChar(unlist(bytes))
    Encoding(text) <- "UTF-8"
    text
  }

  # An array whose values have one type becomes a vector, as usual in R; any other array becomes a list.
  simplify <- function(values) {
    if (length(values) == 0) return(list())
    isMissing <- vapply(values, is.null, NA)
    types <- unique(vapply(values[!isMissing], function(one) if (length(one) == 1) typeof(one) else "list", ""))
    if (length(types) != 1 || types == "list") return(values)
    values[isMissing] <- NA
    unlist(values)
  }

  read <- function(text) {
    found <- gregexpr(token, text, perl = TRUE, useBytes = TRUE)
    tokens <- regmatches(text, found)[[1]]
    Encoding(tokens) <- "UTF-8"
    at <- 0L
    following <- function() {
      at <<- at + 1L
      if (at > length(tokens)) stop("the JSON ends too early", call. = FALSE)
      tokens[[at]]
    }
    several <- function(closing, one) {
      if (at < length(tokens) && tokens[[at + 1L]] == closing) return(invisible(following()))
      repeat {
        one()
        sign <- following()
        if (sign == closing) return(invisible())
        if (sign != ",") stop("a comma is missing in the JSON", call. = FALSE)
      }
    }
    value <- function(sign = following()) {
      if (sign == "{") {
        fields <- stats::setNames(list(), character())
        several("}", function() {
          name <- unescape(following())
          if (following() != ":") stop("a colon is missing in the JSON", call. = FALSE)
          fields[name] <<- list(value())
        })
        return(fields)
      }
      if (sign == "[") {
        items <- list()
        several("]", function() items[length(items) + 1L] <<- list(value()))
        return(simplify(items))
      }
      switch(sign, true = TRUE, false = FALSE, null = NULL,
        if (startsWith(sign, "\"")) unescape(sign) else as.numeric(sign))
    }
    whole <- value()
    if (at != length(tokens)) stop("the JSON goes on after its end", call. = FALSE)
    whole
  }

  list(read = read, write = write)
})
