"""Colours of the pictures as CSS variables with a fallback, for light and dark; every pair that meets is readable.

A page sets the variables (`stylesheet`) or leaves the light fallbacks; a file of its own carries them in it.
"""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["paper", "lane", "task", "state", "group", "note", "text", "line", "quiet", "warn"]

LIGHT: Final[dict[Role, str]] = {
    "paper": "#ffffff",
    "lane": "#f3f5f8",
    "task": "#ffffff",
    "state": "#e8f0fb",
    "group": "#fbfcfe",
    "note": "#ffffff",
    "text": "#16202c",
    "line": "#3c4a5c",
    "quiet": "#6d7a8c",
    "warn": "#a3190f",
}
DARK: Final[dict[Role, str]] = {
    "paper": "#10161d",
    "lane": "#18212b",
    "task": "#202c39",
    "state": "#1c3350",
    "group": "#1b2530",
    "note": "#10161d",
    "text": "#eef3f8",
    "line": "#b4c1d0",
    "quiet": "#8494a7",
    "warn": "#ff9c8f",
}


def colour(role: Role) -> str:
    """The variable of a role with its light fallback, as an attribute takes it."""
    return f"var(--procedure-{role}, {LIGHT[role]})"


def stylesheet(scope: str = ":root") -> str:
    """Both palettes as CSS: light, and dark where the reader prefers it."""
    return (
        f"{scope} {{ {_variables(LIGHT)} }}\n@media (prefers-color-scheme: dark) {{ {scope} {{ {_variables(DARK)} }} }}"
    )


def _variables(palette: dict[Role, str]) -> str:
    return " ".join(f"--procedure-{role}: {value};" for role, value in palette.items())
