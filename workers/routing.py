"""The one table of queue hops: which fact makes which job run in which process."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.outbox import Fact
from workers import jobs
from workers.jobs import Tools

WORKER: Final = "feikong:worker"
HEADEND: Final = "feikong:headend"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a topic goes. `together` gives the job all facts at once; else each on its own.

    So many facts of a job are carried side by side; after `longest_s` seconds it is cut, and what
    it still held is handed out again.
    """

    queue: str
    act: Callable[[Tools, Sequence[Fact]], Awaitable[None]]
    together: bool = False
    at_once: int = 50
    longest_s: float = 30

    @property
    def job(self) -> str:
        """The name of the job."""
        return self.act.__name__


ROUTES: Final = {
    "usage.changed": Route(WORKER, jobs.assess_usage, together=True),
    "access.asked": Route(WORKER, jobs.send_access_code),
    "code.asked": Route(WORKER, jobs.send_code),
    # A silent meter is waited for half a minute, and one that answers may take several commands:
    # all wait side by side, or those behind would be cut for those before them.
    "command.waiting": Route(HEADEND, jobs.deliver_command, at_once=500, longest_s=300),
    "command.failed": Route(WORKER, jobs.follow_command),
    "supply.changed": Route(WORKER, jobs.follow_supply),
    "message.queued": Route(WORKER, jobs.send_notice, longest_s=120),
    "message.settled": Route(WORKER, jobs.follow_message),
    # Months of bills come at once: they leave connections to what cannot wait.
    "bill_run.asked": Route(WORKER, jobs.run_bills, at_once=2, longest_s=120),
    "bills.issued": Route(WORKER, jobs.announce_bills, at_once=2, longest_s=300),
    "bills.corrected": Route(WORKER, jobs.announce_correction),
}
