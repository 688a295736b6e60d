"""A new supply district."""

from .models import District


async def open_district(code: str, *, name: str, timezone: str = "Asia/Shanghai") -> int:
    """Open a district, or return the one that has this code already."""
    district, _ = await District.get_or_create(
        code=code, defaults={"name": name, "timezone": timezone}
    )
    return district.id
