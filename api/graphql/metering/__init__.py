"""Metering: readings that were held apart, and what operators make of them."""

from ._exception import (
    ReadingException,
    RegistersInput,
    exception_in_sight,
    reading_exception,
    registers_in,
    resolve_reading_exception,
)

__all__ = [
    "ReadingException",
    "RegistersInput",
    "exception_in_sight",
    "reading_exception",
    "registers_in",
    "resolve_reading_exception",
]
