"""In which language a name is told."""


def in_language(name: str, locale: str) -> str:
    """Return the half of a name or title in two languages that is in this one, or all of it.

    The Chinese half comes first: `代理购电 / Agent purchase`.
    """
    halves = name.split(" / ")
    return halves[-1 if locale.startswith("en") else 0]
