"""The business says no: an answer with a code, never a fault."""

from typing import ClassVar


class Refusal(Exception):
    """A rule of the business refuses the act; nothing has moved.

    `code` is stable (UPPER_SNAKE) and is also the key of the message texts (zh-CN and en);
    `fields` are the facts that the text may show. Subclasses stand in the file that raises them.
    """

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str = "", **fields: object) -> None:
        super().__init__(message or self.code)
        self.fields = fields
