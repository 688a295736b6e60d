"""The crowd: how many connections and streams are open, and where it gets too narrow."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from api.graphql.error import ClientError


class Crowded(ClientError):
    """One more is too many."""

    def __init__(self) -> None:
        super().__init__("TOO_MANY_STREAMS", "Too many streams are open. End one, or try later.")


class Crowd:
    """The open connections of this process by address, and its streams by person."""

    def __init__(self, *, connections: int, per_address: int, per_person: int) -> None:
        self._connections_max = connections
        self._per_address = per_address
        self._per_person = per_person
        self._open: Counter[str] = Counter()

    @contextmanager
    def connection(self, address: str) -> Generator[None]:
        """Keep a connection's place; raises Crowded where there is none."""
        places = {"all": self._connections_max, f"address:{address}": self._per_address}
        with self._kept(places):
            yield

    @contextmanager
    def stream(self, person_id: int) -> Generator[None]:
        """Keep a stream's place; raises Crowded where the person has too many."""
        with self._kept({f"person:{person_id}": self._per_person}):
            yield

    @contextmanager
    def _kept(self, places: dict[str, int]) -> Generator[None]:
        if any(self._open[place] >= most for place, most in places.items()):
            raise Crowded
        self._open.update(places.keys())
        try:
            yield
        finally:
            self._open.subtract(places.keys())
            for place in places:
                if not self._open[place]:
                    del self._open[place]
