"""The commands that set up, run and check Threshold; plain Python, no Django in them."""
