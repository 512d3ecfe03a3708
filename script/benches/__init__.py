"""Measurements, one a file: script/bench NAME."""
