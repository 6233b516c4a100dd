"""Every workflow of the product, for the worker and the guards."""

from workflows.body import BodyWorkflow
from workflows.client_path import ClientPathWorkflow
from workflows.daily_sweep import DailySweepWorkflow
from workflows.model_preview import ModelPreviewWorkflow
from workflows.model_release import ModelReleaseWorkflow

ALL = (ClientPathWorkflow, BodyWorkflow, ModelReleaseWorkflow, ModelPreviewWorkflow, DailySweepWorkflow)

__all__ = [
    "ALL",
    "BodyWorkflow",
    "ClientPathWorkflow",
    "DailySweepWorkflow",
    "ModelPreviewWorkflow",
    "ModelReleaseWorkflow",
]
