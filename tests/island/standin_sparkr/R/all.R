# What a session's R calls of SparkR; each call is written down, and nothing is connected.
.sparkREnv <- new.env()
.told <- new.env()
.told$lines <- character()
tell <- function(...) .told$lines <- c(.told$lines, paste(...))
told <- function() .told$lines
lines <- function() sum(startsWith(told(), "connect"))
context <- function() get(".sparkRjsc", envir = .sparkREnv)

.onAttach <- function(libname, pkgname) packageStartupMessage("this package masks the world")

connectBackend <- function(hostname, port, timeout, authSecret) {
  tell("connect", hostname, port, authSecret)
  assign(".sparkRCon", textConnection(character()), envir = .sparkREnv)
}
callJStatic <- function(class, method, ...) invokeJava(paste0(class, ".", method))
setJobGroup <- function(groupId, description, interruptOnCancel) tell("group", groupId, description, interruptOnCancel)
sql <- function(query) invokeJava(query)
invokeJava <- function(what) {
  if (what == "asleep") {
    file.create("asleep")
    Sys.sleep(600)
  }
  what
}
