"""Which rows of a request, discussion or decision a person may see: those of their cases."""

from cases.querysets import CaseBoundQuerySet


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Stage rows hang on their request's case."""

    case_path = "request__case"


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Bookings and decisions hang on their discussion's case."""

    case_path = "discussion__case"


class ChildBoundQuerySet(CaseBoundQuerySet):
    """Enquiries and sightings hang on their child's case."""

    case_path = "child__case"
