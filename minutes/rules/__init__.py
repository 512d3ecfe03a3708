"""Pure rules of the record: what a step holds, how a typed line is read, what a decision needs."""
