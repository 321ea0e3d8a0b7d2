keep_result <- function(code, head, results, key) {
  quoted <- function(words) {
    points <- utf8ToInt(enc2utf8(paste(words, collapse = "\n")))
    if (length(points) == 0 || anyNA(points)) return("\"\"")
    paste0("\"", paste(vapply(points, function(point) {
      if (point > 0xFFFF) sprintf("\\u%04x\\u%04x", 0xD800L + (point - 0x10000L) %/% 0x400L, 0xDC00L + (point - 0x10000L) %% 0x400L)
      else if (point < 32 || point > 126 || point == 34 || point == 92) sprintf("\\u%04x", point)
      else intToUtf8(point)
    }, ""), collapse = ""), "\"")
  }
  began <- as.numeric(Sys.time())
  write <- function(state, output) tryCatch({
    spark <- function(name) get(name, envir = asNamespace("SparkR"))
    far <- "SparkR" %in% loadedNamespaces()
    place <- results
    if (place == "" && far) place <- spark("sparkR.conf")("spark.astrolabnet.results", "")[[1]]
    told <- paste0(substr(head, 1, nchar(head) - 1), ",\"astrolabnet\":\"result\",\"format\":1,\"task_key\":", quoted(key),
      ",\"state\":", quoted(state), ",\"output\":", output, ",\"started\":", sprintf("%.0f", began * 1000),
      ",\"completed\":", sprintf("%.0f", as.numeric(Sys.time()) * 1000), "}")
    if (far) {
      call <- spark("sparkR.callJMethod")
      conf <- call(call(get(".sparkREnv", envir = asNamespace("SparkR"))[[".sparkRjsc"]], "sc"), "hadoopConfiguration")
      path <- function(...) spark("sparkR.newJObject")("org.apache.hadoop.fs.Path", ...)
      if (place == "") {
        home <- call(spark("sparkR.callJStatic")("org.apache.hadoop.fs.FileSystem", "get", conf), "getHomeDirectory")
        place <- paste0(call(home, "toString"), "/.astrolabnet/results")
      }
      files <- call(path(place), "getFileSystem", conf)
      coming <- path(paste0(place, "/.", key, ".coming"))
      out <- call(files, "create", coming, TRUE)
      call(out, "writeBytes", told)
      call(out, "close")
      call(files, "rename", coming, path(paste0(place, "/", key, ".json")))
    } else {
      if (place == "") place <- Sys.getenv("ASTROLABNET_RESULTS", path.expand("~/.astrolabnet/results"))
      place <- sub("^file:/*", "/", place)
      dir.create(place, recursive = TRUE, showWarnings = FALSE)
      coming <- file.path(place, paste0(".", key, ".coming"))
      writeLines(told, coming, useBytes = TRUE)
      file.rename(coming, file.path(place, paste0(key, ".json")))
    }
    invisible(NULL)
  }, error = function(problem) {
    cat("AstroLabNet could not keep this result on the server:", conditionMessage(problem), "\n")
  })
  said <- character()
  seen <- textConnection("said", "w", local = TRUE)
  sink(seen, split = TRUE)
  wrong <- tryCatch({
    for (part in parse(text = code)) {
      value <- withVisible(eval(part, globalenv()))
      if (value$visible) print(value$value)
    }
    NULL
  }, error = function(problem) problem, keepQuit = function(problem) problem)
  sink()
  close(seen)
  quits <- inherits(wrong, "keepQuit")
  if (is.null(wrong) || (quits && wrong$status == 0)) {
    write("done", paste0("{\"status\":\"ok\",\"data\":{\"text/plain\":", quoted(said), "}}"))
  } else {
    write("failed", paste0("{\"status\":\"error\",\"ename\":\"Error\",\"evalue\":", quoted(conditionMessage(wrong)), ",\"traceback\":[]}"))
    if (!quits) stop(wrong)
  }
  if (quits) base::quit("no", wrong$status)
  invisible(NULL)
}
