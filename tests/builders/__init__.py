"""Builders: what a test begins with, made by the real services as the people of the cast would."""
