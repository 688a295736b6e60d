import asyncio
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from aiocoap import POST, Context, Message
from aiocoap.messagemanager import MessageManager
from aiocoap.transports.udp6 import MessageInterfaceUDP6
from prometheus_client import REGISTRY

from devices.coap import NoAnswer, PortTaken, codes, open_endpoint
from devices.codec import Mode, Status, Telemetry
from devices.headend import Delivered, HeadEnd, PlainCoapRefused
from devices.headend._link import on_the_wire
from devices.simulator import Faults
from domain.command import Link, ResultCode, Verb
from domain.metering import FurtherReading, MaxDemand
from tests.conftest import process_logs
from tests.devices.conftest import LIMITS, NOW, QUICK, fleet, head_end_of, until

REPORT = Telemetry(1, NOW, 1, (0, 0, 1, 0, 0), Status(1, 1), 0).packed()


async def test_a_report_reaches_the_house_whole(town, meters):
    meter = await meters("M1")
    assert await meter.report()
    uplink = town.uplinks[-1]
    assert (uplink.meter_id, uplink.reading.n, uplink.reading.total_wh) == (1, 1, 1200)
    assert uplink.reading.periods_wh == (600, 600, 0, 0, 0)
    assert (uplink.reading.measured_at, uplink.reported_at) == (NOW, NOW)
    assert (uplink.supply.output_state, uplink.supply.control_state) == (1, 1)
    assert (uplink.last_seq, uplink.address, uplink.mode) == (0, meter.address, Mode.DRX)


async def test_a_report_tells_what_flowed_back_if_the_meter_counts_it(town, head_end, stranger):
    town.installed["M9"] = 9
    export_wh = (9, 0, 7, 0, 2, 0)
    for n, shown in enumerate((export_wh, None), 1):
        said = Telemetry(n, NOW, 1, (0, 0, 1, 0, 0), Status(1, 1), 0, export_wh=shown)
        reply = await stranger.post(
            f"127.0.0.1:{town.port}", "t", said.packed(), query=("ep=M9",), tuning=QUICK
        )
        assert reply.code == codes.CHANGED
    further = [uplink.further for uplink in town.uplinks]
    assert further == [FurtherReading(9, NOW, 9, export_periods_wh=export_wh[1:]), None]


async def test_a_report_tells_reactive_energy_and_the_highest_demand(town, head_end, stranger):
    town.installed["M9"] = 9
    demand = MaxDemand(3_100, NOW)
    for n, more in enumerate(({"reactive_varh": (40, 3)}, {"demand": demand}), 1):
        said = Telemetry(n, NOW, 1, (0, 0, 1, 0, 0), Status(1, 1), 0, **more)
        address = f"127.0.0.1:{town.port}"
        await stranger.post(address, "t", said.packed(), query=("ep=M9",), tuning=QUICK)
    further = [uplink.further for uplink in town.uplinks]
    reactive = FurtherReading(9, NOW, import_varh=40, export_varh=3)
    assert further == [reactive, FurtherReading(9, NOW, demand=demand)]


async def test_a_registration_tells_the_mode_and_later_uplinks_keep_it(town, meters):
    meter = await meters("M1", mode=Mode.PSM)
    await meter.report()
    assert [uplink.mode for uplink in town.uplinks] == [Mode.PSM, Mode.PSM]


async def test_after_a_restart_the_mode_comes_from_the_house(town, meters, head_end, stranger):
    town.installed["M9"] = 9
    town.links[9] = Link("127.0.0.1:9", Mode.EDRX, NOW)
    await _post(stranger, town)
    assert town.uplinks[-1].mode == Mode.EDRX


async def test_nothing_is_acknowledged_before_it_is_durable(town, meters):
    meter = await meters("M1")
    town.open.clear()
    report = asyncio.create_task(meter.report())
    await until(lambda: REGISTRY.get_sample_value("feikong_uplink_group_size_count"))
    done, _ = await asyncio.wait([report], timeout=0.5)
    assert not done
    assert meter.memory.unsent
    town.open.set()
    assert await report
    assert not meter.memory.unsent


async def test_reports_that_come_together_become_durable_together(town, head_end):
    meters = fleet(town, [f"M{i}" for i in range(30)])
    assert await meters.start() == 30
    town.groups.clear()
    town.open.clear()
    reports = asyncio.create_task(meters.report())
    await until(lambda: head_end._inside == 30)
    town.open.set()
    assert await reports == 30
    assert sum(map(len, town.groups)) == 30
    assert len(town.groups) <= 3
    await meters.stop()


async def test_a_group_that_fails_is_not_acknowledged_and_comes_again(town, meters):
    meter = await meters("M1")
    town.broken = True
    assert not await meter.report()
    assert len(meter.memory.unsent) == 1
    town.broken = False
    assert await meter.report(NOW + timedelta(hours=1))
    assert [uplink.reading.n for uplink in town.uplinks[1:]] == [1, 2]


async def test_a_failed_group_is_answered_with_when_to_come_again(town, head_end, stranger):
    town.installed["M9"] = 9
    town.broken = True
    reply = await _post(stranger, town)
    assert (reply.code, reply.max_age_s) == (codes.UNAVAILABLE, LIMITS.retry_after_s)


async def test_above_the_bound_the_meters_are_told_to_come_later(town):
    head_end = head_end_of(town, waiting_max=5)
    town.port = await head_end.start(host="127.0.0.1", port=0)
    meters = fleet(town, [f"M{i}" for i in range(9)])
    for meter in meters:
        await meter.start()
    town.open.clear()
    reports = asyncio.create_task(meters.report())
    told = _told_later()
    await until(lambda: _told_later() - told == 4)
    town.open.set()
    assert await reports == 5
    for meter in meters:
        assert await meter.flush()
    assert len([uplink for uplink in town.uplinks if uplink.reading]) == 9
    await meters.stop()
    await head_end.stop()


@pytest.mark.parametrize(
    ("path", "query", "payload", "code"),
    [
        pytest.param("t", "ep=NOBODY", REPORT, codes.NOT_FOUND, id="an unknown meter"),
        pytest.param("t", "ep=M9", b"\xff", codes.BAD_REQUEST, id="malformed CBOR"),
        pytest.param("t", "ep=M9", REPORT + b"\0", codes.BAD_REQUEST, id="a byte too many"),
        pytest.param("t", "ep=M9", b"\xa0" * 1025, codes.TOO_LARGE, id="an oversized datagram"),
        pytest.param("t", "ep=M9", b"\xa0" * 60_000, codes.TOO_LARGE, id="a huge datagram"),
        pytest.param("e", "ep=M9", REPORT, codes.BAD_REQUEST, id="a report as an event"),
        pytest.param("zz", "ep=M9", REPORT, codes.NOT_FOUND, id="an unknown path"),
        pytest.param("t", "ep=", REPORT, codes.BAD_REQUEST, id="no serial"),
        pytest.param("t", "ep=M9'--", REPORT, codes.BAD_REQUEST, id="a serial with quotes"),
        pytest.param("t", "ep=M\ud7ff\x00", REPORT, codes.BAD_REQUEST, id="a serial with NUL"),
    ],
)
async def test_bad_input_is_refused_and_nothing_is_stored(
    town, head_end, stranger, path, query, payload, code
):
    town.installed["M9"] = 9
    before = _refused()
    reply = await stranger.post(
        f"127.0.0.1:{town.port}", path, payload, query=(query,), tuning=QUICK
    )
    assert reply.code == code
    assert not town.groups
    assert not town.results
    assert _refused() == before + 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param({"code": 1}, codes.METHOD_NOT_ALLOWED, id="GET"),
        pytest.param({"code": 3}, codes.METHOD_NOT_ALLOWED, id="PUT"),
        pytest.param({"content_format": 0}, codes.UNSUPPORTED_FORMAT, id="plain text"),
        pytest.param({"proxy_scheme": "coap"}, codes.BAD_OPTION, id="a proxy"),
        pytest.param({"uri_path": ("t", "t")}, codes.NOT_FOUND, id="a longer path"),
        pytest.param({"uri_query": ("ep=M9", "ep=M8")}, codes.BAD_REQUEST, id="two serials"),
    ],
)
async def test_a_third_partys_strange_request_is_refused(town, head_end, message, code):
    town.installed["M9"] = 9
    context = await Context.create_client_context(transports=["udp6"])
    request = Message(**{
        "code": POST,
        "payload": REPORT,
        "content_format": 60,
        "uri": f"coap://127.0.0.1:{town.port}/t?ep=M9",
        **message,
    })
    async with asyncio.timeout(5):
        response = await context.request(request, handle_blockwise=False).response
    await context.shutdown()
    assert int(response.code) == code
    assert not town.groups


async def test_noise_on_the_port_harms_nobody(town, meters):
    meter = await meters("M1")
    chance = Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(500):
            sock.sendto(chance.randbytes(chance.randrange(60)), ("127.0.0.1", town.port))
    stored = len(town.uplinks)
    assert await meter.report()
    assert len(town.uplinks) == stored + 1


async def test_noise_on_the_port_fills_no_log(town, meters, capsys):
    meter = await meters("M1")
    with process_logs(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for noise in (b"\xff", b"\x41\x01", b"\x60\x45\x00\x01", b"\x40\x01\x00\x01\xff"):
            sock.sendto(noise, ("127.0.0.1", town.port))
        assert await meter.report()
    assert not capsys.readouterr().err


async def test_who_is_gone_before_the_answer_makes_nobody_deaf(town, meters):
    """The answer comes back as an ICMP error: port unreachable."""
    meter = await meters("M1")
    for _ in range(3):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(bytes.fromhex("40010001"), ("127.0.0.1", town.port))
        assert await meter.report()


async def test_the_command_line_client_of_another_library_is_understood(town, head_end, tmp_path):
    town.installed["M9"] = 9
    (tmp_path / "report.cbor").write_bytes(REPORT)
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "aiocoap.cli.client",
        "-m",
        "POST",
        "--content-format",
        "60",
        "--payload",
        f"@{tmp_path / 'report.cbor'}",
        f"coap://127.0.0.1:{town.port}/t?ep=M9",
        stdout=subprocess.DEVNULL,
    )
    async with asyncio.timeout(20):
        assert await client.wait() == 0
    assert town.uplinks[-1].reading.total_wh == 1


async def test_an_unknown_meter_is_forgotten_soon(town, head_end, stranger):
    assert (await _post(stranger, town)).code == codes.NOT_FOUND
    asked = town.questions
    assert (await _post(stranger, town)).code == codes.NOT_FOUND
    assert town.questions == asked
    town.installed["M9"] = 9
    town.elapsed_s += LIMITS.unknown_for_s
    assert (await _post(stranger, town)).code == codes.CHANGED


async def test_a_datagram_heard_twice_is_told_once(town, meters):
    meter = await meters("M1")
    await meter.report()
    stored = len(town.uplinks)
    meter.replay_datagram()
    await meter.report(NOW + timedelta(hours=1))
    assert len(town.uplinks) == stored + 1


async def test_a_command_rides_in_the_answer_and_its_effect_is_told_at_once(town, meters):
    meter = await meters("M1")
    trip = town.command(1, Verb.TRIP)
    await meter.report()
    assert town.results == [(trip.command_id, ResultCode.ACCEPTED)]
    confirmed = town.uplinks[-1]
    assert (confirmed.reading, confirmed.last_seq) == (None, trip.seq)
    assert (confirmed.supply.output_state, confirmed.supply.control_state) == (0, 0)


async def test_the_next_command_rides_in_the_answer_to_a_result(town, meters):
    meter = await meters("M1")
    trip, permit = town.command(1, Verb.TRIP), town.command(1, Verb.PERMIT_CLOSE)
    await meter.report()
    assert [command for command, _ in town.results] == [trip.command_id, permit.command_id]
    assert meter.memory.control_state == 2


async def test_a_command_goes_out_to_a_meter_that_listens(town, meters, head_end):
    meter = await meters("M1")
    trip = town.command(1, Verb.TRIP)
    assert await head_end.deliver(1) is Delivered.ANSWERED
    await meter.settled()
    assert town.results == [(trip.command_id, ResultCode.ACCEPTED)]
    assert town.uplinks[-1].supply.output_state == 0


async def test_power_comes_back_by_permit_and_button(town, meters, head_end):
    meter = await meters("M1")
    town.command(1, Verb.TRIP)
    town.command(1, Verb.PERMIT_CLOSE)
    assert await head_end.deliver(1) is Delivered.ANSWERED
    await meter.settled()
    assert (meter.memory.output_state, town.uplinks[-1].supply.control_state) == (0, 2)
    assert await meter.press_button()
    assert town.uplinks[-1].supply.output_state == 1


async def test_with_nothing_to_say_nothing_is_sent(town, meters, head_end):
    await meters("M1")
    assert await head_end.deliver(1) is Delivered.NOTHING


async def test_a_meter_that_was_never_heard_is_asleep_and_nothing_is_marked_sent(town, head_end):
    town.command(5, Verb.TRIP)
    assert await head_end.deliver(5) is Delivered.ASLEEP
    assert not town.dispatched


async def test_a_sleeping_meter_is_served_only_within_its_window(town, meters, head_end):
    await meters("M1", mode=Mode.PSM)
    town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.ANSWERED
    town.elapsed_s += LIMITS.windows_s[Mode.PSM]
    town.command(1, Verb.ALARM_OFF)
    assert await head_end.deliver(1) is Delivered.ASLEEP
    assert len(town.commands[1]) == 1


async def test_after_a_restart_a_listening_meter_is_found_where_the_house_knows_it(
    town, meters, head_end
):
    meter = await meters("M1")
    town.links[1] = Link(meter.address, Mode.DRX, NOW)
    other = head_end_of(town)
    await other.start(host="127.0.0.1", port=0)
    town.command(1, Verb.ALARM_ON)
    assert await other.deliver(1) is Delivered.ANSWERED
    await other.stop()


async def test_silence_is_unknown_and_never_failure(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(days=1)
    trip = town.command(1, Verb.TRIP)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    assert (town.unanswered, town.results) == ([trip.command_id], [])


async def test_a_meter_that_is_gone_is_unknown_too(town, meters, head_end):
    meter = await meters("M1")
    await meter.stop()
    trip = town.command(1, Verb.TRIP)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    assert town.unanswered == [trip.command_id]


async def test_one_command_is_in_flight_for_each_meter(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(days=1)
    town.command(1, Verb.KEEP_ON)
    first = asyncio.create_task(head_end.deliver(1))
    await until(lambda: town.dispatched == 1)
    town.command(1, Verb.ALARM_ON)
    second = asyncio.create_task(head_end.deliver(1))
    await asyncio.sleep(0.05)
    assert town.dispatched == 1
    assert await first is Delivered.UNANSWERED
    assert await second is Delivered.ASLEEP
    assert town.dispatched == 1


async def test_a_silent_meter_is_left_alone_for_a_while_and_then_tried_again(
    town, meters, head_end
):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    again = town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.ASLEEP
    assert town.commands[1] == [again]
    town.now += timedelta(minutes=2)
    await until(lambda: town.results)
    assert town.results == [(again.command_id, ResultCode.DONE)]


async def test_a_silent_meter_is_tried_again_though_its_timer_fires_early(
    town, meters, head_end, monkeypatch
):
    monkeypatch.setattr("devices.headend._downlink.sleep", lambda _: asyncio.sleep(0.05))
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    again = town.command(1, Verb.ALARM_ON)
    town.now += timedelta(minutes=2)
    await until(lambda: town.results)
    assert town.results == [(again.command_id, ResultCode.DONE)]


async def test_a_silent_meter_is_tried_again_though_the_database_was_away(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    again = town.command(1, Verb.ALARM_ON)
    town.broken = True
    await until(lambda: town.dispatched >= 2)
    town.broken = False
    town.now += timedelta(minutes=2)
    await until(lambda: town.results)
    assert town.results == [(again.command_id, ResultCode.DONE)]


async def test_what_a_silent_meter_says_ends_its_rest(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    town.command(1, Verb.ALARM_ON)
    assert await head_end.deliver(1) is Delivered.UNANSWERED
    town.now += timedelta(minutes=2)
    assert await meter.report()
    town.command(1, Verb.ALARM_OFF)
    assert await head_end.deliver(1) is Delivered.ANSWERED


async def test_a_meter_that_moves_while_it_is_asked_is_found_where_it_is(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(days=1)
    town.command(1, Verb.ALARM_ON)
    asked = asyncio.create_task(head_end.deliver(1))
    await until(lambda: town.dispatched == 1)
    await meter.stop()  # before it could hear what comes to its old address
    meter.faults.asleep_until = None
    assert await meter.start()
    assert await asked is Delivered.UNANSWERED
    town.command(1, Verb.ALARM_OFF)
    assert await head_end.deliver(1) is Delivered.ANSWERED


async def test_a_close_does_not_wait_for_a_trip_without_an_answer(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    sent = town.command(1, Verb.TRIP)
    trip = asyncio.create_task(head_end.deliver(1))
    await until(lambda: town.dispatched == 1)
    permit = town.command(1, Verb.PERMIT_CLOSE)
    town.now += timedelta(minutes=2)
    assert await head_end.deliver(1) is Delivered.ANSWERED
    assert await trip is Delivered.OVERTAKEN
    assert town.results == [(permit.command_id, ResultCode.DONE)]
    assert town.unanswered == [sent.command_id]
    assert meter.memory.output_state == 1


async def test_a_trip_in_flight_is_left_alone_when_nothing_urgent_waits(town, meters, head_end):
    meter = await meters("M1")
    meter.faults.asleep_until = town.now + timedelta(minutes=1)
    town.command(1, Verb.TRIP)
    trip = asyncio.create_task(head_end.deliver(1))
    await until(lambda: town.dispatched == 1)
    assert await head_end.deliver(1) is Delivered.NOTHING
    assert await trip is Delivered.UNANSWERED


async def test_a_meter_asleep_for_two_days_tells_all_and_is_served(town, meters):
    meter = await meters("M1", mode=Mode.PSM)
    meter.faults.asleep_until = town.now + timedelta(days=2)
    stored = len(town.uplinks)
    for _ in range(3):
        town.now += timedelta(hours=12)
        assert not await meter.report()
    assert len(town.uplinks) == stored
    trip = town.command(1, Verb.TRIP, expires_at=town.now + timedelta(days=1))
    town.now += timedelta(hours=12)
    assert await meter.report()
    readings = [uplink.reading for uplink in town.uplinks[stored:] if uplink.reading]
    assert [reading.n for reading in readings] == [1, 2, 3, 4]
    assert readings[0].measured_at == NOW + timedelta(hours=12)
    assert town.results == [(trip.command_id, ResultCode.ACCEPTED)]


async def test_a_press_of_the_button_calls_in_from_deep_sleep(town, meters):
    meter = await meters("M1", mode=Mode.PSM)
    town.command(1, Verb.TRIP)
    await meter.report()
    meter.faults.asleep_until = town.now + timedelta(days=2)
    permit = town.command(1, Verb.PERMIT_CLOSE)
    assert not await meter.press_button()
    assert town.results[-1] == (permit.command_id, ResultCode.DONE)
    assert await meter.press_button()
    assert town.uplinks[-1].supply.output_state == 1


async def test_a_lossy_radio_loses_nothing_and_doubles_nothing(town, meters, head_end):
    meter = await meters("M1", tuning=replace(QUICK, retransmissions=6, timeout_s=15.0))
    meter.faults.loss_percent = 30
    trip = town.command(1, Verb.TRIP)
    while not await meter.report():
        town.now += timedelta(hours=1)
    assert meter.memory.executions == 1
    assert {uplink.reading.n for uplink in town.uplinks if uplink.reading} == set(
        range(1, meter.memory.n + 1)
    )
    assert {command for command, _ in town.results} <= {trip.command_id}


async def test_a_reboot_changes_the_port_and_forgets_nothing(town, meters, head_end):
    meter = await meters("M1")
    town.command(1, Verb.KEEP_ON)
    await meter.report()
    before = meter.address
    assert await meter.reboot()
    assert meter.address != before
    town.command(1, Verb.TRIP)
    assert await head_end.deliver(1) is Delivered.ANSWERED
    assert town.results[-1][1] == ResultCode.REFUSED_KEEP


async def test_a_recorded_command_that_is_played_again_does_nothing(town, meters, stranger):
    meter = await meters("M1")
    trip, permit = town.command(1, Verb.TRIP), town.command(1, Verb.PERMIT_CLOSE)
    await meter.report()
    await meter.press_button()
    recorded = on_the_wire(trip).packed()
    for _ in range(20):
        await stranger.post(meter.address, "x", recorded, tuning=QUICK)
    assert (meter.memory.output_state, meter.memory.executions) == (1, 2)
    assert meter.memory.last_seq == permit.seq


async def test_a_meter_refuses_what_is_no_command(town, meters, stranger):
    meter = await meters("M1")
    assert (await stranger.post(meter.address, "x", b"\xff", tuning=QUICK)).code == 0x80
    assert (await stranger.post(meter.address, "y", b"\xa0", tuning=QUICK)).code == 0x84
    assert meter.memory.executions == 0


async def test_a_skewed_clock_shows_in_the_reports_and_refuses_by_its_own_time(town, meters):
    meter = await meters("M1", faults=Faults(skew=timedelta(minutes=10)))
    town.command(1, Verb.TRIP, expires_at=NOW + timedelta(minutes=5))
    await meter.report()
    assert town.uplinks[1].reading.measured_at == NOW + timedelta(minutes=10)
    assert town.results[0][1] == ResultCode.EXPIRED


async def test_registers_jump_and_run_backwards_on_demand(town, meters):
    meter = await meters("M1")
    meter.shift_registers(500_000)
    await meter.report()
    meter.shift_registers(-500_000)
    await meter.report(NOW + timedelta(hours=1))
    assert [u.reading.total_wh for u in town.uplinks if u.reading] == [501_200, 1_800]


async def test_a_customer_beside_the_meter_presses_as_soon_as_permitted(town, meters):
    meter = await meters("M1", presses_button=True)
    town.command(1, Verb.TRIP)
    town.command(1, Verb.PERMIT_CLOSE)
    await meter.report()
    assert [u.supply.control_state for u in town.uplinks[-2:]] == [2, 1]
    assert meter.memory.output_state == 1


async def test_stopping_answers_those_inside_first(town, head_end, meters):
    meter = await meters("M1")
    town.open.clear()
    report = asyncio.create_task(meter.report())
    await until(lambda: head_end._inside)
    stopping = asyncio.create_task(head_end.stop())
    await asyncio.sleep(0.05)
    town.open.set()
    assert await report
    await stopping


def test_plain_coap_is_refused_where_the_profile_forbids_it():
    with pytest.raises(PlainCoapRefused, match="plain CoAP is refused"):
        HeadEnd(plain_allowed=False)


async def test_a_port_is_never_shared(town, head_end):
    other = head_end_of(town)
    with pytest.raises(PortTaken, match=f"UDP port {town.port}"):
        await other.start(host="127.0.0.1", port=town.port)


async def test_a_request_that_is_given_up_is_not_retransmitted(stranger):
    async def deaf(_):
        await asyncio.Event().wait()

    silent = await open_endpoint(deaf, host="127.0.0.1", port=0)
    with pytest.raises(NoAnswer):
        await stranger.post(
            silent.address, "t", b"", tuning=replace(QUICK, first_wait_s=9.0, timeout_s=0.1)
        )
    messages = stranger._stack.messages
    assert not messages._active_exchanges
    assert not messages._backlogs
    await silent.close()


def test_aiocoap_still_has_the_names_that_we_hook_into():
    for name in ("_continue_backlog", "_send_initially", "dispatch_message", "_add_exchange"):
        assert callable(getattr(MessageManager, name))
    for name in ("_create_transport_endpoint", "datagram_msg_received", "send"):
        assert callable(getattr(MessageInterfaceUDP6, name))
    assert callable(Context.render_to_pipe)


def _told_later() -> float:
    labels = {"path": "t", "code": "5.03"}
    return REGISTRY.get_sample_value("feikong_coap_requests_total", labels) or 0.0


async def _post(stranger, town):
    return await stranger.post(
        f"127.0.0.1:{town.port}", "t", REPORT, query=("ep=M9",), tuning=QUICK
    )


def _refused() -> float:
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        if metric.name == "feikong_coap_refused"
        for sample in metric.samples
        if sample.name.endswith("_total")
    )
