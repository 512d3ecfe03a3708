"""script/drill NAME: run script/drills/NAME.py with services of its own."""

from script.run_named import main

if __name__ == "__main__":
    main("drill", "drills")
