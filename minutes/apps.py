from django.apps import AppConfig


class MinutesConfig(AppConfig):
    name = "minutes"

    def ready(self) -> None:
        """Hear what becomes of copies of the minutes, and say what is asked of partners afterwards."""
        from django.core import checks as django_checks

        from attendees import discussion_menu, partner_menu
        from attendees import hooks as attendees_hooks
        from cases import hooks as cases_hooks
        from deadlines.services import register_first
        from minutes import checks, discussion_steps, letters, partner_tasks
        from minutes.services import circulate
        from minutes.services.draft_check import note_hidden
        from minutes.services.follow_through import still_owes, still_to_do_for
        from minutes.services.recheck import tell_of_copies
        from minutes.services.record import pass_on_cells, take_in_information
        from minutes.services.round import record_silence
        from minutes.services.versions import is_authorised_for
        from outbox import hooks
        from strategy import closing
        from strategy import hooks as strategy_hooks

        django_checks.register(checks.case_system)
        django_checks.register(checks.file_names)
        hooks.register(letters.PREFIX, on_sent=circulate.on_sent, on_bounced=circulate.on_bounced)
        register_first(record_silence)
        attendees_hooks.register(take_in_information)
        attendees_hooks.register_keeper(still_owes)
        attendees_hooks.register_passed_on(pass_on_cells)
        attendees_hooks.register_unreachable(circulate.keep_back)
        closing.register(is_authorised_for)
        cases_hooks.register_hidden(tell_of_copies)
        cases_hooks.register_hidden(note_hidden)
        strategy_hooks.register_running(still_to_do_for)
        partner_menu.register(partner_tasks.tasks)
        partner_menu.register_waiting(partner_tasks.waiting)
        discussion_menu.register(discussion_steps.steps, reads=("minutes",))
