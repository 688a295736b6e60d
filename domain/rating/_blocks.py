"""How much energy falls into each block, in Python and in SQL."""

Bounds = tuple[int, ...]


def blocks_between(before: int, after: int, limits: Bounds) -> tuple[int, ...]:
    """Return what of the way from `before` to `after` lies in each block."""
    found, start = [], before
    for upper in limits:
        end = min(upper, after)
        found.append(max(0, end - start))
        start = max(start, end)
    return (*found, after - start)


def block_sql(before: str, after: str, limits: list[str], tier: int) -> str:
    """Return the SQL of one block; `tier` counts from 0."""
    upper = f"least({after}, {limits[tier]})" if tier < len(limits) else after
    lower = f"greatest({before}, {limits[tier - 1]})" if tier else before
    return f"greatest(0, {upper} - {lower})"
