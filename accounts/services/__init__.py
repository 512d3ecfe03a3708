"""Keeping people, agencies and teams, and who acts for whom. What rooms above keep of them follows there."""
