from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChartingConfig(AppConfig):
    """Classification of reports, charting of studies, themes."""

    name = "charting"
    verbose_name = _("charting")

    def ready(self) -> None:
        from charting import leaving, rail  # needs loaded models
        from screening.overview.rail import register
        from screening.queues.leaving import register as tell_of

        register("classification", rail.classification)
        register("charting", rail.charting)
        tell_of(leaving.unfinished)
