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
    """Where a topic goes. `together` gives the job all facts at once; else each on its own."""

    queue: str
    act: Callable[[Tools, Sequence[Fact]], Awaitable[None]]
    together: bool = False

    @property
    def job(self) -> str:
        """The name of the job."""
        return self.act.__name__


ROUTES: Final = {
    "usage.changed": Route(WORKER, jobs.assess_usage, together=True),
    "code.asked": Route(WORKER, jobs.send_code),
    "command.waiting": Route(HEADEND, jobs.deliver_command),
    "command.failed": Route(WORKER, jobs.follow_command),
    "supply.changed": Route(WORKER, jobs.follow_supply),
    "message.queued": Route(WORKER, jobs.send_notice),
    "message.settled": Route(WORKER, jobs.follow_message),
    "bill_run.asked": Route(WORKER, jobs.run_bills),
    "bills.issued": Route(WORKER, jobs.announce_bills),
    "bills.corrected": Route(WORKER, jobs.announce_correction),
}
