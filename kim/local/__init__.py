"""The local stack: a Temporal server, its web page and every process of the product on one desk.

`app` is the command group `kim local`; everything else is imported from its own module.
"""

from kim.local.command import app

__all__ = ["app"]
