"""Who may do what: one line a permission, and the short list of what needs no login.

The table only; the check stands in `caller`. A guard test compares it with the routes.
"""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["case_manager", "coordinator", "clerk", "body", "land", "admin", "auditor"]

ROLES: Final[tuple[Role, ...]] = ("case_manager", "coordinator", "clerk", "body", "land", "admin", "auditor")
"""`clerk` and `land` exist for people who sign in: one sees single tasks, the other no path at all."""

PERMISSIONS: Final[dict[str, frozenset[Role]]] = {
    "path.start": frozenset({"case_manager"}),
    "path.read": frozenset({"case_manager", "coordinator"}),
    "path.change": frozenset({"case_manager"}),
    "facts.read": frozenset({"case_manager"}),
    "handover.answer": frozenset({"case_manager", "coordinator"}),
    "task.complete": frozenset({"case_manager", "coordinator"}),
    "stalled.read": frozenset({"case_manager", "coordinator"}),
    "agenda.read": frozenset({"case_manager", "coordinator", "body"}),
    "review.read": frozenset({"case_manager", "coordinator", "body"}),
    "figures.read": frozenset({"coordinator", "body", "land"}),
    "body.decide": frozenset({"coordinator", "body"}),
    "board.read": frozenset({"coordinator"}),
    "stall.act": frozenset({"coordinator"}),
    "notices.read": frozenset({"case_manager", "coordinator"}),
    "notices.send": frozenset({"coordinator"}),
    "calendar.read": frozenset({"case_manager", "coordinator"}),
    "mails.preview": frozenset({"admin", "coordinator"}),
    "audit.read": frozenset({"auditor", "case_manager"}),
    "desk.open": frozenset({"case_manager", "coordinator", "clerk", "body", "land", "admin", "auditor"}),
    "deputy.manage": frozenset({"case_manager", "coordinator"}),
    "post.read": frozenset({"case_manager", "coordinator"}),
    "post.manage": frozenset({"coordinator"}),
    "path.assign": frozenset({"coordinator"}),
    "conflict.note": frozenset({"case_manager", "coordinator"}),
    "file.supervise": frozenset({"coordinator"}),
    "need.read": frozenset({"case_manager", "coordinator"}),
    "need.change": frozenset({"case_manager"}),
    "need.count": frozenset({"case_manager", "coordinator", "body", "land"}),
    "offer.read": frozenset({"case_manager", "coordinator", "body", "clerk"}),
    "offer.manage": frozenset({"case_manager", "coordinator"}),
    "simulation.manage": frozenset({"admin"}),
    "model.read": frozenset({"coordinator", "body", "admin"}),
    "model.draft": frozenset({"coordinator", "admin"}),
    "model.manage": frozenset({"admin"}),
}

PUBLIC: Final[dict[tuple[str, str], str]] = {
    ("GET", "/"): "says what this is",
    ("GET", "/help"): "how this works",
    ("GET", "/glossary"): "the words of the law, explained",
    ("GET", "/procedures"): "the law and who is responsible, no path; everybody may know",
    ("GET", "/procedures/{code}"): "as the list",
    ("GET", "/procedures/{code}/{form}"): "as the list",
    ("GET", "/accessibility"): "the accessibility statement has to be public",
    ("GET", "/privacy"): "the privacy notice has to be public",
    ("GET", "/sign-in"): "the door",
    ("POST", "/sign-in/demo"): "one-click roles of a local stack; 404 anywhere else",
    ("GET", "/sign-in/start"): "the way to the identity provider",
    ("GET", "/sign-in/return"): "the way back; what it brings is checked",
    ("POST", "/sign-out/back-channel"): "the signature of the identity provider is the permission",
    ("POST", "/sign-out"): "who is not signed in is signed out already",
    ("GET", "/l/{token}"): "the link opens a neutral page, nothing personal; opening it changes nothing",
    ("HEAD", "/l/{token}"): "as GET",
    (
        "POST",
        "/l/{token}",
    ): "mails a code to the registered mailbox, at a limited rate; that code opens the task",
    ("GET", "/task/{visit_id}"): "the visit in the cookie, opened by link and code, is the key",
    ("HEAD", "/task/{visit_id}"): "as GET",
    ("POST", "/task/{visit_id}/leave"): "as the page: the visit in the cookie is the key",
    ("GET", "/task/{visit_id}/{answer}"): "as the page: the visit in the cookie is the key",
    ("POST", "/task/{visit_id}/{answer}"): "as the page: the visit in the cookie is the key",
    ("GET", "/calendar/{token}.ics"): "the token is the key of its owner's calendar, which names nobody",
    ("GET", "/o/{token}"): "the link itself is the key of the owner of an offer; opening it changes nothing",
    ("HEAD", "/o/{token}"): "as GET",
    ("POST", "/o/{token}"): "the link itself is the key of the owner of an offer",
    ("GET", "/docs"): "description of the interface",
    ("GET", "/openapi.json"): "description of the interface",
    ("GET", "/static"): "style sheets, fonts and the icon",
    ("GET", "/healthz"): "alive or not, nothing else",
    ("GET", "/readyz"): "ready or not, nothing else",
    ("GET", "/metrics"): "counts from a closed list of labels; the proxy does not publish it",
}
"""Method and path -> why no login is asked for."""
