"""Limit: how much of the server one caller may have.

A `Budget` holds points per minute and principal, from which the `Price` of each operation is paid;
a `Crowd` holds the places of open connections and streams. Neither waits for anybody: there is
room, or the caller is told when to come again.
"""

from ._budget import Budget, Spent
from ._crowd import Crowd, Crowded
from ._price import Prepared, Price

__all__ = ["Budget", "Crowd", "Crowded", "Prepared", "Price", "Spent"]
