"""Names that outlive the code: workflow types and ids, task queue, search attributes, keys, roles.

Everything that is written into Temporal or into a key stands here once; nothing here may ever change its value.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

NAMESPACE: Final = "kim"
TASK_QUEUE: Final = "kim-paths"

CLIENT_PATH: Final = "client-path"
BODY: Final = "body"
MODEL_RELEASE: Final = "model-release"
MODEL_PREVIEW: Final = "model-preview"
DAILY_SWEEP: Final = "daily-sweep"
DAILY_SWEEP_SCHEDULE: Final = "kim-daily-sweep"

SIGNAL_NEWS: Final = "news"
SIGNAL_REFRESH: Final = "refresh"
SIGNAL_PAUSE: Final = "pause"
SIGNAL_RESUME: Final = "resume"
SIGNAL_STOP: Final = "stop"
QUERY_STATUS: Final = "status"

WORKFLOW_ID: Final = re.compile(r"[a-z0-9-]+")
_OTHER_SIGNS: Final = re.compile(r"[^a-z0-9]+")

SearchAttributeType = Literal["keyword", "keyword_list", "datetime", "bool", "int"]

SEARCH_ATTRIBUTES: Final[dict[str, SearchAttributeType]] = {
    "KimMunicipality": "keyword",
    "KimPhase": "keyword",
    "KimStallReason": "keyword",
    "KimEscalation": "keyword",
    "KimModelVersion": "keyword",
    "KimWaitsFor": "keyword_list",
    "KimStalled": "bool",
    "KimStalledSince": "datetime",
    "KimNextDeadline": "datetime",
}
"""Within the SQL limits of a namespace: 10 keyword, 3 keyword list, 3 datetime, 3 bool."""

BodyKind = Literal["fall", "verfahren", "lenkung"]
BODY_KINDS: Final[tuple[BodyKind, ...]] = ("fall", "verfahren", "lenkung")

CASE_MANAGER: Final = "case_manager"
HEAD_OF_UNIT_SUFFIX: Final = "_head"
"""Role of the head of unit of an agency kind: `jobcenter_head`."""

BODY_ROLES: Final[dict[BodyKind, str]] = {
    "fall": "ag_fallebene",
    "verfahren": "ag_verfahrensebene",
    "lenkung": "lenkungsgruppe",
}


def path_workflow_id(path_id: str) -> str:
    """Workflow id of a client's path. Errors: ValueError if the id has other characters than a-z, 0-9 and '-'."""
    return _checked(f"path-{path_id}")


def path_id_of(workflow_id: str) -> str:
    """Inverse of `path_workflow_id`."""
    return workflow_id.removeprefix("path-")


def body_workflow_id(tenant: str, body: BodyKind) -> str:
    """Workflow id of a body. A tenant is a municipality, or one simulated run."""
    return _checked(f"body-{tenant}-{body}")


def release_workflow_id(tenant: str, version: str) -> str:
    """Workflow id of the release of a version of the process models: `release-muenster-2026-11-1a2b3c4d`."""
    return _checked(f"release-{tenant}-{_OTHER_SIGNS.sub('-', version.lower()).strip('-')}")


def preview_workflow_id(tenant: str, version: str) -> str:
    """Workflow id of the preview of a version of the process models: `preview-muenster-2026-11-1a2b3c4d`."""
    return _checked(f"preview-{tenant}-{_OTHER_SIGNS.sub('-', version.lower()).strip('-')}")


def notice_key(path_id: str, subject: str, kind: str, recipient: str, on: date | None = None) -> str:
    """Key of a notice: the same notice is never made twice. `on` distinguishes repeated reminders of one subject."""
    day = f":{on.isoformat()}" if on else ""
    return f"{path_id}:{subject}:{kind}:{recipient}{day}"


def code_for_member(code: str, member: str) -> str:
    """Code of the handover of a member of the household: `H04.mother`."""
    return f"{code}.{member}"


def rule_code(code: str) -> str:
    """Code of the rule: `H04.mother` is `H04`."""
    return code.partition(".")[0]


def member_of_code(code: str) -> str:
    """Code of the member whose handover it is; empty for the person of the path."""
    return code.partition(".")[2]


def _checked(workflow_id: str) -> str:
    if not WORKFLOW_ID.fullmatch(workflow_id):
        raise ValueError(f"workflow id {workflow_id!r} may only have a-z, 0-9 and '-'")
    return workflow_id
