"""Desk: what operators look at and set for districts and for the whole deployment."""

from ._desk import Desk, desk_node
from ._quiet_hours import set_quiet_hours
from ._switch import Switch, set_control_switch, switches

__all__ = ["Desk", "Switch", "desk_node", "set_control_switch", "set_quiet_hours", "switches"]
