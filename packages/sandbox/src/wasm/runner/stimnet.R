# The interface of an R program: its inputs, and functions to name the values that it releases. Sourced after json.R.
#
# stimnet$tables      a list: table name -> data frame (NA is missing)
# stimnet$parameters  the parameters of the request
# stimnet$filters     its filters, already applied to the cohort where they name variables
# stimnet$release     release("mean_age", 61.2), release("age", n = 120, mean = 61.2), release("quartiles", 55, 61, 70); or
#                     with a kind, for which the node has stricter checks: release("age", "mean", value = 61.2)
# load_data           load_data("subjects"): one table; load_data(): all tables
# save_result         save_result(x): x is the result; save_result("name", x): the same as release
#
# If the program uses none of these, the result is its variable `result`.
stimnet <- new.env()

# The kinds of typed outputs, and the fields of each.
stimnet$kinds <- list(
  count = "value", table = "counts", histogram = "counts", sum = "value", mean = "value", proportion = "value",
  quantile = "value", sd = "value", coefficients = "terms", test = c("statistic", "df", "p"), curve = "values"
)

# Both are set below.
load_data <- save_result <- NULL

local({
  config <- list(tables = list())
  released <- NULL
  outputs <- NULL
  loaded <- list()

  number <- function(value, where) {
    if (is.matrix(value) || !is.numeric(value) || length(value) != 1) stop(where, " is not one number", call. = FALSE)
    if (!is.finite(value)) stop(where, " is ", format(value), ", which is no number", call. = FALSE)
    as.vector(value)
  }

  whole <- function(value, where) {
    value <- number(value, where)
    if (value < 0 || value != round(value)) stop(where, " is not a whole number of zero or more", call. = FALSE)
    value
  }

  each <- function(values, check, where) {
    if (length(values) == 0) stop(where, " is empty", call. = FALSE)
    I(vapply(as.list(unname(values)), check, 0, where))
  }

  # The names of the values. Each must be unique and not empty.
  keys <- function(value, where) {
    names <- if (length(dim(value)) > 0) dimnames(value)[[1]] else names(value)
    if (length(names) == 0 || anyNA(names) || any(names == "") || anyDuplicated(names)) {
      stop(where, " needs a name for each of its values, and each name once", call. = FALSE)
    }
    names
  }

  counts <- function(value, where) {
    if (length(dim(value)) > 1) stop(where, " has more than one dimension", call. = FALSE)
    names <- keys(value, where)
    lapply(stats::setNames(as.list(as.vector(value)), names), whole, where)
  }

  # Takes a matrix as coef(summary(fit)) returns it, or a list: term -> c(estimate, se).
  terms <- function(value, where) {
    names <- keys(value, where)
    rows <- if (length(dim(value)) == 2) lapply(seq_len(nrow(value)), function(row) value[row, 1:2]) else as.list(value)
    lapply(stats::setNames(rows, names), function(pair) {
      if (!is.list(pair)) pair <- as.list(unname(pair))
      if (length(pair) != 2) stop(where, " needs an estimate and its se for each term", call. = FALSE)
      if (is.null(names(pair))) names(pair) <- c("estimate", "se")
      if (!setequal(names(pair), c("estimate", "se"))) {
        stop(where, " needs `estimate` and `se` for each term", call. = FALSE)
      }
      list(estimate = number(pair$estimate, where), se = number(pair$se, where))
    })
  }

  # The checked output, or an error that says what is wrong with it.
  output <- function(name, kind, fields) {
    where <- sprintf("release(\"%s\", \"%s\")", name, kind)
    needed <- stimnet$kinds[[kind]]
    if (is.null(names(fields)) || !setequal(names(fields), needed) || anyDuplicated(names(fields))) {
      stop(where, " takes ", paste(needed, "=", collapse = ", "), " and nothing else", call. = FALSE)
    }
    checked <- switch(kind,
      count = list(value = whole(fields$value, where)),
      table = list(counts = counts(fields$counts, where)),
      histogram = list(counts = each(fields$counts, whole, where)),
      coefficients = list(terms = terms(fields$terms, where)),
      curve = list(values = each(fields$values, number, where)),
      lapply(fields[needed], number, where)
    )
    c(list(kind = kind), checked)
  }

  # All arguments are in `...`, because R would match a field `n` with a parameter whose name begins with n.
  release <- function(...) {
    values <- list(...)
    given <- if (is.null(names(values))) character(length(values)) else names(values)
    first <- match(TRUE, given == "name", match("", given))
    name <- if (is.na(first)) NULL else values[[first]]
    if (!is.character(name) || length(name) != 1 || is.na(name) || name == "") {
      stop("release needs a name first", call. = FALSE)
    }
    values <- values[-first]
    isNamed <- given[-first] != ""
    isTyped <- any(isNamed) && (sum(!isNamed) == 1 || is.element(list(values$kind), names(stimnet$kinds)))
    if (isTyped) return(invisible(releaseTyped(name, values, isNamed)))
    if (length(values) == 0 || any(isNamed) && !all(isNamed)) {
      stop("release needs either values or named fields after the name", call. = FALSE)
    }
    if (!is.null(outputs)) stopMixed(name)
    value <- if (any(isNamed) || length(values) > 1) values else values[[1]]
    if (!any(isNamed)) names(value) <- if (length(values) == 1) names(value)
    released[name] <<- list(value)
    invisible()
  }

  releaseTyped <- function(name, values, isNamed) {
    kind <- if (all(isNamed)) values$kind else values[[which(!isNamed)]]
    if (!is.character(kind) || length(kind) != 1 || !is.element(kind, names(stimnet$kinds))) {
      stop("release(\"", name, "\"): the kind is one of ", paste(names(stimnet$kinds), collapse = ", "), call. = FALSE)
    }
    if (!is.null(released)) stopMixed(name)
    fields <- values[isNamed]
    outputs[name] <<- list(output(name, kind, if (all(isNamed)) fields[names(fields) != "kind"] else fields))
  }

  stopMixed <- function(name) {
    stop("release(\"", name, "\"): a program gives all of its releases a kind, or none", call. = FALSE)
  }

  stimnet$release <- release

  types <- c(integer = "numeric", number = "numeric", category = "character", date = "character", text = "character")

  parse <- function(path, columns) {
    classes <- vapply(columns, function(column) types[[column$type]], "")
    names(classes) <- vapply(columns, function(column) column$name, "")
    present <- utils::read.csv(path, nrows = 1, header = FALSE, colClasses = "character", encoding = "UTF-8")
    classes <- classes[is.element(names(classes), as.character(present))]
    # Columns with a declared type are read with it; other columns are text.
    every <- stats::setNames(rep("character", length(present)), as.character(present))
    every[names(classes)] <- classes
    rows <- utils::read.csv(path, colClasses = unname(every), na.strings = "", check.names = FALSE, encoding = "UTF-8",
      stringsAsFactors = FALSE)
    for (column in columns) {
      values <- rows[[column$name]]
      if (column$type == "integer" && !is.null(values) && isTRUE(all(abs(values) < 2^31 & values == round(values), na.rm = TRUE))) {
        rows[[column$name]] <- as.integer(values)
      }
    }
    rows
  }

  load_data <<- function(table = NULL) {
    names <- vapply(config$tables, function(one) one$name, "")
    root <- Sys.getenv("DATA_ROOT")
    if (is.null(table) || identical(sub("/$", "", table), root)) {
      return(sapply(names, load_data, simplify = FALSE))
    }
    name <- sub("\\.csv$", "", as.character(table))
    if (is.null(loaded[[name]])) {
      at <- match(name, names)
      if (is.na(at)) stop("no table \"", name, "\"; there are: ", paste(names, collapse = ", "), call. = FALSE)
      loaded[[name]] <<- parse(file.path(root, paste0(name, ".csv")), config$tables[[at]]$columns)
    }
    loaded[[name]]
  }

  saved <- NULL
  save_result <<- function(name, value) {
    if (!missing(value)) return(release(name, value))
    saved <<- list(name)
    invisible()
  }

  # Called once, with the configuration of the job.
  stimnet$.begin <- function(header) {
    config <<- header
    stimnet$parameters <- header$parameters
    stimnet$filters <- header$filters
    stimnet$uploads <- list()
    for (one in header$uploaded_files) stimnet$uploads[[one$name]] <- one$path
    stimnet$min_cohort_size <- header$min_cohort_size
    # Tables are parsed at their first use, so that a program that opens the files itself does not wait for it.
    delayedAssign("tables", load_data(), assign.env = stimnet)
  }

  # list(value), or NULL if nothing was released.
  stimnet$.released <- function() {
    if (!is.null(outputs)) return(list(list(stimnet_outputs = outputs)))
    if (!is.null(released)) return(list(released))
    saved
  }
})
