"""Every activity class of the product, for the worker and the guards. Nothing else may stand here."""

from activities.bodies import BodyActivities
from activities.consents import ConsentActivities
from activities.escalations import EscalationActivities
from activities.handovers import HandoverActivities
from activities.notifications import NotificationActivities
from activities.planning import PlanningActivities
from activities.previews import PreviewActivities
from activities.records import RecordActivities
from activities.releases import ReleaseActivities
from activities.reminders import ReminderActivities
from activities.sweep import SweepActivities

ALL = (
    PlanningActivities,
    HandoverActivities,
    ReminderActivities,
    ConsentActivities,
    EscalationActivities,
    NotificationActivities,
    RecordActivities,
    BodyActivities,
    ReleaseActivities,
    PreviewActivities,
    SweepActivities,
)

__all__ = [
    "ALL",
    "BodyActivities",
    "ConsentActivities",
    "EscalationActivities",
    "HandoverActivities",
    "NotificationActivities",
    "PlanningActivities",
    "PreviewActivities",
    "RecordActivities",
    "ReleaseActivities",
    "ReminderActivities",
    "SweepActivities",
]
