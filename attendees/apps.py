from django.apps import AppConfig


class AttendeesConfig(AppConfig):
    name = "attendees"

    def ready(self) -> None:
        """Put this room's own tasks first on the partner's page, and offer the follow-up after a call."""
        from attendees import discussion_menu, partner_menu
        from attendees.views.answering import own_tasks, own_waiting
        from attendees.views.follow_up_step import steps

        partner_menu.register(own_tasks)
        partner_menu.register_waiting(own_waiting)
        discussion_menu.register(steps)
