"""Rows of hosted services: `wharf serve` stands for the service, and both sides talk to it.

What the server itself takes is in both times, and is the same for both. Each run has a session of its
own, so that nobody finds the other's files. Processor time is that of the client alone.
"""

from . import agb, anthropic, foundry

VENDORS = (foundry, anthropic, agb)


def rows(stage, services):
    """Name, goal, ours, the peer, what puts both back to the start, what makes what they need and its variables."""
    for vendor in VENDORS:
        yield from vendor.rows(stage, services)


def memory(stage, services):
    """What is moved, the command that moves it, and its variables."""
    for vendor in VENDORS:
        yield from vendor.memory(stage, services)
