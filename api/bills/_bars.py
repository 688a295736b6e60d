"""Bars: how far the tiers have come, and the use of the last months."""

from itertools import pairwise

from domain.billing import BillDocument

from . import _figures as figures
from ._sheet import ACCENT, INK, MARGIN, MARK, SOFT, WIDTH, Colour, Sheet

_TIERS: tuple[Colour, ...] = ((206, 226, 243), (151, 192, 229), (94, 152, 208), (48, 108, 175))
_MONTHS = 12
_HEIGHT = 26
_SHORT_WH = 99_950


def draw_tiers(sheet: Sheet, document: BillDocument) -> None:
    """Draw the tiers of the cycle and how far it has come; nothing without tiers."""
    tiers, words = document.tiers, sheet.words
    if tiers is None:
        return
    sheet.room_for(28)
    sheet.heading(words["tiers"])
    top = sheet.get_y() + 1
    # The last tier has no end: it is drawn a fifth longer than what bounds it, or was used.
    whole = max(tiers.limits_wh[-1], tiers.after_wh) * 6 // 5 or 1
    bounds = (0, *tiers.limits_wh, whole)
    for k, (low, high) in enumerate(pairwise(bounds)):
        if high <= low:
            continue
        x, width = MARGIN + WIDTH * low / whole, WIDTH * (high - low) / whole
        sheet.box(x, top, width, 6, _TIERS[min(k, len(_TIERS) - 1)])
        sheet.write_as(7.5, INK)
        sheet.at(x, top + 0.5, words["tier"].format(n=k + 1), width=width, align="C")
        if k:
            sheet.write_as(7, SOFT)
            sheet.at(x - 12, top + 6.2, figures.energy(low), width=24, align="C")
    reached = MARGIN + WIDTH * tiers.after_wh / whole
    begun = MARGIN + WIDTH * tiers.before_wh / whole
    sheet.box(begun, top + 4.8, max(reached - begun, 0.4), 1.2, MARK)
    sheet.set_draw_color(*MARK)
    sheet.set_line_width(0.6)
    sheet.line(reached, top - 1, reached, top + 7)
    _say_tiers(sheet, document, top + 10.5)


def _say_tiers(sheet: Sheet, document: BillDocument, y: float) -> None:
    tiers = document.tiers
    assert tiers is not None
    said = sheet.words["tiers_reached"].format(kwh=figures.energy(tiers.after_wh))
    following = next(
        ((k, limit) for k, limit in enumerate(tiers.limits_wh, 2) if limit > tiers.after_wh), None
    )
    if following:
        left = figures.energy(following[1] - tiers.after_wh)
        said += "  ·  " + sheet.words["tiers_left"].format(n=following[0], kwh=left)
    sheet.write_as(8, INK)
    sheet.at(MARGIN, y, said)
    sheet.set_y(y + 5)


def draw_months(sheet: Sheet, document: BillDocument) -> None:
    """Draw a bar for each of the last bills; the last one is this bill."""
    sheet.room_for(_HEIGHT + 20)
    sheet.heading(sheet.words["months"])
    top, step = sheet.get_y() + 4, WIDTH / _MONTHS
    most = max((month.energy_wh for month in document.months), default=0) or 1
    base = top + _HEIGHT
    first = _MONTHS - len(document.months)
    for k, month in enumerate(document.months, first):
        height = max(_HEIGHT * month.energy_wh / most, 0)
        x = MARGIN + step * k
        is_this = k == _MONTHS - 1
        sheet.box(x + 2.6, base - height, step - 5.2, height, ACCENT if is_this else _TIERS[1])
        sheet.write_as(7, INK if is_this else SOFT)
        sheet.at(x, base - height - 5, _short(month.energy_wh), width=step, align="C")
        sheet.at(x, base + 0.8, f"{month.first_day:%Y-%m}", width=step, align="C")
    sheet.set_draw_color(*SOFT)
    sheet.set_line_width(0.2)
    sheet.line(MARGIN, base, MARGIN + WIDTH, base)
    sheet.set_y(base + 6)


def _short(wh: int) -> str:
    """Return whole kWh, of less than a hundred tenths, half up."""
    step = 1_000 if wh >= _SHORT_WH else 100
    return figures.energy((wh + step // 2) // step * step)
