"""An answer as a table for people."""

from collections.abc import Iterator, Mapping

from rich.table import Table


def table(answer: Mapping[str, object]) -> Table:
    """Return the figures of an answer line by line, nested ones under their name."""
    shown = Table(title=str(answer["name"]), title_justify="left", show_header=False)
    shown.add_column()
    shown.add_column(justify="right")
    for name, figure in answer.items():
        if name != "name":
            shown.add_row(name.replace("_", " "), "\n".join(_lines(figure)))
    return shown


def _lines(figure: object) -> Iterator[str]:
    match figure:
        case Mapping():
            for name, each in figure.items():
                yield f"{name.replace('_', ' ')}: {', '.join(_lines(each))}"
        case list():
            yield ", ".join(map(str, figure))
        case int():
            yield f"{figure:,}"
        case _:
            yield str(figure)
