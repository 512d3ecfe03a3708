"""Everything of the record is seen through its discussion's case."""

from cases.querysets import CaseBoundQuerySet


class RecordQuerySet(CaseBoundQuerySet):
    """The record itself."""

    case_path = "discussion__case"


class RecordBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on the record."""

    case_path = "minutes__discussion__case"


class VersionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a version of the record."""

    case_path = "version__minutes__discussion__case"


class RecipientQuerySet(CaseBoundQuerySet):
    """Recipients of a circulation."""

    case_path = "circulation__version__minutes__discussion__case"


class HandingQuerySet(CaseBoundQuerySet):
    """Copies given to the family."""

    case_path = "rendition__version__minutes__discussion__case"
