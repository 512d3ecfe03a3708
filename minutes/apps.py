from django.apps import AppConfig


class MinutesConfig(AppConfig):
    name = "minutes"

    def ready(self) -> None:
        """Hear what becomes of copies of the minutes, and say what is asked of partners afterwards."""
        from attendees import discussion_menu, partner_menu
        from minutes import discussion_steps, letters, partner_tasks
        from minutes.services import circulate
        from outbox import hooks

        hooks.register(letters.PREFIX, on_sent=circulate.on_sent, on_bounced=circulate.on_bounced)
        partner_menu.register(partner_tasks.tasks)
        discussion_menu.register(discussion_steps.steps, reads=("minutes",))
