"""German names that mails use for roles which no configuration names. Words only."""

from __future__ import annotations

from typing import Final

CASE_MANAGEMENT: Final = "Case Management"
HEAD_OF_UNIT: Final = "Leitung"
