"""Drills of the promises, one a file: script/drill NAME."""
