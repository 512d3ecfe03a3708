"""P19: after any history of a case its stored clocks are what `explain_deadlines` says of its facts.

    script/drill history [--steps 5000] [--json]

Runs tests/outages/test_history.py with so many steps: referrals under every procedure, circumstances learnt
and taken back, requests, bookings, discussions typed in afterwards, minutes sent and come back, times put
right. After every step every clock is compared; the first that differs is printed with its whole history.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

TARGET = "0 clocks that differ from the command's answer"
ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = re.compile(r"(\d+) steps: (\{.*\})")


def run(steps: int) -> tuple[bool, str]:
    """Whether all agreed, and what was said."""
    environment = os.environ | {"HISTORY_STEPS": str(steps)}
    words = [sys.executable, "-m", "pytest", "tests/outages/test_history.py", "-q", "-s", "-n", "0"]
    words += ["-p", "no:randomly", "--show-capture=no"]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout


def main() -> int:
    """Run the drill and print what came of it; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    agreed, said = run(wanted.steps)
    found = STEPS.search(said)
    steps = int(found[1]) if found else 0
    kinds = json.loads(found[2].replace("'", '"')) if found else {}
    met = agreed and steps > 0
    if wanted.json:
        figures = {"steps": steps, "moves": kinds}
        print(
            json.dumps({"name": "history", "tried": steps, "figures": figures, "target": TARGET, "met": met})
        )
    else:
        for name, number in kinds.items():
            print(f"{name:<24} {number:>6}")
        print(f"{steps} steps. Target: {TARGET}: {'met' if met else 'NOT MET'}")
    if not met:
        print(said[-6000:], file=sys.stderr)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
