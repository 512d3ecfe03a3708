"""How people are made."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a saved user; without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a saved administrator."""
        fields.setdefault("roles", ["administrator"])
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address whatever its case."""
        return self.get(email=(username or "").strip().lower())

    def search(
        self, words: str = "", role: str = "", team: Any = None, is_active: bool | None = None
    ) -> "QuerySet[User]":
        """People whose name or address holds the words, of one role or team; % and _ mean themselves."""
        found: QuerySet[User] = self.all()
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
        if role:
            found = found.filter(roles__contains=[role])
        if team is not None:
            found = found.filter(teams=team)
        return found if is_active is None else found.filter(is_active=is_active)
