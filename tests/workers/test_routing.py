import re
from pathlib import Path

import domain
from devices.headend import Limits
from devices.headend._downlink import _ROUNDS_MAX
from workers.jobs.send_notice import GATEWAY_TIMEOUT_S
from workers.relay import BATCH
from workers.routing import HEADEND, ROUTES, WORKER

ADDED = re.compile(r'outbox\.add(?:_many)?\(\s*"([^"]+)"')


def test_every_fact_that_the_domain_adds_has_a_route_and_no_route_is_idle():
    folder = Path(domain.__file__).parent
    added = {
        topic
        for file in folder.rglob("*.py")
        for topic in ADDED.findall(file.read_text(encoding="utf-8"))
    }
    assert added == set(ROUTES)


def test_no_job_is_cut_while_what_it_waits_for_may_still_answer():
    """Not the facts at the end of a full job either, which wait for those before them."""
    longest = {
        "command.waiting": _ROUNDS_MAX * max(t.timeout_s for t in Limits().tunings.values()),
        "message.queued": GATEWAY_TIMEOUT_S,
    }
    for topic, each_s in longest.items():
        turns = -(-BATCH // ROUTES[topic].at_once)
        assert ROUTES[topic].longest_s > turns * each_s


def test_jobs_have_names_of_their_own_and_only_commands_go_to_the_head_end():
    assert len({route.job for route in ROUTES.values()}) == len(ROUTES)
    assert {route.queue for route in ROUTES.values()} == {WORKER, HEADEND}
    assert [topic for topic, route in ROUTES.items() if route.queue == HEADEND] == [
        "command.waiting"
    ]
