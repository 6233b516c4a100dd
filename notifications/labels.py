"""Names that mails use for roles which no configuration names: German, translated where they are used. Words only."""

from __future__ import annotations

from typing import Final

from notifications.words import N_

CASE_MANAGEMENT: Final = "Case Management"
HEAD_OF_UNIT: Final = N_("Leitung")
