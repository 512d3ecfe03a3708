from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        """Have each sweep write down who is told, and offer escalations where their facts are shown."""
        from attendees import discussion_menu, partner_menu
        from deadlines.services import register_teller
        from escalations import discussion_steps, partner_tasks
        from escalations.services import TELLER
        from escalations.services.concerning import open_about
        from strategy import hooks as strategy_hooks

        register_teller(TELLER)
        strategy_hooks.register_running(open_about)
        discussion_menu.register(discussion_steps.steps)
        partner_menu.register(partner_tasks.tasks)
