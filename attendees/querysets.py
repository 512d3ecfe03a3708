"""Invitations and what hangs on them are seen through their discussion's case."""

from cases.querysets import CaseBoundQuerySet


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a discussion."""

    case_path = "discussion__case"


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a strategy request."""

    case_path = "request__case"


class InformationBoundQuerySet(CaseBoundQuerySet):
    """Passages of an agency's information."""

    case_path = "information__discussion__case"


class AttendanceBoundQuerySet(CaseBoundQuerySet):
    """Signatures hang on an attendance."""

    case_path = "attendance__discussion__case"


class LinkBoundQuerySet(CaseBoundQuerySet):
    """One-time codes hang on a link."""

    case_path = "link__discussion__case"
