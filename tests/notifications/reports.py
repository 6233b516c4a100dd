"""Delivery reports as mail servers write them, about a mail that the test names."""

from __future__ import annotations

from typing import Final

POSTFIX: Final = """\
Return-Path: <>
Date: Mon, 14 Feb 2022 09:12:01 +0100 (CET)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: kim@x.test
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
Message-Id: <{report}@mx.example.org>

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that Zarathustra Beispielsdottir could not be reached.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 14 Feb 2022 09:12:00 +0100 (CET)

Final-Recipient: rfc822; eingang@jobcenter-rkn.example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.jobcenter-rkn.example.org
Diagnostic-Code: smtp; 550 5.1.1 <eingang@jobcenter-rkn.example.org>: unknown

--B
Content-Description: Undelivered Message
Content-Type: {returned}

From: KIM-Lotse <kim@x.test>
To: eingang@jobcenter-rkn.example.org
Subject: KIM-Lotse
Message-ID: {message_id}
Content-Type: text/plain

{text}

--B--
"""


def report(message_id: str, **changes: str) -> bytes:
    """A report about this mail: lost for good, as Postfix tells it, unless the changes say otherwise."""
    said = {
        "report": "1.2.3",
        "action": "failed",
        "status": "5.1.1",
        "returned": "message/rfc822",
        "text": "Guten Tag,",
        "message_id": message_id,
    }
    return POSTFIX.format(**{**said, **changes}).replace("\n", "\r\n").encode()
