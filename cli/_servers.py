"""Which servers a command talks to: own ones, those of a running house, or embedded ones."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from runtime import embedded
from runtime.settings import Settings, WrongSettings, use


@contextmanager
def servers(given: Settings) -> Generator[Settings]:
    """Give settings that name a database and a Redis, starting embedded ones where needed."""
    if given.database_url and given.redis_url:
        yield given
        return
    found = embedded.known(given.data_dir)
    if found:
        # Whoever acts on a play acts in its time: else a bill run would bill the days to come.
        clock_file = given.clock_file or (found.clock_file and Path(found.clock_file))
        own = given.model_copy(update={"clock_file": clock_file})
        yield _pointed(own, found.database_url, found.redis_url)
        return
    with embedded.running(given.data_dir) as started:
        yield _pointed(given, started.database_url, started.redis_url)


def demand_play(own: Settings) -> None:
    """Refuse WrongSettings where production is set: whoever plays empties the database first."""
    if own.profile == "production":
        raise WrongSettings("FEIKONG_PROFILE: production is not played with: unset it to play")


def _pointed(given: Settings, database_url: str, redis_url: str) -> Settings:
    pointed = given.model_copy(
        update={
            "database_url": given.database_url or database_url,
            "redis_url": given.redis_url or redis_url,
        }
    )
    use(pointed)
    return pointed
