"""Make the virtual environment and install into it: the first step on a bare machine."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
PANGO_FILES = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"]
STARTED = float(os.environ.setdefault("THRESHOLD_STARTED", str(time.time())))


def say(sentence: str) -> None:
    """A line of progress, with the seconds since the start."""
    print(f"[{time.time() - STARTED:4.0f} s] {sentence}", flush=True)


def missing_packages(what: str) -> dict[str, list[str]]:
    """What this machine lacks, in words, with the Debian packages that bring it."""
    lacking = {}
    if not PYTHON.exists() and find_spec("ensurepip") is None and find_spec("pip") is None:
        lacking["Python's venv"] = ["python3-venv", f"python3.{sys.version_info.minor}-venv"]
    if not has_libraries(PANGO_FILES):
        lacking["Pango, which lays out the PDFs"] = PANGO
    if what == "test" and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        lacking["Chromium, which the browser tests drive"] = ["chromium"]
    return lacking


def apt_install(lacking: dict[str, list[str]]) -> None:
    """Install Debian packages when root; otherwise stop with the line that an administrator runs."""
    packages = [name for names in lacking.values() for name in names]
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"Missing here: {'; '.join(lacking)}. Run this line, then start again:  sudo {line}")
    say(f"Installing {'; '.join(lacking)} ({', '.join(packages)})")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if not run(*line.split()):
        run("apt-get", "update", "-qq")
        if not run(*line.split()):
            sys.exit(f"{'; '.join(lacking)} could not be installed. Run this line to see why:  {line}")


def make_venv() -> None:
    """Make .venv with pip in it, from ensurepip or from the pip that this Python has."""
    if PYTHON.exists() and run(PYTHON, "-m", "pip", "--version"):
        return
    say("Making a virtual environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "venv", VENV):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    bare = run(sys.executable, "-m", "venv", "--without-pip", VENV)
    if not (bare and run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip")):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python could not make a virtual environment in .venv: is the disk full or read-only?")


def run(*command: object) -> bool:
    """Run a command without its words; whether it went well."""
    return subprocess.run([str(word) for word in command], check=False, capture_output=True).returncode == 0


def install(which: str) -> None:
    """Install requirements/<which>.txt, each file checked against its hash, unless it was done before."""
    wanted = ROOT / "requirements" / f"{which}.txt"
    stamp = VENV / "threshold-installed"
    mark = hashlib.sha256(wanted.read_bytes()).hexdigest()
    done = stamp.read_text().split() if stamp.exists() else []
    if mark in done:
        return
    say(f"Installing {wanted.read_text().count('==')} Python packages (once; one to three minutes)")
    hashed = ["--require-hashes", "-r", str(wanted)]
    if not install_with_uv(hashed):
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, *hashed], check=False).returncode != 0:
            sys.exit(
                "The Python packages could not be installed: see above; a package index must be reachable."
            )
    stamp.write_text("\n".join([*done, mark]))


def install_with_uv(hashed: list[str]) -> bool:
    """The quick way. uv knows neither pip's settings nor, by itself, the system's certificates."""
    if not run(PYTHON, "-m", "pip", "install", "--require-hashes", "-r", ROOT / "requirements" / "uv.txt"):
        return False
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON), "--system-certs"]
    return run(*uv, *hashed)


def has_libraries(names: list[str]) -> bool:
    """Whether the system has these shared libraries."""
    try:
        for name in names:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main() -> None:
    """`bootstrap.py demo|setup|test [words]`: prepare, then hand over to the environment's own Python."""
    what, words = sys.argv[1], sys.argv[2:]
    os.chdir(ROOT)
    if lacking := missing_packages(what):
        apt_install(lacking)
    make_venv()
    install("embedded" if what == "demo" else "dev")
    os.execv(PYTHON, [str(PYTHON), "-m", f"script.run_{what}", *words])


if __name__ == "__main__":
    main()
