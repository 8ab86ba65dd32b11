from __future__ import annotations

from django.urls import path

from apps.experiments.api import assign, experiments

ONE = "experiments/<int:pk>/"

urlpatterns = [
    path("experiments/", experiments.ExperimentList.as_view(), name="experiments"),
    path("experiments/assign/", assign.Assign.as_view(), name="assign"),
    path("experiments/expose/", assign.Expose.as_view(), name="expose"),
    path(ONE, experiments.ExperimentDetail.as_view(), name="experiment"),
    path(f"{ONE}start/", experiments.Start.as_view(), name="start_experiment"),
    path(f"{ONE}pause/", experiments.Pause.as_view(), name="pause_experiment"),
    path(f"{ONE}resume/", experiments.Resume.as_view(), name="resume_experiment"),
    path(f"{ONE}stop/", experiments.Stop.as_view(), name="stop_experiment"),
    path(f"{ONE}apply/", experiments.Apply.as_view(), name="apply_experiment"),
    path(
        f"{ONE}take-back/", experiments.TakeBack.as_view(), name="take_back_experiment"
    ),
    path(
        f"{ONE}readings/", experiments.ReadingList.as_view(), name="experiment_readings"
    ),
]
