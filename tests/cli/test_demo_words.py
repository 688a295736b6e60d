"""What the demo says on the screen."""

from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from cli.demo._screen import Screen
from cli.demo._words import words
from domain.command import Verb


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_command_has_words_in_every_language(locale: str) -> None:
    told = words(locale)
    assert [verb.name for verb in Verb if verb.name not in told] == []
    assert told.keys() == words("en").keys()


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (50, 20)])
def test_the_newest_sentence_stands_on_a_screen_of_any_size(size: tuple[int, int]) -> None:
    width, height = size
    console = Console(file=StringIO(), width=width, height=height, force_terminal=True)
    screen = Screen(console, locale="en")
    sentence = "supply is paused, your balance is CNY -12.98. It comes back after a top-up."
    screen._stream.extend([Text(sentence)] * 30 + [Text("the newest ENDS")])
    console.print(screen, height=height)
    assert "the newest ENDS" in console.file.getvalue()
