"""Starting: production refuses a missing or default secret by name; development needs nothing."""

import pytest

from config.environment import NEEDED, refusal_to_start
from tests.real import run_python

SAFE = {
    "DEBUG": "false",
    "SECRET_KEY": "q7Yc0vXr1mWz8uKd5nTf2pLs9hGb4jQe6aRi3oVx7yNk1wCm",
    "DATABASE_URL": "postgres://threshold:k3-9fjw-long@database/threshold",
    "REDIS_URL": "redis://broker:6379/0",
    "EMAIL_URL": "smtp+tls://mailer:v8-2dkq-long@mail.ambleford.example:587",
    "SITE_URL": "https://threshold.ambleford.example",
    "AUTHORITY_NAME": "Ambleford Council",
    "DEFAULT_FROM_EMAIL": "threshold@ambleford.example",
}
SAFE["SECRET_KEY"] += "4d"


def start(environment: dict[str, str]) -> tuple[int, str]:
    """Load the settings in a process of their own; its status and what it said."""
    done = run_python("-c", "import config.settings", **environment)
    return done.returncode, done.stderr.strip()


def test_starts_when_everything_is_set() -> None:
    assert start(SAFE) == (0, "")


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_refuses_to_start_without(name: str) -> None:
    """One sentence that names the setting."""
    status, said = start({key: value for key, value in SAFE.items() if key != name})
    assert (status, said) == (1, f"Threshold will not start: {name} is missing; set it to {NEEDED[name]}.")


DEFAULT = "SECRET_KEY is still a default; set it to a random text of your own."
SHORT = "SECRET_KEY is too short; use 50 characters or more."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "change-me", DEFAULT),
        ("SECRET_KEY", "django-insecure-" + "x9" * 30, DEFAULT),
        ("SECRET_KEY", "short", SHORT),
        ("SECRET_KEY", "a" * 60, SHORT),
        (
            "DATABASE_URL",
            "postgres://threshold:threshold@db/t",
            "the password in DATABASE_URL is still a default",
        ),
        ("REDIS_URL", "redis://:password@broker/0", "the password in REDIS_URL is still a default"),
        ("EMAIL_URL", "smtp://me:changeme@mail", "the password in EMAIL_URL is still a default"),
    ],
)
def test_refuses_a_default(name: str, value: str, said: str) -> None:
    sentence = said if said.endswith(".") else f"{said}; set your own."
    assert refusal_to_start({**SAFE, name: value}) == f"Threshold will not start: {sentence}"


def test_a_command_runs_with_an_empty_environment() -> None:
    """Whoever has just cloned the repository can ask how a deadline was found."""
    done = run_python("manage.py", "explain_deadlines", "--help")
    assert (done.returncode, done.stderr) == (0, "")
