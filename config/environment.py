"""What the environment must say before Threshold starts in production, and the sentence when it does not."""

from collections.abc import Mapping
from urllib.parse import urlsplit

DEVELOPMENT_SECRET = "development-only"
WELL_KNOWN = {
    DEVELOPMENT_SECRET,
    "change-me",
    "changeme",
    "secret",
    "password",
    "postgres",
    "threshold",
    "example",
}
SHORTEST_SECRET = 50
NEEDED = {
    "SECRET_KEY": "a random text of at least 50 characters that signs the sessions",
    "DATABASE_URL": "the address of PostgreSQL",
    "REDIS_URL": "the address of Redis or Valkey",
    "EMAIL_URL": "the address of the mail server",
    "SITE_URL": "the address that people type to reach Threshold",
    "AUTHORITY_NAME": "the name of the authority as letters show it",
    "DEFAULT_FROM_EMAIL": "the address that letters come from",
}


def refusal_to_start(environment: Mapping[str, str]) -> str | None:
    """The one sentence that says which setting is missing or still a default, or None when all are safe."""
    for name, meaning in NEEDED.items():
        if not environment.get(name, "").strip():
            return f"Threshold will not start: {name} is missing; set it to {meaning}."
    secret = environment["SECRET_KEY"]
    if secret.lower() in WELL_KNOWN or secret.startswith("django-insecure-"):
        return "Threshold will not start: SECRET_KEY is still a default; set it to a random text of your own."
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 5:
        return f"Threshold will not start: SECRET_KEY is too short; use {SHORTEST_SECRET} characters or more."
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        password = urlsplit(environment[name]).password
        if password is not None and password.lower() in WELL_KNOWN:
            return f"Threshold will not start: the password in {name} is still a default; set your own."
    return None
