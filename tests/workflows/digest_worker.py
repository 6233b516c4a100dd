"""The worker of the product with rules under which one agency gets a digest; run as a process that a test may kill."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import worker
from process_models.catalogue import Catalogue, load_catalogue

MUNICIPALITY: Final = "rhein-kreis-neuss"
AGENCY: Final = "anerkennungsstelle-nrw"


def with_digest() -> Catalogue:
    """The shipped rules; the agency wants one mail in the morning instead of single ones."""
    shipped = load_catalogue()
    config = shipped.municipality(MUNICIPALITY)
    agencies = tuple(one.model_copy(update={"digest": True}) if one.id == AGENCY else one for one in config.agencies)
    changed = config.model_copy(update={"agencies": agencies})
    return replace(shipped, municipalities={**shipped.municipalities, MUNICIPALITY: changed})


if __name__ == "__main__":
    worker.load_catalogue = with_digest
    worker.main()
