"""Face 3: the web service, REST made from the command table, events, and a live page."""

# The table is filled by its import.
from .. import command as command
