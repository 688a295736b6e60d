"""What the house runs on: settings, clock, database, redis, servers, logs, health.

Every module here is a front door of its own. Only `runtime.settings` reads the environment and only
`runtime.clock` reads the time.
"""
