"""Files of process models for tests: the shipped ones, and small changes of them that a person might draft."""

from __future__ import annotations

from process_models.catalogue import SHIPPED, content_hash, load_files
from process_models.catalogue_files import contents, model_files
from store.model_versions import NewModelVersion

SETTLEMENT = "law/settlement.yaml"


def shipped_files() -> dict[str, bytes]:
    """The files that come with the product."""
    return contents(model_files(SHIPPED))


def changed(file: str, *changes: tuple[str, str], label: str = "") -> dict[str, bytes]:
    """The shipped files with some words replaced in one of them, and under another label if one is given."""
    files = shipped_files()
    text = files[file].decode()
    for before, after in changes:
        assert before in text, f"{before!r} does not stand in {file}"
        text = text.replace(before, after)
    files[file] = text.encode()
    if label:
        files["law/edition.yaml"] = f'label: "{label}"\n'.encode()
    return files


def before_the_reform() -> dict[str, bytes]:
    """The rules as if naturalisation had never become easier: eight years, or seven with an integration course."""
    lines = shipped_files()[SETTLEMENT].decode().splitlines(keepends=True)
    new = next(i for i, line in enumerate(lines) if "code: NA1" in line and "valid_from: 2024-06-27" in line)
    return changed(
        SETTLEMENT,
        (lines[new], ""),
        ("evidence: V:2024-06-26, valid_to: 2024-06-26, years: 8", "evidence: V:2024-06-26, years: 8"),
        label="2024.05",
    )


def as_draft(tenant_id: str, files: dict[str, bytes], label: str = "") -> NewModelVersion:
    """What `kim model draft` keeps."""
    version = load_files(files).version
    return NewModelVersion(tenant_id, version, content_hash(files), files, label, "Fachstelle")
