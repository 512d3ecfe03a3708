"""Words for children and families; codes of the national datasets where they exist (domain 3.1)."""

from django.db.models import TextChoices


class Sex(TextChoices):
    """Census item N00783; U must be used for an unborn child (rule 8750)."""

    MALE = "M", "Male"
    FEMALE = "F", "Female"
    UNKNOWN = "U", "Not known or unborn"


class ChildStatus(TextChoices):
    """How the authority knows the child when the request is made."""

    NOT_KNOWN = "not_known", "Not currently known to children's social care"
    OPEN = "open", "Open, being assessed"
    CHILD_IN_NEED = "child_in_need", "Child in need plan"
    CHILD_PROTECTION = "child_protection", "Child protection plan"
    LOOKED_AFTER = "looked_after", "Looked after"


class Ethnicity(TextChoices):
    """Census item N00177."""

    WBRI = "WBRI", "White British"
    WIRI = "WIRI", "White Irish"
    WIRT = "WIRT", "Traveller of Irish heritage"
    WOTH = "WOTH", "Any other White background"
    WROM = "WROM", "Gypsy or Roma"
    MWBC = "MWBC", "White and Black Caribbean"
    MWBA = "MWBA", "White and Black African"
    MWAS = "MWAS", "White and Asian"
    MOTH = "MOTH", "Any other mixed background"
    AIND = "AIND", "Indian"
    APKN = "APKN", "Pakistani"
    ABAN = "ABAN", "Bangladeshi"
    AOTH = "AOTH", "Any other Asian background"
    BCRB = "BCRB", "Black Caribbean"
    BAFR = "BAFR", "Black African"
    BOTH = "BOTH", "Any other Black background"
    CHNE = "CHNE", "Chinese"
    OOTH = "OOTH", "Any other ethnic group"
    REFU = "REFU", "Refused"
    NOBT = "NOBT", "Information not yet obtained"


class Disability(TextChoices):
    """Census item N00099: one code or more."""

    NONE = "NONE", "None"
    MOBILITY = "MOB", "Mobility"
    HAND = "HAND", "Hand function"
    PERSONAL_CARE = "PC", "Personal care"
    INCONTINENCE = "INC", "Incontinence"
    COMMUNICATION = "COMM", "Communication"
    LEARNING = "LD", "Learning"
    HEARING = "HEAR", "Hearing"
    VISION = "VIS", "Vision"
    BEHAVIOUR = "BEH", "Behaviour"
    CONSCIOUSNESS = "CON", "Consciousness"
    AUTISM = "AUT", "Autism or Asperger syndrome"
    OTHER = "DDA", "Another disability under the Equality Act"


class CaseStatus(TextChoices):
    """Whether the case is being worked."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class AccessPurpose(TextChoices):
    """Why a person or team may see a case: need to know, never convenience."""

    ALLOCATED = "allocated", "Allocated worker or team"
    REQUESTED = "requested", "Asked for the discussion"
    MANAGES = "manages", "Manages the work"
    SUPPORTS = "supports", "Books, minutes and circulates"
    CHAIRS = "chairs", "Chairs the discussion"
    TAKES_PART = "takes_part", "Invited to the discussion"
    BREAK_GLASS = "break_glass", "Opened in an emergency"
