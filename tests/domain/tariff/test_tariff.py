"""A document says a tariff, or is refused with the path of the fault."""

from copy import deepcopy
from datetime import UTC, date, datetime

import pytest

from domain import tariff

ZHEJIANG = tariff.catalogued("zhejiang-residential-tou")


def changed(path: str, value: object) -> dict:
    """Return the Zhejiang document with one place changed (or, for `...`, taken out)."""
    document = deepcopy(ZHEJIANG)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = document
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def test_the_zhejiang_document_is_read_exactly():
    read = tariff.tariff_of(ZHEJIANG)

    _, energy, tiers = (charge.rule for charge in read.charges)
    assert energy == tariff.Energy(None, (None, 56_800_000, None, 28_800_000, None))
    assert tiers.prices == (0, 5_000_000, 30_000_000)
    assert tiers.blocks.limits_on(date(2026, 5, 1)).wh == (2_760_000, 4_800_000)
    assert read.cycle == tariff.Cycle(12)
    assert read.roundings.line == tariff.Rounding(1, "half_up")
    assert read.source.assumed, "the hours are general knowledge, and the document says so"


def test_a_day_has_its_periods_by_half_hour():
    slots = tariff.tariff_of(ZHEJIANG).schedule.slots(7)
    assert slots == ("valley",) * 16 + ("peak",) * 28 + ("valley",) * 4


@pytest.mark.parametrize(
    ("day", "cycle", "around"),
    [
        (date(2026, 12, 31), tariff.Cycle(12), (date(2026, 1, 1), date(2027, 1, 1))),
        (date(2026, 2, 28), tariff.Cycle(1), (date(2026, 2, 1), date(2026, 3, 1))),
        (date(2026, 2, 28), tariff.Cycle(2), (date(2026, 1, 1), date(2026, 3, 1))),
        (date(2026, 2, 28), tariff.Cycle(12, 4), (date(2025, 4, 1), date(2026, 4, 1))),
        (date(2026, 1, 15), tariff.Cycle(2, 2), (date(2025, 12, 1), date(2026, 2, 1))),
    ],
)
def test_a_cycle_knows_where_it_begins_and_ends(day, cycle, around):
    assert cycle.around(day) == around


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("charges/1/prices/peak", 0.568, "$.charges[1].prices.peak"),
        ("charges/1/prices/peak", "-0.568", "$.charges[1].prices.peak"),
        ("charges/1/prices/peak", "0.123456789", "$.charges[1].prices.peak"),
        ("charges/1/prices/peak", "1e3", "$.charges[1].prices.peak"),
        ("charges/1/prices/peak", "٣.5", "$.charges[1].prices.peak"),
        ("charges/1/prices/peak", ..., "$.charges[1].prices"),
        ("charges/1/prices/sharp", "1.2", "$.charges[1].prices"),
        ("charges/1/price", "1", "$.charges[1].prices"),
        ("charges/1/surprise", 1, "$.charges[1].surprise"),
        ("charges/1/kind", "magic", "$.charges[1].kind"),
        ("charges/2/line", "energy", "$.charges[2].line"),
        ("charges/2/adders", ["0"], "$.charges[2].adders"),
        ("charges/2/cycle/months", 5, "$.charges[2].cycle.months"),
        ("charges/2/limits/0/kwh", ["4800", "2760"], "$.charges[2].limits[0].kwh"),
        ("charges/2/limits/0/months", [1, 2], "$.charges[2].limits"),
        ("charges", [], "$.charges"),
        ("schedule/0/periods/peak", ["08:00-21:30"], "$.schedule[0].periods"),
        ("schedule/0/periods/peak", ["08:00-22:30"], "$.schedule[0].periods.valley[0]"),
        ("schedule/0/periods/peak", ["08:00-25:00"], "$.schedule[0].periods.peak[0]"),
        ("schedule/0/periods/peak", ["08:00-24:30"], "$.schedule[0].periods.peak[0]"),
        ("schedule/0/periods/peak", ["08:00-22:15"], "$.schedule[0].periods.peak[0]"),
        ("schedule/0/periods/noon", ["08:00-22:00"], "$.schedule[0].periods.noon"),
        ("schedule/0/months", [1, 2, 3], "$.schedule"),
        ("schedule/0/months", [13], "$.schedule[0].months[0]"),
        ("schedule/0/days", ["sunday"], "$.schedule[0].days[0]"),
        ("schedule", [*ZHEJIANG["schedule"] * 2], "$.schedule[1]"),
        ("schedule", ..., "$.charges[1]"),
        ("valid_from", "2012-02-30", "$.valid_from"),
        ("valid_to", "2012-07-01", "$.valid_to"),
        ("currency/digits", 2.0, "$.currency.digits"),
        ("currency/digits", True, "$.currency.digits"),
        ("rounding/line/mode", "bankers", "$.rounding.line.mode"),
        ("rounding/line/step", "0.00", "$.rounding.line.step"),
        ("rounding/line/step", "0.001", "$.rounding.line.step"),
        ("rounding/lines", {}, "$.rounding.lines"),
        ("code", "Zhejiang TOU", "$.code"),
        ("version", "v" * 21, "$.version"),
        ("format", "feikong-tariff/9", "$.format"),
        ("source", ..., "$"),
        ("source/assumed", [""], "$.source.assumed[0]"),
    ],
)
def test_a_wrong_document_is_refused_with_its_path(path, value, at):
    with pytest.raises(tariff.TariffInvalid) as refused:
        tariff.tariff_of(changed(path, value))
    assert refused.value.fields["path"] == at


@pytest.mark.parametrize("content", [None, [], "tariff", 3, {}])
def test_what_is_no_document_is_refused(content):
    with pytest.raises(tariff.TariffInvalid):
        tariff.tariff_of(content)


@pytest.mark.parametrize("text", ['{"code": "a", "code": "b"}', "{", "", "\x00"])
def test_a_key_said_twice_and_broken_json_are_refused(text):
    with pytest.raises(tariff.TariffInvalid):
        tariff.loaded(text)


def test_a_day_that_a_yaml_reader_has_read_already_is_taken():
    assert tariff.tariff_of(changed("valid_from", date(2012, 7, 1))) == tariff.tariff_of(ZHEJIANG)
    with pytest.raises(tariff.TariffInvalid):
        tariff.tariff_of(changed("valid_from", datetime(2012, 7, 1, tzinfo=UTC)))


@pytest.mark.parametrize("name", tariff.catalogue())
def test_every_shipped_tariff_is_read_and_names_its_source(name):
    read = tariff.tariff_of(tariff.catalogued(name))
    assert read.code == name
    assert date.fromisoformat(read.source.date)
