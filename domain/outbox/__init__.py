"""Outbox: committed facts that wait to be carried outside.

A fact is a row of the transaction that made it true, and it is the durable job: only the job that
has done its effect deletes it. What a relay hands out it *claims* (a lease); the job *starts* it
under that lease, which also tells a stale copy of the job to stand back. A lease that runs out,
because the queue was flushed or a process was killed, makes the fact due again: at least once, so
jobs are idempotent. Attempts count the starts, not the time spent in a queue; a job that asks to
go on later begins to count anew. All times here are the database's wall clock.
"""

from ._add import add, add_many, set_bell
from ._carry import bury, claim, done, postpone, release, retry, revive, start
from ._fact import Buried, Claim, Depth, Fact
from ._queries import buried, depth

__all__ = [
    "Buried",
    "Claim",
    "Depth",
    "Fact",
    "add",
    "add_many",
    "buried",
    "bury",
    "claim",
    "depth",
    "done",
    "postpone",
    "release",
    "retry",
    "revive",
    "set_bell",
    "start",
]
