"""Tell the planner how many accounts the next statements are for."""

from domain.base import run

from ._chosen import Chosen

# A plan for one account searches each table row by row: for thousands that takes ten times as long.
# It is made anew for each batch: one that is kept knows neither how many nor which.
_PLAN = """
select set_config('enable_nestloop', $1, true), set_config('plan_cache_mode', $2, true),
  set_config('synchronous_commit', coalesce($3, current_setting('synchronous_commit')), true)
"""


async def plan_for(chosen: Chosen, *, wait: bool = True) -> None:
    """Plan for these accounts from here to `plan_as_ever`, or to the end of the transaction.

    `wait`: whether its commit waits for the disk, as ever. Not waiting is for what a crash may undo
    as a whole: it comes again. Whatever waits and is committed later waits for this too.
    """
    if chosen.is_many or not wait:
        many = ("off", "force_custom_plan") if chosen.is_many else ("on", "auto")
        await run(_PLAN, *many, None if wait else "off")


async def plan_as_ever() -> None:
    """Plan for a single account again."""
    await run(_PLAN, "on", "auto", None)
