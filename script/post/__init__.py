"""A post office of processes that may be killed: the mail server and the carrier of the drills."""
