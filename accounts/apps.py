from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Listen to signing in and out."""
        from accounts import receivers  # noqa: F401
