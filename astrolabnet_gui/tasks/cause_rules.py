"""Cause rules: what words in an error or a log tell why; the first rule that fits wins, so the telling ones come first.

The words are those of Spark 3.5, Hadoop's YARN, Kubernetes, Livy 0.7 to 0.9, Python, R and Scala's compiler; most
were recorded from real faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Kinds of causes; a remedy may hang on one."""

    MEMORY = "memory"
    PYTHON_MEMORY = "memory of the computer"
    KILLED = "killed"
    EXECUTOR_MEMORY = "executor memory"
    RESULT_SIZE = "result size"
    DISK = "disk"
    QUEUE = "queue"
    IDLE = "idle time-out"
    MODULE = "missing module"
    JAR = "missing JAR"
    PERMISSION = "permission"
    WORKER = "lost Python worker"
    EXECUTOR = "lost executor"
    NOT_FOUND = "not found"
    TIME = "time-out"
    DRIVER = "lost driver"
    NETWORK = "network"
    CANCELLED = "cancelled"
    SYNTAX = "syntax"
    SKEW = "skew"
    CODE = "error in the code"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row.

    Attributes:
        words, remedy: sentences; ``{name}`` is what the pattern's group of that name found.
        at_end: it may also explain the end of a session or batch by its log.
    """

    code: Code
    pattern: re.Pattern[str]
    words: str
    remedy: str
    at_end: bool = True


def _rule(code: Code, pattern: str, words: str, remedy: str, *, at_end: bool = True) -> Rule:
    return Rule(code, re.compile(pattern, re.MULTILINE), words, remedy, at_end)


_MORE_DRIVER = "Open a session with more driver memory, or bring less to the driver (limit, write instead of collect)."
_MORE_EXECUTOR = "Open a session with more executor memory, or cut the data into more partitions."
_INSTALL = "Install it where the server runs, or send it along as an archive of the environment."
_ADD_JAR = "Open a session with it among its JARs, or name its Maven coordinates in spark.jars.packages."

RULES: tuple[Rule, ...] = (
    _rule(
        Code.EXECUTOR_MEMORY,
        r"Container killed (?:by YARN for|on request\. Exit code is 137)|running beyond (?:physical|virtual) memory"
        r"|[Ee]xecutor .{0,300}(?:exit(?:ed)? (?:with exit )?code:? (?:137|52)\b|OOMKilled)"
        r"|Command exited with code (?:52|137)\b|reason: OOMKilled",
        "An executor was killed: it needed more memory than it may have.",
        _MORE_EXECUTOR,
    ),
    _rule(
        Code.EXECUTOR_MEMORY,
        r"Lost task [^\n]{0,200}executor \d+\)[^\n]{0,40}OutOfMemoryError|SparkOutOfMemoryError"
        r"|UNABLE_TO_ACQUIRE_MEMORY",
        "An executor ran out of memory.",
        _MORE_EXECUTOR,
    ),
    _rule(
        Code.RESULT_SIZE,
        r"bigger than (?:local )?(?:spark\.driver\.)?maxResultSize",
        "The result is larger than the driver takes (spark.driver.maxResultSize).",
        "Ask for fewer rows, write the result to a file, or open a session with a larger limit.",
    ),
    _rule(
        Code.MEMORY,
        r"Not enough memory to build and broadcast the table|Cannot broadcast the table that is larger than",
        "A table that Spark wanted to copy to every executor is too large for the driver.",
        "Turn that off (spark.sql.autoBroadcastJoinThreshold = -1), or open a session with more driver memory.",
    ),
    _rule(
        Code.MEMORY,
        r"java\.lang\.OutOfMemoryError|GC overhead limit exceeded|Java heap space"
        r"|[Jj]ava(?: process)? ended (?:\(|with )exit code 52\b",
        "The driver ran out of memory.",
        _MORE_DRIVER,
    ),
    _rule(
        Code.PYTHON_MEMORY,
        r"^(?:numpy\.\S+)?_?(?:Array)?MemoryError\b|Cannot allocate memory|std::bad_alloc"
        r"|[Cc]annot allocate vector of size|Unable to allocate .{1,40} for an array",
        "The code asked for more memory than the computer of the driver has.",
        "Hold less of the data at once, or let Spark do this step.",
    ),
    _rule(
        Code.KILLED,
        r"killed by SIGKILL|exit code:? (?:137|-9)\b|exitCode:? 137\b",
        "The driver was killed from outside; where nobody did that, its computer was out of memory.",
        "Open a session with less memory if the computer is small, with more if a container holds it.",
    ),
    _rule(
        Code.DISK,
        r"No space left on device|Disk quota exceeded|Could not find any valid local directory|ENOSPC",
        "The disk is full where the code or Spark writes.",
        "Free space there, or open a session with spark.local.dir on a larger disk.",
    ),
    _rule(
        Code.QUEUE,
        r"(?:to )?unknown queue:? ?(?P<name>[\w.-]*)|[Qq]ueue (?P<other>[\w.-]+) (?:does not exist|is STOPPED)",
        "The cluster has no queue {name} that takes this.",
        "Open a session in another queue.",
    ),
    _rule(
        Code.QUEUE,
        r"Initial job has not accepted any resources|Queue's AM resource limit exceeded|not yet activated"
        r"|[Qq]ueue \S+ (?:already has|is full)|cannot (?:accept|submit) .{0,80}applications? .{0,40}queue",
        "The cluster has no room for this now: the queue is full or all cores are taken.",
        "Wait, ask for fewer executors and less memory, or open a session in another queue.",
    ),
    _rule(
        Code.IDLE,
        r"[Ii]t was idle for (?:longer|more) than (?P<name>\w+)|inactive or the time to leave|[Ss]ession \S+ timed out",
        "The server closed the session because nobody used it.",
        "Open a session with a longer idle time.",
    ),
    _rule(
        Code.MODULE,
        r"ModuleNotFoundError: No module named '(?P<name>[^']{1,200})'|No module named '?(?P<other>[\w.]{1,200})"
        r"|there is no package called .{1,3}?(?P<third>[\w.]{1,80})",
        "The module {name} is not installed where the code ran.",
        _INSTALL,
    ),
    _rule(
        Code.JAR,
        r"Failed to find data source: (?P<name>[^\s]{1,200}?)\.?(?:\s|$)"
        r"|DATA_SOURCE_NOT_FOUND\]? [^\n]*source: (?P<other>\S{1,200}?)\.",
        "The server has no JAR for the data source {name}.",
        _ADD_JAR,
    ),
    _rule(
        Code.JAR,
        r"No suitable driver",
        "The server has no JDBC driver for this database.",
        _ADD_JAR,
    ),
    _rule(
        Code.JAR,
        r"(?:ClassNotFoundException|NoClassDefFoundError): (?P<name>[\w.$/]{1,200})"
        r"|Failed to load class (?P<other>[\w.$]{1,200}?)\.?$|object (?P<third>\w+) is not a member of package \w+",
        "The class {name} is not on the server.",
        _ADD_JAR,
    ),
    _rule(
        Code.JAR,
        r"(?:NoSuchMethodError|NoSuchFieldError|IncompatibleClassChangeError): (?P<name>\S{1,200})",
        "A JAR was built for another version of Spark or Scala: {name} is missing.",
        "Use the build of that JAR for this server's Spark and Scala.",
    ),
    _rule(
        Code.PERMISSION,
        r"Permission denied|AccessControlException|AccessDeniedException|Operation not permitted|Read-only file system"
        r"|Mkdirs failed to create|AuthorizationException|INSUFFICIENT_PERMISSIONS|does not have [\w ]{0,40}privilege",
        "The account the code runs under may not do that.",
        "Read or write elsewhere, or ask the owner of the place for the right.",
    ),
    _rule(
        Code.WORKER,
        r"Python worker (?:exited unexpectedly|failed to connect back)",
        "A Python process beside an executor ended suddenly: killed, most often for its memory, or crashed.",
        "Cut the data into more partitions, or give executors more memory overhead (spark.executor.memoryOverhead).",
    ),
    _rule(
        Code.EXECUTOR,
        r"ExecutorLostFailure|Executor heartbeat timed out|Remote RPC client disassociated|worker lost"
        r"|FetchFailed|MetadataFetchFailedException|Missing an output location for shuffle"
        r"|Lost executor \d+|Command exited with code|[Ee]xecutor \S{1,40} (?:exited|is lost)",
        "An executor was lost while it worked.",
        "Its log says why; send again, for Spark gets new executors by itself.",
    ),
    _rule(
        Code.NOT_FOUND,
        r"TABLE_OR_VIEW_NOT_FOUND\][^`\n]*(?P<name>`[^\n]{1,200}?`) cannot"
        r"|Table or view not found: (?P<other>\S{1,200}?);?$|NoSuchTableException: (?P<third>[^\n]{1,200})",
        "There is no table {name}.",
        "Look at the name; a temporary view lives only in the session that made it.",
        at_end=False,
    ),
    _rule(
        Code.NOT_FOUND,
        r"UNRESOLVED_COLUMN[^\n]{0,80}?name (?P<name>`[^\n]{1,200}?`) cannot",
        "There is no column {name}.",
        "Look at the names of the columns; Spark lists those it knows in its message.",
        at_end=False,
    ),
    _rule(
        Code.NOT_FOUND,
        r"Path does not exist: (?P<name>\S{1,400}?)\.?(?:;|\s|$)|Input path does not exist: (?P<other>\S{1,400})"
        r"|FileNotFoundError: \[Errno 2\][^'\n]*'(?P<third>[^'\n]{1,400})'"
        r"|java\.io\.FileNotFoundException: (?P<fourth>\S{1,400})",
        "There is nothing at {name}.",
        "Look at the path; the code reads it on the server, not on this computer.",
    ),
    _rule(
        Code.TIME,
        r"Could not execute broadcast in (?P<name>\d+) secs",
        "A table that Spark wanted to copy to every executor was not ready within {name} s.",
        "Raise spark.sql.broadcastTimeout, or turn such copies off (spark.sql.autoBroadcastJoinThreshold = -1).",
    ),
    _rule(
        Code.DRIVER,
        r"Internal Error: ConnectionRefusedError|Py4JNetworkError|Answer from Java side is empty|RPC channel is closed"
        r"|Interpreter died|stopped SparkContext|SparkContext (?:was|has been) (?:shut ?down|stopped)"
        r"|Error while (?:sending or )?receiving",
        "Spark's driver ended while the code ran.",
        "Open a new session; the log of this one says why it ended.",
    ),
    _rule(
        Code.NETWORK,
        r"Connection refused|UnknownHostException|Name or service not known|Temporary failure in name resolution"
        r"|nodename nor servname|No route to host|Network is unreachable|Connection reset|Connection timed out"
        r"|Connect(?:ion)?(?:Timeout| timed out)|CERTIFICATE_VERIFY_FAILED|SSLHandshakeException"
        r"|HTTP Error (?P<name>\d{3})|HTTPError: \d{3}|getaddrinfo failed",
        "The code could not reach another computer.",
        "The address is looked for from the server, not from here: is it right, and is it open there?",
    ),
    _rule(
        Code.TIME,
        r"TimeoutException|Futures timed out|Read timed out|socket\.timeout|\bTimeoutError\b|\btimed out\b",
        "Something the code waited for did not come in time.",
        "Send again; if it lasts, raise the limit that the message names.",
    ),
    _rule(
        Code.CANCELLED,
        r"KeyboardInterrupt|cancelled part of cancelled job group|Job \d+ cancelled|CancellationException"
        r"|InterruptedException",
        "It was cancelled.",
        "Send it again if that was not meant.",
        at_end=False,
    ),
    _rule(
        Code.SYNTAX,
        r"^(?:\S*\.)?(?:SyntaxError|IndentationError|TabError)\b|PARSE_SYNTAX_ERROR|ParseException"
        r"|<console>:\d+: error:|incomplete statement|Error: unexpected "
        r"|unexpected (?:symbol|end of input|string constant)",
        "The code does not follow the language.",
        "The message names the line.",
        at_end=False,
    ),
)
