"""Rows of hosted backends, with `wharf serve` in place of the service.

The server's time is included on both sides. Each run uses a new session, so that it does not find files of
the run before. Processor time is that of the client alone.
"""

from . import agb, anthropic, foundry

VENDORS = (foundry, anthropic, agb)


def rows(stage, services):
    """Yields name, goal, wharf's command, the alternative, the reset before each run, and a function that prepares both.

    The function returns the environment, or None if the row cannot run.
    """
    for vendor in VENDORS:
        yield from vendor.rows(stage, services)


def memory(stage, services):
    """Yields a label, the arguments of `wharf`, and their environment."""
    for vendor in VENDORS:
        yield from vendor.memory(stage, services)
