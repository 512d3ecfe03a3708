"""script/setup, once the packages are there: the page assets, and what to do next."""

from script import assets
from script.bootstrap import say


def main() -> None:
    """Build the assets and say how to go on."""
    assets.build_if_needed()
    say("Ready. script/server runs Threshold for development; script/test runs every check.")


if __name__ == "__main__":
    main()
