from django.apps import AppConfig


class AttendeesConfig(AppConfig):
    name = "attendees"

    def ready(self) -> None:
        """Put this room's own tasks first on the partner's page."""
        from attendees import partner_menu
        from attendees.views.answering import own_tasks

        partner_menu.register(own_tasks)
