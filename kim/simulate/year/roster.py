"""Who works in an office of the simulated year: who holds a post, who is away, whose path is whose.

What was done is kept here only to know who may act; whether it went through says the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from api.caller import Caller
from process_models.posts import Post


@dataclass
class Roster:
    """The case managers who work now, with what they have."""

    managers: Sequence[Caller]
    posts: dict[str, Post] = field(default_factory=dict)
    """The post of whoever works, by account; empty where nobody was ever told of posts."""
    deputies: dict[str, str] = field(default_factory=dict)
    """Who is away, and who stands in."""
    owners: dict[str, str] = field(default_factory=dict)
    """Account by path."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Number of the life by path."""

    def on_duty(self, place: str) -> list[Caller]:
        """Who may begin a path of this place: those whose post serves it, else everybody who is there."""
        if not self.posts:
            return list(self.managers)
        there = [one for one in self.managers if one.actor in self.posts and one.actor not in self.deputies]
        return [one for one in there if self.posts[one.actor].serves(place)] or there

    def acting(self, path_id: str) -> Caller | None:
        """Who acts for a path: its case manager, or whoever stands in; None while it is nobody's."""
        owner = self.owners.get(path_id, "")
        account = self.deputies.get(owner, owner)
        return next((one for one in self.managers if one.actor == account), None)

    def named(self, account: str) -> str:
        """The name of a colleague."""
        return next(one.name for one in self.managers if one.actor == account)

    def leave(self, account: str) -> None:
        """Somebody has left: their paths are nobody's."""
        self.posts.pop(account, None)
        self.owners = {path_id: owner for path_id, owner in self.owners.items() if owner != account}
