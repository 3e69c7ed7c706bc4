from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChartingConfig(AppConfig):
    """Classification of reports, charting of studies, themes."""

    name = "charting"
    verbose_name = _("charting")

    def ready(self) -> None:
        from charting import rail  # needs loaded models
        from screening.overview.rail import register

        register("classification", rail.classification)
        register("charting", rail.charting)
