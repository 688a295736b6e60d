from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import (
    BAD_REQUEST,
    UNPROCESSABLE,
    BadMessage,
    Delivery,
    Envelope,
    Event,
    EventKind,
    Mode,
    Registration,
    Result,
    Status,
    Telemetry,
    Welcome,
)
from domain.command import ResultCode, Verb
from domain.metering import MaxDemand

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ON = Status(1, 1)
TRIP = Envelope(
    command_id=0x0123456789ABCDEF,
    seq=17,
    verb=Verb.TRIP,
    not_before=AT,
    expires_at=AT + timedelta(hours=2),
    args={"delay_s": 60, "warn_s": 30},
)
GOLDEN = {
    "aa000101190371021a69a3f200031a0001e24004851903e81907d01a00018868194e200005831908fd191400"
    "19049a0639015d07a50101020103f404f405f40811093860": Telemetry(
        n=881,
        at=AT,
        total_wh=123456,
        periods_wh=(1000, 2000, 100456, 20000, 0),
        status=ON,
        last_seq=17,
        electrical=(2301, 5120, 1178),
        balance_fen=-350,
        rsrp_dbm=-97,
    ),
    "a800010101021a69a3f2000318640485001864000000"
    "07a50101020103f404f405f408000a86070007000000": Telemetry(
        n=1,
        at=AT,
        total_wh=100,
        periods_wh=(0, 100, 0, 0, 0),
        status=ON,
        last_seq=0,
        export_wh=(7, 0, 7, 0, 0, 0),
    ),
    "a900010101021a69a3f200031864048500186400000007a50101020103f404f405f408000b821828030c8219"
    "0c1c1a69a3f0d4": Telemetry(
        n=1,
        at=AT,
        total_wh=100,
        periods_wh=(0, 100, 0, 0, 0),
        status=ON,
        last_seq=0,
        reactive_varh=(40, 3),
        demand=MaxDemand(3100, AT - timedelta(minutes=5)),
    ),
    "a600010103021a69a3f200030207a50101020103f404f405f40812": Event(
        3, AT, EventKind.BUTTON_PRESSED, ON, 18
    ),
    "ab0001021a69a3f2000365312e342e32046241330500060207a50101020103f404f405f4081109020a1a0001"
    "51800b04": Registration(AT, "1.4.2", "A3", Mode.PSM, ON, 17, 4, 0, 2),
    "a4021a69a3f20003f504190e1005190258": Welcome(AT, True, 3600, 600),
    "a601480123456789abcdef0211030104a50100020003f404f405f4051a69a3f20006626f6b": Result(
        0x0123456789ABCDEF, 17, ResultCode.ACCEPTED, AT, Status(0, 0), "ok"
    ),
    "a601480123456789abcdef0211030104a201183c02181e051a69a3f200061a69a40e20": TRIP,
    "a301a601480123456789abcdef0211030104a201183c02181e051a69a3f200061a69a40e20021a69a3f200"
    "03f5": Delivery(TRIP, AT, more=True),
}
KINDS: list[Callable[[bytes], object]] = [
    kind.unpacked for kind in (Telemetry, Event, Registration, Welcome, Result, Envelope, Delivery)
]

u32 = st.integers(0, 2**32 - 1)
wh = st.integers(0, 2**63 - 1)
moments = st.integers(1_577_836_800, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))
ids = st.integers(1, 2**63 - 1)
statuses = st.builds(
    Status, st.integers(0, 1), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()
)
words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=32)
envelopes = st.one_of(
    st.builds(
        Envelope,
        ids,
        st.integers(1, 2**32 - 1),
        st.sampled_from([verb for verb in Verb if verb is not Verb.TRIP]),
        moments,
        moments,
    ),
    st.builds(
        Envelope,
        ids,
        st.integers(1, 2**32 - 1),
        st.just(Verb.TRIP),
        moments,
        moments,
        st.dictionaries(st.sampled_from(["delay_s", "warn_s"]), u32),
    ),
)
messages = st.one_of(
    st.builds(
        Telemetry,
        u32,
        moments,
        wh,
        st.tuples(wh, wh, wh, wh, wh),
        statuses,
        u32,
        st.none() | st.tuples(wh, wh, wh),
        st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
        st.none() | st.integers(-200, 0),
        st.none() | st.tuples(wh, wh, wh, wh, wh, wh),
        st.none() | st.tuples(wh, wh),
        st.none() | st.builds(MaxDemand, wh, moments),
    ),
    st.builds(Event, u32, moments, st.sampled_from(EventKind), statuses, u32),
    st.builds(
        Registration,
        st.none() | moments,
        words,
        words,
        st.sampled_from(Mode),
        statuses,
        u32,
        u32,
        u32,
        st.integers(0, 86_400),
        u32,
    ),
    st.builds(Welcome, moments, st.booleans(), st.integers(1, 2_678_400), st.integers(0, 86_400)),
    st.builds(
        Result,
        ids,
        u32,
        st.sampled_from(ResultCode),
        moments,
        st.none() | statuses,
        st.none() | words,
    ),
    envelopes,
    st.builds(Delivery, envelopes, moments, st.booleans()),
)


@pytest.mark.parametrize(("golden", "message"), GOLDEN.items())
def test_a_message_has_exactly_its_golden_bytes(golden, message):
    assert message.packed().hex() == golden


@pytest.mark.parametrize(("golden", "message"), GOLDEN.items())
def test_golden_bytes_say_exactly_their_message(golden, message):
    assert type(message).unpacked(bytes.fromhex(golden)) == message


@given(messages)
def test_what_is_packed_comes_out_unchanged(message):
    assert type(message).unpacked(message.packed()) == message


@given(messages, st.data())
def test_a_damaged_message_is_refused_or_is_another_message_but_never_crashes(message, data):
    payload = bytearray(message.packed())
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    _assert_read_or_refused(bytes(payload))


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(payload):
    _assert_read_or_refused(payload)


@given(
    st.dictionaries(
        st.integers(-1, 12) | st.booleans() | st.text(max_size=2) | st.floats(),
        st.recursive(
            st.integers() | st.floats() | st.booleans() | st.none() | st.binary() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.integers(0, 9), inner),
            max_leaves=8,
        ),
    )
)
def test_well_formed_nonsense_is_refused_and_never_crashes(content):
    _assert_read_or_refused(cbor2.dumps(content))


def _assert_read_or_refused(payload):
    for unpacked in KINDS:
        with suppress(BadMessage):
            unpacked(payload)


def _telemetry(**changes):
    content = cbor2.loads(GOLDEN_TELEMETRY)
    for key, value in changes.items():
        number = int(key.removeprefix("f"))
        content.pop(number, None)
        if value is not None:
            content[number] = value
    return cbor2.dumps(content)


GOLDEN_TELEMETRY = bytes.fromhex(next(iter(GOLDEN)))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        pytest.param(b"", BAD_REQUEST, id="nothing"),
        pytest.param(GOLDEN_TELEMETRY[:-1], BAD_REQUEST, id="cut short"),
        pytest.param(GOLDEN_TELEMETRY + b"\x00", BAD_REQUEST, id="a byte too many"),
        pytest.param(b"\xa2\x00\x01\x00\x01", BAD_REQUEST, id="a key twice"),
        pytest.param(b"\xbf\x00\x01\xff", BAD_REQUEST, id="indefinite length"),
        pytest.param(b"\x81" * 600, BAD_REQUEST, id="deeply nested"),
        pytest.param(b"\x5b" + b"\xff" * 8, BAD_REQUEST, id="a length beyond memory"),
        pytest.param(b"\xc5\x82\x1a\x3b\x9a\xca\x00\x03", BAD_REQUEST, id="a huge power"),
        pytest.param(_telemetry(f2=cbor2.CBORTag(1, 1772352000)), BAD_REQUEST, id="a tag"),
        pytest.param(_telemetry(f3=1.0), BAD_REQUEST, id="a float"),
        pytest.param(_telemetry(f3=True), BAD_REQUEST, id="a flag as a number"),
        pytest.param(_telemetry(f3="1"), BAD_REQUEST, id="a text as a number"),
        pytest.param(_telemetry(f3=None), BAD_REQUEST, id="a field missing"),
        pytest.param(_telemetry(f77=1), BAD_REQUEST, id="an unknown field"),
        pytest.param(_telemetry(f3=-1), UNPROCESSABLE, id="negative energy"),
        pytest.param(_telemetry(f3=2**63), UNPROCESSABLE, id="energy beyond bigint"),
        pytest.param(_telemetry(f4=[1, 2, 3, 4]), UNPROCESSABLE, id="a register missing"),
        pytest.param(_telemetry(f4=[1, 2, 3, 4, 5, 6]), UNPROCESSABLE, id="a register too many"),
        pytest.param(_telemetry(f11=[1]), UNPROCESSABLE, id="one direction of reactive energy"),
        pytest.param(_telemetry(f12=[1, 0]), UNPROCESSABLE, id="a demand of no time"),
        pytest.param(
            _telemetry(f12=[1, 2**63 - 1]), UNPROCESSABLE, id="a demand beyond the calendar"
        ),
        pytest.param(_telemetry(f2=0), UNPROCESSABLE, id="a clock that was never set"),
        pytest.param(_telemetry(f2=2**40), UNPROCESSABLE, id="a time beyond the calendar"),
        pytest.param(_telemetry(f8=2**32), UNPROCESSABLE, id="a sequence too long"),
        pytest.param(
            _telemetry(f7={1: 2, 2: 1, 3: False, 4: False, 5: False}), UNPROCESSABLE, id="a state"
        ),
        pytest.param(_telemetry(f0=2), UNPROCESSABLE, id="an unknown version"),
        pytest.param(b"\xa1\x00\x58" + b"\xff" * 1100, BAD_REQUEST, id="too long"),
    ],
)
def test_a_report_that_is_not_exactly_right_is_refused(payload, code):
    with pytest.raises(BadMessage) as refused:
        Telemetry.unpacked(payload)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (3, 99, UNPROCESSABLE),
        (1, b"\x00" * 7, UNPROCESSABLE),
        (1, b"\x00" * 8, UNPROCESSABLE),
        (1, b"\xff" * 8, UNPROCESSABLE),
        (1, 17, BAD_REQUEST),
        (2, 0, UNPROCESSABLE),
        (4, {9: 1}, BAD_REQUEST),
    ],
)
def test_an_envelope_with_an_unknown_verb_or_a_wrong_id_is_refused(field, value, code):
    content = cbor2.loads(TRIP.packed())
    content[field] = value
    with pytest.raises(BadMessage) as refused:
        Envelope.unpacked(cbor2.dumps(content))
    assert refused.value.code == code


def test_an_argument_that_the_verb_does_not_have_is_a_fault_of_ours():
    with pytest.raises(AssertionError):
        Envelope(1, 1, Verb.PERMIT_CLOSE, AT, AT, {"delay_s": 1}).packed()
