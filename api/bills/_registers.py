"""Registers: from where to where every meter has run."""

from domain.billing import BillDocument, Span
from domain.tariff import PERIODS

from . import _figures as figures
from ._sheet import INK, SOFT, Sheet

_COLUMNS = (38, 26, 36, 36, 14, 24)


def draw_registers(sheet: Sheet, document: BillDocument) -> None:
    """Draw the table of registers; those that stood still are left out, but for the total."""
    words = sheet.words
    sheet.room_for(22)
    sheet.heading(words["meters"])
    sheet.write_as(8, SOFT)
    names = (words[name] for name in ("meter", "register", "start", "end", "ratio", "used"))
    sheet.row(list(zip(_COLUMNS, names, "LLRRRR", strict=True)), height=5)
    sheet.rule()
    for part in document.detail.parts:
        for span in part.spans:
            _span(sheet, document.serials[span.meter_id], span)


def _span(sheet: Sheet, serial: str, span: Span) -> None:
    words = sheet.words
    base_mark, end_mark = (
        f" {words['estimated']}" if estimated else ""
        for estimated in (span.base_estimated, span.end_estimated)
    )
    for k, name in enumerate(("total_register", *PERIODS)):
        base, end = span.base[k], span.end[k]
        if k and base == end:
            continue
        sheet.write_as(8.5, INK if k == 0 else SOFT)
        texts = (
            serial if k == 0 else "",
            words[name],
            figures.energy(base) + base_mark,
            figures.energy(end) + end_mark,
            str(span.ratio),
            figures.energy((end - base) * span.ratio),
        )
        sheet.row(list(zip(_COLUMNS, texts, "LLRRRR", strict=True)), height=4.8)
