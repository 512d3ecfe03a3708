from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "strategy"

    def ready(self) -> None:
        """Before each sweep looks, a second authoriser is asked where the first has not answered."""
        from deadlines.services import register_first
        from strategy.services.picking_up import pick_up_unanswered

        register_first(pick_up_unanswered)
