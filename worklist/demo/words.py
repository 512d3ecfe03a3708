"""What business support typed in the demonstration's meetings, by field of the record."""

RECORD = {
    "reasons": "The school reported an injury that does not fit the explanation given.",
    "previous": "One earlier assessment two years ago, closed with advice.",
    "worries": "An injury that the explanation does not fit, and children who are afraid of going home.",
    "protective": "The grandmother lives nearby and is trusted by the children. School attendance is good.",
    "grey": "We do not know where the children were on Saturday evening.",
    "police_plan": "Joint visit today; interview under Achieving Best Evidence guidance tomorrow.",
    "medical": "A paediatrician sees the injured child this afternoon.",
    "legal": "Not needed now; legal services are told if the parents do not agree to the safety plan.",
    "contingency": "If nobody opens the door the police make a welfare check at once.",
    "family_told": "The social worker tells the mother tonight that an enquiry has begun.",
    "review": "In supervision on Friday.",
    "voice": "“I don’t want to be at home when he is there.”",
    "lived_experience": "Afraid of weekends; happy at school and with the grandmother.",
    "safety_plan": "Both children stay with their grandmother; the social worker rings at 6pm each day.",
    "history": "No other authority knows the family.",
}
