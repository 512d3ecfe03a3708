from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        """Have each sweep write down who is told."""
        from deadlines.services import register_teller
        from escalations.services import TELLER

        register_teller(TELLER)
