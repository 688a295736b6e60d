"""Make somebody known."""

from domain.base import run, value

from ._person import Role


async def enrol(
    phone: str,
    *,
    role: Role,
    name: str = "",
    district_id: int | None = None,
    locale: str = "zh-CN",
) -> int:
    """Make a person known by their phone and return the id; enrolling again changes nothing."""
    await run(
        "insert into person (phone, name, role, district_id, locale, active)"
        " values ($1, $2, $3, $4, $5, true) on conflict (phone) do nothing",
        phone,
        name,
        role,
        district_id,
        locale,
    )
    found: int = await value("select id from person where phone = $1", phone)
    return found
