"""A bill on paper: A4, one page for most."""

from collections.abc import Mapping

from domain.billing import BillDocument, BillLine, BillPart
from domain.tariff import in_language

from . import _figures as figures
from ._bars import draw_months, draw_tiers
from ._registers import draw_registers
from ._sheet import ACCENT, INK, MARGIN, MARK, PALE, SOFT, WIDTH, Sheet
from ._words import ZH, words_for

_COLUMNS = (72, 34, 36, 32)
_RIGHT = MARGIN + WIDTH


def drawn(document: BillDocument, lang: str) -> bytes:
    sheet = Sheet(words_for(lang), lang=lang)
    sheet.set_title(f"{sheet.words['title']} {document.detail.bill.id}")
    sheet.set_creation_date(document.detail.bill.issued_at or document.detail.bill.created_at)
    _head(sheet, document)
    _summary(sheet, document)
    _charges(sheet, document)
    if document.detail.bill.kind == "BILL":
        draw_tiers(sheet, document)
        draw_months(sheet, document)
    draw_registers(sheet, document)
    _notes(sheet, document)
    return bytes(sheet.output())


def _head(sheet: Sheet, document: BillDocument) -> None:
    words, bill = sheet.words, document.detail.bill
    sheet.box(0, 0, 210, 3, ACCENT)
    title = words.get(f"title_{bill.kind}", words["title"])
    sheet.write_as(20, ACCENT, bold=True)
    sheet.at(MARGIN, 15, title)
    sheet.write_as(9, SOFT)
    sheet.at(MARGIN, 24, document.district)
    issued = document.issued_on.isoformat() if document.issued_on else words["not_issued"]
    for k, (name, text) in enumerate((
        ("bill", str(bill.id)),
        ("account", document.account),
        ("issued", issued),
    )):
        sheet.write_as(8, SOFT)
        sheet.at(_RIGHT - 72, 14 + 5 * k, words[name], width=34, align="R")
        sheet.write_as(9, INK)
        sheet.at(_RIGHT - 37, 14 + 5 * k, text, width=37, align="R")
    sheet.set_y(34)


def _summary(sheet: Sheet, document: BillDocument) -> None:
    words, bill, top = sheet.words, document.detail.bill, 34
    sheet.box(MARGIN, top, WIDTH, 34, PALE)
    period = f"{bill.first_day} – {figures.day_before(bill.until)}"
    said = (("name", document.name), ("address", document.address), ("period", period))
    for k, (name, text) in enumerate(said):
        sheet.write_as(7.5, SOFT)
        sheet.at(MARGIN + 5, top + 2.5 + 10 * k, words[name], width=90)
        sheet.write_as(10, INK)
        sheet.at(MARGIN + 5, top + 6.5 + 10 * k, text, width=92)
    sheet.write_as(8, SOFT)
    sheet.at(_RIGHT - 75, top + 2.5, words["total"], width=70, align="R")
    total = words["unrated"] if bill.total_fen is None else _money(document, bill.total_fen)
    sheet.write_as(22, ACCENT, bold=True)
    sheet.at(_RIGHT - 75, top + 9, total, width=70, align="R")
    sheet.write_as(9, INK)
    used = f"{words['energy']}  {figures.energy(bill.energy_wh)} kWh"
    sheet.at(_RIGHT - 75, top + 17, used, width=70, align="R")
    _payment(sheet, document, top + 22.5)
    sheet.set_y(top + 35)


def _payment(sheet: Sheet, document: BillDocument, y: float) -> None:
    bill, words = document.detail.bill, sheet.words
    if bill.kind != "BILL" or bill.state != "ISSUED" or (bill.total_fen or 0) <= 0:
        return
    still = document.open_fen
    for k, (name, fen) in enumerate((("paid", (bill.total_fen or 0) - still), ("open", still))):
        sheet.write_as(8, MARK if name == "open" and fen else SOFT)
        text = f"{words[name]}  {_money(document, fen)}"
        sheet.at(_RIGHT - 75, y + 4.6 * k, text, width=70, align="R")


def _charges(sheet: Sheet, document: BillDocument) -> None:
    words, detail = sheet.words, document.detail
    sheet.heading(words["lines"])
    sheet.write_as(8, SOFT)
    names = (words[name] for name in ("item", "quantity", "price", "amount"))
    sheet.row(list(zip(_COLUMNS, names, "LRRR", strict=True)))
    sheet.rule(ACCENT, 0.4)
    for n, part in enumerate(detail.parts):
        _part(sheet, part)
        for line in detail.lines:
            if line.part == n:
                _line(sheet, document, line)
    sheet.rule(ACCENT, 0.4)
    sheet.write_as(10, INK, bold=True)
    total = "" if detail.bill.total_fen is None else _money(document, detail.bill.total_fen)
    sheet.row([(110, words["sum"], "L"), (64, total, "R")], height=7)


def _part(sheet: Sheet, part: BillPart) -> None:
    sheet.room_for(14)
    sheet.write_as(7.5, SOFT)
    name = _in_language(part.name, sheet.words)
    name = f"{sheet.words['tariff']}  {name}  ({part.tariff} {part.version})"
    days = f"{part.first_day} – {figures.day_before(part.until)}"
    sheet.row([(WIDTH - 42, name, "L"), (42, days, "R")], height=5.8)


def _line(sheet: Sheet, document: BillDocument, line: BillLine) -> None:
    words = sheet.words
    said = [_name(document, line, words)]
    if line.period:
        said.append(words[line.period])
    if line.tier:
        said.append(words["tier"].format(n=line.tier))
    quantity, price = "", ""
    if line.unit.startswith("%"):
        quantity, price = _money(document, line.quantity), figures.percent(line.price)
    elif line.quantity or line.price:
        unit = words.get(f"unit_{line.unit}", line.unit)
        quantity = f"{figures.quantity(line.quantity)} {unit}"
        price = figures.price(line.price)
        if line.share != 1:
            price += f" × {line.share}"
    amount = figures.money(line.amount_fen, document.digits)
    if line.contained_fen:
        amount = words["contained"].format(amount=_money(document, line.contained_fen))
    sheet.write_as(9, INK)
    texts = (" · ".join(said), quantity, price, amount)
    sheet.row(list(zip(_COLUMNS, texts, "LRRR", strict=True)))


def _name(document: BillDocument, line: BillLine, words: Mapping[str, str]) -> str:
    """Return what a line is called: as its document says, or by its kind.

    Charges of one kind without a title are told apart by their own names.
    """
    if line.title:
        return _in_language(line.title, words)
    name = words.get(f"line_{line.rule}", line.line)
    alike = {each.line for each in document.detail.lines if each.rule == line.rule}
    return f"{name} ({line.line})" if len(alike) > 1 else name


def _in_language(name: str, words: Mapping[str, str]) -> str:
    return in_language(name, "zh" if words is ZH else "en")


def _notes(sheet: Sheet, document: BillDocument) -> None:
    words, bill = sheet.words, document.detail.bill
    notes = [words["note_sum"]]
    if bill.estimated:
        notes.insert(0, words["note_estimated"])
    if bill.original_id is not None:
        name = "note_reverses" if bill.kind == "REVERSAL" else "note_replaces"
        notes.insert(0, words[name].format(number=bill.original_id))
        if bill.why:
            notes.insert(1, words["note_why"].format(why=bill.why))
    if f"note_{bill.state}" in words:
        notes.insert(0, words[f"note_{bill.state}"])
    sheet.ln(3)
    sheet.rule()
    sheet.ln(1.5)
    for note in notes:
        sheet.write_as(7.5, SOFT)
        sheet.multi_cell(WIDTH, 4.2, note, new_x="LMARGIN", new_y="NEXT")


def _money(document: BillDocument, fen: int) -> str:
    sign = {"CNY": "¥", "GBP": "£"}.get(document.currency, f"{document.currency} ")
    text = figures.money(fen, document.digits)
    return f"−{sign}{text[1:]}" if fen < 0 else f"{sign}{text}"
