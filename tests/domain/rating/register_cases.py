"""Cases about registers: ratio, rollover, exchange of the meter."""

from decimal import Decimal

from domain.metering import Span, ratio_of, unrolled, used_wh

from .answers import Case, Found, kwh
from .documents import wh


def transformer_ratio(case: Case) -> Found:
    ratio = ratio_of(case["ct"], case["pt"])
    span = Span(wh(case["prev"]), wh(case["cur"]), ratio)
    return {"multiplier": Decimal(ratio), "kwh": kwh(span.used_wh)}


def rollover(case: Case) -> Found:
    last = wh(case["prev"])
    count = unrolled(wh(case["cur"]), last_wh=last, digits=case["integer_digits"])
    span = Span(last, count, int(case["multiplier"]))
    return {"register_delta": kwh(count - last), "kwh": kwh(span.used_wh)}


def exchange(case: Case) -> Found:
    old, new = case["old"], case["new"]
    spans = (
        Span(wh(old["prev"]), wh(old["removal"]), int(old["multiplier"])),
        Span(wh(new["initial"]), wh(new["cur"]), int(new["multiplier"])),
    )
    old_wh, new_wh = (span.used_wh for span in spans)
    return {"old_kwh": kwh(old_wh), "new_kwh": kwh(new_wh), "kwh": kwh(used_wh(spans))}
