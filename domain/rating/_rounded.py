"""Rounding, in Python and in SQL: the same whole number both ways."""

from domain.tariff import Rounding


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return numerator / denominator in whole steps of the rounding; halves go as it says."""
    unit = denominator * rounding.step
    whole, rest = divmod(abs(numerator), unit)
    match rounding.mode:
        case "half_up":
            whole += 2 * rest >= unit
        case "half_even":
            whole += 2 * rest + whole % 2 > unit
        case "up":
            whole += rest > 0
    return (whole if numerator >= 0 else -whole) * rounding.step


def rounded_sql(product: str, denominator: int, rounding: Rounding, *, exact: bool) -> str:
    """Return `rounded` as SQL for a product that is not negative: bigint, or numeric if `exact`.

    Both divide by truncation; `/` on numeric would not.
    """
    unit = denominator * rounding.step

    def whole(dividend: str) -> str:
        return f"div({dividend}, {unit})" if exact else f"({dividend}) / {unit}"

    match rounding.mode:
        case "half_up":
            steps = whole(f"{product} + {unit // 2}")
        case "up":
            steps = whole(f"{product} + {unit - 1}")
        case "half_even":
            odd = f"({whole(product)}) % 2"
            steps = f"({whole(product)} + (2 * ({product} % {unit}) + {odd} > {unit})::int)"
        case _:
            steps = whole(product)
    return f"{steps} * {rounding.step}" if rounding.step > 1 else steps
