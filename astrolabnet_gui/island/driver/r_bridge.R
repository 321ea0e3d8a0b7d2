# The R side of a session: runs code it is told to, gives it Spark through files, prints as Livy's R does.
# Without SparkR it offers sql(), createDataFrame(), createOrReplaceTempView() and collect() on plain data frames.

local({
  folder <- Sys.getenv("ALN_FOLDER")
  mark <- Sys.getenv("ALN_MARK")
  con <- socketConnection("127.0.0.1", as.integer(Sys.getenv("ALN_PORT")), blocking = TRUE, open = "r+b",
                          timeout = 31536000L)
  say <- function(...) {
    writeLines(paste(c(...), collapse = "\t"), con)
    flush(con)
  }
  hear <- function() {
    line <- readLines(con, n = 1L)
    if (length(line) == 0L) quit(save = "no", status = 0L)
    strsplit(line, "\t", fixed = TRUE)[[1L]]
  }
  text_of <- function(path) paste(readLines(path, encoding = "UTF-8", warn = FALSE), collapse = "\n")
  ask <- function(...) {
    answer <- suspendInterrupts({
      say(...)
      hear()
    })
    if (answer[1L] == "error") stop(text_of(answer[2L]), call. = FALSE)
    invisible(answer[-1L])
  }
  put <- function(text, name) {
    path <- file.path(folder, name)
    file <- file(path, "wb")
    on.exit(close(file))
    writeLines(enc2utf8(text), file, useBytes = TRUE)
    path
  }
  say(Sys.getenv("ALN_TOKEN"))

  library_of_sparkr <- Sys.getenv("ALN_SPARKR")
  if (nzchar(library_of_sparkr)) {
    # What it masks is no news to anybody, and would stand in the first statement's output.
    suppressPackageStartupMessages(library("SparkR", lib.loc = library_of_sparkr, character.only = TRUE))
    inner <- get(".sparkREnv", envir = asNamespace("SparkR"))
    call_static <- get("callJStatic", envir = asNamespace("SparkR"))
    backend <- list("localhost", as.integer(Sys.getenv("ALN_BACKEND")), 6000, Sys.getenv("ALN_SECRET"))
    connect <- function() do.call(get("connectBackend", envir = asNamespace("SparkR")), backend)
    connect()
    # An answer of Java that nobody took, because an interrupt came first, would be taken for the next one's:
    # so that line is given up, and the next call has a new one.
    invoke <- get("invokeJava", envir = asNamespace("SparkR"))
    given_up <- FALSE
    utils::assignInNamespace("invokeJava", function(...) {
      withCallingHandlers({
        if (given_up) {
          try(close(get(".sparkRCon", envir = inner)), silent = TRUE)
          connect()
          given_up <<- FALSE
        }
        invoke(...)
      }, interrupt = function(e) given_up <<- TRUE)
    }, "SparkR")
    assign(".scStartTime", as.integer(Sys.time()), envir = inner)
    context <- call_static("org.apache.spark.SparkContext", "getOrCreate")
    java_context <- call_static("org.apache.spark.api.java.JavaSparkContext", "fromSparkContext", context)
    assign(".sc", java_context, envir = inner)
    assign(".sparkRjsc", java_context, envir = inner)  # so that sparkR.session() finds Spark here and starts no other
    assign("sc", java_context, envir = globalenv())
    session <- call_static("org.apache.spark.sql.SparkSession", "active")
    assign(".sparkRsession", session, envir = inner)
    assign("spark", session, envir = globalenv())
    in_group <- get("setJobGroup", envir = asNamespace("SparkR"))
  } else {
    bridge <- new.env()
    bridge$sql <- function(query) {
      answer <- file.path(folder, "frame.rds")
      ask("sql", put(query, "query"), answer)
      readRDS(answer)
    }
    bridge$createDataFrame <- function(data, ...) {
      data <- as.data.frame(data, stringsAsFactors = FALSE)
      data[] <- lapply(data, function(column) {
        if (is.factor(column)) column <- as.character(column)
        if (inherits(column, "POSIXlt")) column <- as.POSIXct(column)
        if (is.character(column)) enc2utf8(column) else column
      })
      data
    }
    bridge$createOrReplaceTempView <- function(x, viewName) {
      path <- file.path(folder, "view.rds")
      saveRDS(bridge$createDataFrame(x), path, version = 2L, compress = FALSE)
      ask("view", path, put(viewName, "name"))
    }
    bridge$collect <- function(x, ...) x
    attach(bridge, name = "spark bridge", warn.conflicts = FALSE)
    in_group <- function(...) NULL  # the driver runs the jobs, and groups them itself
  }
  Sys.unsetenv(c("ALN_PORT", "ALN_TOKEN", "ALN_MARK", "ALN_FOLDER", "ALN_SPARKR", "ALN_BACKEND", "ALN_SECRET"))

  plot_file <- file.path(folder, "plot.png")
  options(warn = 1L, device = function(...) grDevices::png(plot_file))
  shown <- function(e) {
    # Livy prints the message as an R string, and so do we.
    put(utils::capture.output(print(sub("\n$", "", sprintf("%s", e)))), "error")
    "error"
  }

  # Interrupts are for user code: one that comes late must not break the talk with the driver.
  forget_interrupts <- function() tryCatch(allowInterrupts(Sys.sleep(0)), interrupt = function(e) NULL)
  suspendInterrupts(repeat {
    request <- hear()
    code <- text_of(request[2L])
    try(in_group(request[3L], request[4L], TRUE), silent = TRUE)  # user code may have stopped Spark
    unlink(plot_file)
    forget_interrupts()
    outcome <- tryCatch({
      # The code stands in the call, as it does with Livy: R names the call in its messages.
      allowInterrupts({
        result <- withVisible(eval(call("eval", call("parse", text = code)), globalenv()))
        if (result$visible) if (isS4(result$value)) methods::show(result$value) else print(result$value)
      })
      "ok"
    }, error = shown, interrupt = function(e) shown("interrupted"))
    forget_interrupts()
    grDevices::graphics.off()
    flush(stdout())
    cat(mark)
    flush(stdout())
    say("done", outcome)
  })
})
