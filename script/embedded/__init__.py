"""PostgreSQL, Valkey and a mail catcher out of wheels, for the demo, development and the tests.

In production the addresses of real servers are set instead; the application's code is the same.
"""
