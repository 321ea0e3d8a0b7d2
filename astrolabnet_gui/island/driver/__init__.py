"""A session's own process: Python, Scala, SQL and R over one Spark, driven by the lines of island/protocol.py."""
