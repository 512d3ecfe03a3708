from django.apps import AppConfig


class MinutesConfig(AppConfig):
    name = "minutes"

    def ready(self) -> None:
        """Hear what becomes of copies of the minutes, and say what is asked of partners afterwards."""
        from attendees import discussion_menu, partner_menu
        from deadlines.services import register_first
        from minutes import discussion_steps, letters, partner_tasks
        from minutes.services import circulate
        from minutes.services.round import record_silence
        from outbox import hooks

        hooks.register(letters.PREFIX, on_sent=circulate.on_sent, on_bounced=circulate.on_bounced)
        register_first(record_silence)
        partner_menu.register(partner_tasks.tasks)
        discussion_menu.register(discussion_steps.steps, reads=("minutes",))
