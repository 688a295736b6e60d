"""Metering: meters, readings that were held apart, and what operators make of them."""

from ._exception import (
    ReadingException,
    RegistersInput,
    exception_in_sight,
    reading_exception,
    registers_in,
    resolve_reading_exception,
)
from ._meter import Meter, meter

__all__ = [
    "Meter",
    "ReadingException",
    "RegistersInput",
    "exception_in_sight",
    "meter",
    "reading_exception",
    "registers_in",
    "resolve_reading_exception",
]
