"""The repository's tests of itself: the plan of the house, its habits and its sizes."""
