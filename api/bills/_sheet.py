"""Sheet: an A4 page with our font, and the few strokes that a bill is drawn with."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

INK, SOFT, PALE, ACCENT, MARK = (
    (33, 37, 41),
    (110, 117, 125),
    (240, 243, 247),
    (23, 78, 140),
    (222, 122, 34),
)
MARGIN, WIDTH = 18, 174
_FONT = "Noto Sans SC"

Colour = tuple[int, int, int]


@cache
def _font_file(name: str) -> str:
    return str(files(__package__) / "fonts" / name)


class Sheet(FPDF):
    """Millimetres from the top left; `y` moves down as things are written."""

    def __init__(self, words: Mapping[str, str], *, lang: str) -> None:
        super().__init__(format="A4")
        self.words = words
        self.set_lang(lang)
        self.set_margins(MARGIN, 16, MARGIN)
        self.set_auto_page_break(auto=True, margin=20)
        self.add_font(_FONT, "", _font_file("NotoSansSC-Regular.ttf"))
        self.add_font(_FONT, "B", _font_file("NotoSansSC-Bold.ttf"))
        self.alias_nb_pages("{all}")
        self.write_as(9)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-14)
        self.write_as(7.5, SOFT)
        text = self.words["page"].replace("{n}", str(self.page_no()))
        self.cell(WIDTH, 5, text, align="C")

    def write_as(self, size: Any, colour: Colour = INK, *, bold: bool = False) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def at(self, x: Any, y: Any, text: str, *, width: Any = 0, align: str = "L") -> None:
        """Write one line of text at a place, as wide as said at most."""
        self.set_xy(x, y)
        if width:
            self._written(width, 5, text, align)
        else:
            self.cell(WIDTH - (x - MARGIN), 5, text, align=align)

    def _written(self, width: Any, height: Any, text: str, align: str) -> None:
        """Write text that fits: words are shortened, figures, which stand on the right, smaller."""
        size = self.font_size_pt
        if align == "R":
            self.set_font_size(size * min(1, (width - 1) / max(self.get_string_width(text), 1)))
            self.cell(width, height, text, align=align)
            self.set_font_size(size)
        else:
            self.cell(width, height, self._shortened(text, width), align=align)

    def _shortened(self, text: str, width: Any) -> str:
        if self.get_string_width(text) <= width - 1:
            return text
        while text and self.get_string_width(text + "…") > width - 1:
            text = text[:-1]
        return text + "…"

    def heading(self, text: str) -> None:
        self.ln(3)
        self.write_as(10.5, ACCENT, bold=True)
        self.cell(WIDTH, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rule(self, colour: Colour = (208, 214, 221), width: Any = 0.2) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())

    def box(self, x: Any, y: Any, width: Any, height: Any, colour: Colour) -> None:
        self.set_fill_color(*colour)
        self.rect(x, y, width, height, style="F")

    def row(self, cells: list[tuple[Any, str, str]], *, height: Any = 5.4) -> None:
        """Write (width, text, alignment) cells side by side."""
        for width, text, align in cells:
            self._written(width, height, text, align)
        self.ln(height)

    def room_for(self, height: Any) -> None:
        """Begin a new page where less than this is left."""
        if self.will_page_break(height):
            self.add_page()
