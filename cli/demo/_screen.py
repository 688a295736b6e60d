"""The live picture: every account, and the stream of what happens."""

from collections import deque
from datetime import datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.accrual import days_left
from domain.base import rows
from domain.command import Verb

from ._households import ZONE
from ._news import Item, News
from ._words import words

_ACCOUNTS = """
select a.id, a.number, p.available_fen, p.daily_fen, s.output_state, s.control_state,
  case when e.final_message_id is not null then 'announced'
       when e.notice_message_id is not null then 'noticed'
       when e.alarm_message_id is not null then 'alarmed' else 'calm' end as stage
from account a join account_position p on p.account_id = a.id
join supply s on s.account_id = a.id
left join episode e on e.account_id = a.id and e.closed_at is null
order by a.id
"""

_COLOURS = {
    "calm": "green",
    "alarmed": "yellow",
    "noticed": "dark_orange",
    "announced": "red",
    "on": "green",
    "off": "bold red",
    "ready": "bold cyan",
}
_KEPT = 200
_TABLE_WIDTH, _SENTENCE_WIDTH = 62, 38


def yuan(fen: int) -> str:
    """Return fen as yuan with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


class Screen:
    """Draws what the database says; `lines` are the printed form of the news."""

    def __init__(self, console: Console, *, locale: str) -> None:
        self.console = console
        self._words = words(locale)
        self._news = News()
        self._stream: deque[Text] = deque(maxlen=_KEPT)
        self._accounts: list[dict[str, Any]] = []
        self._numbers: dict[int, str] = {}
        self._now: datetime | None = None
        self.header: tuple[str, ...] = ()

    async def look(self, now: datetime) -> list[Text]:
        """Read the present state and return the news since the last look as lines."""
        self._now = now
        self._accounts = await rows(_ACCOUNTS)
        self._numbers = {row["id"]: row["number"] for row in self._accounts}
        fresh = [self._line(item) for item in await self._news.read()]
        self._stream.extend(fresh)
        return fresh

    def __rich__(self) -> RenderableType:  # ruff: ignore[bad-dunder-method-name] -- rich calls it
        layout = Layout()
        layout.split_column(
            Layout(self._head(), size=2 + len(self.header)),
            Layout(name="body"),
        )
        width, height = self.console.width, max(6, self.console.height - 2 - len(self.header))
        table = self._table()
        if width < _TABLE_WIDTH + _SENTENCE_WIDTH:
            # One below the other: beside the table there would be no room for a sentence.
            below = height // 3
            events = self._events(width, below)
            layout["body"].split_column(Layout(table, size=height - below), Layout(events))
        else:
            events = self._events(width - _TABLE_WIDTH, height)
            layout["body"].split_row(Layout(table, size=_TABLE_WIDTH), Layout(events))
        return layout

    def _head(self) -> RenderableType:
        at = f"{self._now.astimezone(ZONE):%Y-%m-%d %a %H:%M}" if self._now else ""
        title = Text.assemble((self._words["title"], "bold"), "   ", (at, "bold cyan"))
        return Group(title, *(Text(line, style="dim") for line in self.header))

    def _table(self) -> Table:
        w = self._words
        table = Table(expand=True, pad_edge=False, box=None, header_style="bold")
        table.add_column(w["account"])
        table.add_column(w["balance"], justify="right")
        table.add_column(w["days"], justify="right")
        table.add_column(w["supply"])
        table.add_column(w["stage"])
        for row in self._accounts:
            supply = self._supply(row["output_state"], row["control_state"])
            left = days_left(row["available_fen"], row["daily_fen"])
            table.add_row(
                row["number"],
                Text(yuan(row["available_fen"]), style="red" if row["available_fen"] <= 0 else ""),
                "" if left is None else str(left),
                Text(w[supply], style=_COLOURS[supply]),
                Text(w[row["stage"]], style=_COLOURS[row["stage"]]),
            )
        return table

    @staticmethod
    def _supply(output_state: int, control_state: int) -> str:
        if output_state:
            return "on"
        return "ready" if control_state else "off"

    def _events(self, width: int, height: int) -> Panel:
        newest: deque[Text] = deque()
        room = height - 2
        for text in reversed(self._stream):
            room -= len(text.wrap(self.console, width - 4))
            if room < 0:
                break
            newest.appendleft(text)
        return Panel(Group(*newest), title=self._words["events"], title_align="left")

    def _line(self, item: Item) -> Text:
        number = self._numbers.get(item.account_id, "")
        at = f"{item.at.astimezone(ZONE):%m-%d %H:%M} "
        if item.kind == "sms":
            return Text.assemble((at, "dim"), ("✉ ", "cyan"), item.text, no_wrap=False)
        return Text.assemble((at, "dim"), f"{number} ", (self._told(item), "bold"))

    def _told(self, item: Item) -> str:
        if item.kind == "payment":
            return self._words["payment"].format(yuan=yuan(int(item.name)))
        if item.kind == "command":
            verb = Verb(int(item.name)).name
            return self._words.get(verb, verb)
        output_state, _, control_state = item.name.partition("/")
        if int(output_state):
            return self._words["restored"]
        return self._words["permitted" if int(control_state) else "tripped"]
