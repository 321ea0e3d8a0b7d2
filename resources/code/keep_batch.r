keep_key <- commandArgs(trailingOnly = TRUE)[[1]]
commandArgs <- function(trailingOnly = FALSE) {
  all <- base::commandArgs()
  own <- base::commandArgs(trailingOnly = TRUE)[-1]
  if (trailingOnly) own else c(all[seq_len(length(all) - length(own) - 1)], own)
}
quit <- q <- function(save = "no", status = 0, runLast = TRUE) {
  words <- sprintf("it ended itself with status %d", as.integer(status))
  signalCondition(structure(class = c("keepQuit", "condition"), list(message = words, call = NULL, status = status)))
  base::quit(save, status, runLast)
}
