"""Shared mailboxes: which address may be one, and whose address may be named in its place. Pure.

An address opens a case, so a person is named at the shared mailbox's own domain and nowhere else.
"""

# Anybody can have an address there, so that the domain says nothing of the agency.
PUBLIC = frozenset(
    {
        "aol.com", "btinternet.com", "gmail.com", "googlemail.com", "hotmail.co.uk", "hotmail.com",
        "icloud.com", "live.co.uk", "live.com", "mail.com", "me.com", "outlook.com", "proton.me",
        "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com",
    }
)  # fmt: skip


def domain_of(address: str) -> str:
    """What stands behind the @, in small letters."""
    return address.rpartition("@")[2].lower()


def why_not_shared(address: str, *, is_authority: bool) -> str:
    """Why an address cannot be an agency's shared mailbox; "" when it can."""
    if is_authority:
        return "The council’s own staff sign in by name, so they need no shared mailbox"
    if not address:
        return "A shared mailbox needs an email address"
    if domain_of(address) in PUBLIC:
        return (
            f"Anybody can have an address at {domain_of(address)}, so nobody there can take anything over. "
            "Use a mailbox at the agency’s own domain"
        )
    return ""


def why_not_theirs(address: str, shared: str) -> str:
    """Why somebody with this address cannot take over what came to a shared mailbox; "" when they can."""
    if not address:
        return "Enter their work email address"
    if address == shared:
        return "This is the shared mailbox. Enter the person’s own address"
    if domain_of(address) != domain_of(shared) or domain_of(shared) in PUBLIC:
        return f"Enter a work address that ends in @{domain_of(shared)}, as the shared mailbox does"
    return ""
