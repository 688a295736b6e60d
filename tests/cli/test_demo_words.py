"""What the demo says on the screen."""

import pytest

from cli.demo._words import words
from domain.command import Verb


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_command_has_words_in_every_language(locale: str) -> None:
    told = words(locale)
    assert [verb.name for verb in Verb if verb.name not in told] == []
    assert told.keys() == words("en").keys()
