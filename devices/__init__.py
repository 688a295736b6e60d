"""Devices: what speaks with meters. `headend` hears and tells them, `simulator` plays them."""
