"""What a letter to a partner works out while it is written, so that no row holds a token or a code."""

from django import template
from django.conf import settings
from django.urls import reverse

from attendees import keys
from attendees.models import PartnerCode, PartnerLink
from attendees.rules import tokens
from attendees.services.links import token_for

register = template.Library()


@register.simple_tag
def letter_address(link: int | None, path: str = "") -> str:
    """Return the address to print: the partner's own link when there is one, else the page for those who
    sign in."""
    if link is None:
        return f"{settings.SITE_URL}{path}"
    token = token_for(PartnerLink.objects.get(pk=link))
    if token is None:
        raise ValueError(
            "the secret that this link was made with is gone; business support must send a new link"
        )
    return f"{settings.SITE_URL}{reverse('attendees:link', args=[token])}"


@register.simple_tag
def one_time_code(code: int) -> str:
    """Return the six digits of a code."""
    sent = PartnerCode.objects.get(pk=code)
    for key in keys.in_force():
        digits = tokens.code_of(key, sent.nonce)
        if tokens.keyed_hash_of(key, sent.nonce, digits) == sent.code_hash:
            return f"{digits[:3]} {digits[3:]}"
    raise ValueError("the secret that this code was made with is gone")
