"""charge_control."""
