"""Charge control (费控): from a balance to a decision, through the guards of the law, to a command.

A low balance opens an **episode**: alarm, notice, final notice, trip. `decide` is pure; `review`
acts on it under the account's lock; `dispatch` asks it again before a trip leaves. Trips fail
closed, closes fail open. Every decision is kept with the guards it stood on.
"""

from ._assess import assess
from ._catalogue import catalogued
from ._decision import Decision, Verdict, decide
from ._dispatch import dispatch
from ._enrol import enrol
from ._follow_failure import follow_failure
from ._follow_supply import follow_supply
from ._guard import Guard
from ._policy import Policy, StrategyInvalid, policy_of
from ._protect import AccountUnknown, protect, unprotect
from ._publish_strategy import publish_strategy
from ._retire import retire
from ._review import review
from ._review_due import next_review_at, review_due
from ._set_calendar import set_calendar
from ._set_switch import SwitchUnknown, set_switch, switches
from ._situation import Episode, Served, Situation
from ._why_not import why_not
from ._window import TripWindow

__all__ = [
    "AccountUnknown",
    "Decision",
    "Episode",
    "Guard",
    "Policy",
    "Served",
    "Situation",
    "StrategyInvalid",
    "SwitchUnknown",
    "TripWindow",
    "Verdict",
    "assess",
    "catalogued",
    "decide",
    "dispatch",
    "enrol",
    "follow_failure",
    "follow_supply",
    "next_review_at",
    "policy_of",
    "protect",
    "publish_strategy",
    "retire",
    "review",
    "review_due",
    "set_calendar",
    "set_switch",
    "switches",
    "unprotect",
    "why_not",
]
