"""How allauth behaves here: nobody signs themselves up, and what is wrong is said plainly."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator, never by a visitor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. Ask your administrator",
        "incorrect_password": "This is not your password. Try again",
        "enter_current_password": "This is not your password. Try again",
        "rate_limited": "There were too many tries. Wait five minutes, then try again",
        "email_password_mismatch": "The email address or the password is not right",
        "too_many_login_attempts": "There were too many tries. Wait five minutes, then try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right. Look at it again, and enter the one that is shown now",
    }
