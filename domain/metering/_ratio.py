"""What a register counts, times its transformers, is what was used (倍率)."""

import re
from fractions import Fraction

from domain.base import Refusal

LARGEST = 1_000_000
_FORM = re.compile(r"[0-9]{1,7}(/0*[1-9][0-9]{0,6})?")


class RatioRefused(Refusal):
    """CT x PT is no whole number from 1 to a million."""

    code = "RATIO_REFUSED"


def ratio_of(ct: str = "1/1", pt: str = "1/1") -> int:
    """Return the ratio of a current and a voltage transformer: "100/5" and "10000/100" are 2000.

    Refuses with RatioRefused.
    """
    ratio = _product(ct, pt)
    if ratio.denominator != 1 or not 1 <= ratio <= LARGEST:
        raise RatioRefused(ct=ct, pt=pt)
    return int(ratio)


def multiplied(delta_wh: int, *, ct: str = "1/1", pt: str = "1/1") -> int:
    """Return what was used where a register moved by `delta_wh`, half a Wh rounded up."""
    ratio = _product(ct, pt)
    return (2 * delta_wh * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)


def _product(ct: str, pt: str) -> Fraction:
    if not (_FORM.fullmatch(ct) and _FORM.fullmatch(pt)):
        raise RatioRefused(ct=ct, pt=pt)
    return Fraction(ct) * Fraction(pt)
