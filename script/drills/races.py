"""P9 and P10: every race has one winner, and only legal moves happen, at length.

    script/drill races [--rounds 50] [--ways 60] [--json]

Runs tests/outages/test_races.py with so many rounds a pair, on two real connections and a barrier, and
tests/outages/test_states.py with so many ways of at most 30 moves, each compared with a plain model.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

TARGET = "0 doubles, 0 deadlocks, the loser told; 0 moves that differ from the model"
ROOT = Path(__file__).resolve().parent.parent.parent
PAIR = re.compile(r"^\.?(\S+): (\d+) rounds, (\d+) told", re.M)
MOVES = re.compile(r"(\d+) moves tried, (\d+) done")


def run(rounds: int, ways: int) -> tuple[bool, str]:
    """Whether all held, and what was said."""
    environment = os.environ | {"RACE_ROUNDS": str(rounds), "STATES_EXAMPLES": str(ways)}
    files = ["tests/outages/test_races.py", "tests/outages/test_states.py"]
    words = [sys.executable, "-m", "pytest", *files, "-q", "-s", "-p", "no:randomly", "--show-capture=no"]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout


def main() -> int:
    """Run the drill and print what came of it; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--ways", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    held, said = run(wanted.rounds, wanted.ways)
    pairs = {name: int(number) for name, number, _ in PAIR.findall(said)}
    moves = MOVES.search(said)
    figures = {"rounds": sum(pairs.values()), "pairs": len(pairs), "moves": int(moves[1]) if moves else 0}
    met = held and figures["rounds"] > 0 and figures["moves"] > 0
    if wanted.json:
        tried = figures["rounds"] + figures["moves"]
        print(json.dumps({"name": "races", "tried": tried, "figures": figures, "target": TARGET, "met": met}))
    else:
        for name, number in pairs.items():
            print(f"{name:<40} {number:>4} rounds")
        print(f"{figures['moves']} moves tried. Target: {TARGET}: {'met' if met else 'NOT MET'}")
        if not met:
            print(said[-4000:])
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
