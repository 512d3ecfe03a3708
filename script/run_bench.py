"""script/bench NAME: run script/benches/NAME.py with services of its own."""

from script.run_named import main

if __name__ == "__main__":
    main("bench", "benches")
