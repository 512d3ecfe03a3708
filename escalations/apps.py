from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        """Be called by each sweep with what must be told."""
        from deadlines.services import register_teller
        from escalations.services import tell

        register_teller(tell)
