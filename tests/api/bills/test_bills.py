"""A bill on paper and as data."""

import json
import os
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import which

import pytest

from api.bills import bill_data, bill_pdf
from domain import billing
from domain.base import Actor, run
from tests import seed
from tests.domain.billing.homes import OPENED, Home, at, bill, document, home, publish


@pytest.fixture
async def lived_in(database) -> Home:
    """Give a home that used 380 kWh and more in each month of a year, 2026."""
    one = await home(await seed.district(now=OPENED), fen=200_000)
    peak = valley = 0
    for month in range(1, 13):
        peak += 230_120 + 21_370 * (month % 5)
        valley += 151_030 + 9_990 * (month % 3)
        day = date(2026 + month // 12, month % 12 + 1, 1)
        if month == 12:
            await one.read(at(date(2026, 12, 31), 18), peak_wh=peak - 500, valley_wh=valley)
            await one.read(at(day, 6), peak_wh=peak, valley_wh=valley)
        else:
            await one.read(at(day), peak_wh=peak, valley_wh=valley)
    await bill("2027-01-03")
    return one


async def newest(one: Home) -> billing.BillDocument:
    (found,) = await billing.bills_of(one.account_id, limit=1)
    return await billing.document_of(found.id)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_bill_is_a_pdf_with_its_own_font(lived_in, locale, tmp_path):
    paper = bill_pdf(await newest(lived_in), locale=locale)
    assert paper.startswith(b"%PDF-")
    assert len(paper) < 200_000
    assert b"NotoSansSC" in paper
    assert re.findall(rb"/Count (\d+)", paper) == [b"1"]
    keep = Path(os.environ.get("KEEP_BILLS", str(tmp_path)))
    file = keep / f"bill-{locale}.pdf"
    file.write_bytes(paper)
    if which("pdftotext"):
        said = subprocess.run(
            ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "王小明" in said
        assert ("电费账单" if locale == "zh-CN" else "Electricity bill") in said


async def test_the_bars_of_the_months_are_rounded_half_up(database, tmp_path):
    """As a bill says 705.588 kWh, its bar says 706; a small month keeps a decimal."""
    one = await home(await seed.district(now=OPENED), fen=200_000)
    read = 0
    for month, wh in ((2, 705_588), (3, 704_500), (4, 704_499), (5, 99_950), (6, 99_949), (7, 50)):
        read += wh
        await one.read(at(date(2026, month, 1)), peak_wh=read)
    await bill("2026-07-01")
    file = tmp_path / "bill.pdf"
    file.write_bytes(bill_pdf(await newest(one)))
    if which("pdftotext"):
        said = subprocess.run(
            ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
        ).stdout
        bars = said[said.index("近十二个月") :].split("2026-01")[0].split()[1:]
        assert set(bars) == {"706", "705", "704", "100", "99.9", "0.1"}, said


async def test_an_amount_that_is_too_long_is_written_smaller_and_never_cut(lived_in, tmp_path):
    shown = await newest(lived_in)
    most = replace(shown.detail.bill, total_fen=123_456_789_012_345)
    line = replace(shown.detail.lines[0], amount_fen=-(10**15), quantity=10**15)
    shown = replace(shown, currency="IDR", detail=replace(shown.detail, bill=most, lines=(line,)))
    file = tmp_path / "bill.pdf"
    file.write_bytes(bill_pdf(shown, locale="en"))
    if which("pdftotext"):
        said = subprocess.run(
            ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
        ).stdout
        assert said.count("IDR 1,234,567,890,123.45") == 2
        assert re.search(r" 1,000,000,000,000 kWh .* −10,000,000,000,000.00\n", said)
        assert "…" not in said


async def test_the_data_adds_up_and_holds_no_floats(lived_in):
    document = await newest(lived_in)
    data = bill_data(document)
    text = json.dumps(data)
    assert json.loads(text, parse_float=pytest.fail) == data
    hundredths = [round(float(line["amount"]) * 100) for line in data["lines"]]
    assert sum(hundredths) == document.detail.bill.total_fen
    assert data["total"] == f"{document.detail.bill.total_fen / 100:.2f}"
    assert len(data["months"]) == 12
    assert data["parts"][0]["meters"][0]["meter"] == lived_in.seeded.serial


async def test_a_reckoned_register_is_marked_where_it_ends_a_bill_and_where_it_begins_one(
    lived_in, tmp_path
):
    await lived_in.read(at(date(2027, 2, 1)), peak_wh=3_400_000, valley_wh=2_000_000)
    await bill("2027-02-03")
    january, december = [
        await billing.document_of(each.id)
        for each in await billing.bills_of(lived_in.account_id, limit=2)
    ]
    begun, ended = r"[\d.,]+ est\. +[\d.,]+ +1 ", r"[\d.,]+ est\. +1 "
    for shown, begins, mark in ((december, False, ended), (january, True, begun)):
        data = bill_data(shown)
        (part,) = data["parts"]
        (meter,) = part["meters"]
        assert (meter["start_estimated"], meter["end_estimated"]) == (begins, not begins)
        assert data["estimated"]
        file = tmp_path / "bill.pdf"
        file.write_bytes(bill_pdf(shown, locale="en"))
        if which("pdftotext"):
            said = subprocess.run(
                ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
            ).stdout
            assert re.search(f"Total +{'' if begins else r'[0-9.,]+ +'}{mark}", said), said


async def test_money_pays_the_oldest_bill_first(lived_in):
    bills = await billing.bills_of(lived_in.account_id, limit=20)
    owed = sum(each.total_fen for each in bills) - 200_000
    documents = [await billing.document_of(each.id) for each in bills]
    assert sum(each.open_fen for each in documents) == owed
    assert documents[0].open_fen == documents[0].detail.bill.total_fen
    assert documents[-1].open_fen == 0
    await lived_in.seeded.pays(owed - 1, at=at("2027-01-04"))
    (newest_bill, *older) = [await billing.document_of(each.id) for each in bills]
    assert (newest_bill.open_fen, {each.open_fen for each in older}) == (1, {0})


async def test_what_was_corrected_says_so(lived_in):
    await run(
        "update reading set total_wh = total_wh - 1000, peak_wh = peak_wh - 1000"
        " where meter_id = $1 and measured_at = $2",
        lived_in.seeded.meter_id,
        at("2026-12-01"),
    )
    done = await billing.correct(
        lived_in.account_id,
        since=date(2026, 11, 5),
        why="misread",
        actor=Actor("OPERATOR", 1),
        now=at("2027-01-04"),
    )
    for number in (*done.reversal_ids, *done.replacement_ids):
        document = await billing.document_of(number)
        paper = bill_pdf(document)
        assert paper.startswith(b"%PDF-")
        data = bill_data(document)
        named = data["reverses"] or data["takes_the_place_of"]
        assert named in done.reversed_ids


async def test_a_line_is_called_as_its_document_calls_it(database, tmp_path):
    """The lines of a State Grid bill, each a charge of its own, in the reader's language."""
    titles = ["代理购电 / Agent purchase", "上网环节线损 / Line loss", "政府性基金及附加"]
    charges = [
        {"line": f"l{k}", "kind": "energy", "price": f"0.{k + 1}", "title": title}
        for k, title in enumerate(titles)
    ]
    await publish(document("grid", *charges, {"line": "other", "kind": "energy", "price": "0.5"}))
    one = await home(await seed.district(now=OPENED), code="grid", fen=10_000)
    await one.read(at("2026-02-01"), peak_wh=10_000)
    await bill("2026-02-01")
    found = await newest(one)
    assert [line["title"] for line in bill_data(found)["lines"]] == [*titles, ""]
    for locale, names in (
        ("zh-CN", ("代理购电", "上网环节线损", "政府性基金及附加", "电量电费 (other)")),
        ("en", ("Agent purchase", "Line loss", "政府性基金及附加", "Energy (other)")),
    ):
        file = tmp_path / f"{locale}.pdf"
        file.write_bytes(bill_pdf(found, locale=locale))
        if which("pdftotext"):
            said = subprocess.run(
                ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
            ).stdout
            assert all(name in said for name in names), said
