"""The business of prepaid electricity, on bare ground: standard library and Tortoise."""
