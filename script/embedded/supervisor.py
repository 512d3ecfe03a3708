"""Keep a handful of processes running: start them, start a dead one again, stop all in good order."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

GRACE = 10.0  # seconds a process gets to stop by itself
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class Child:
    """One process: its command, how it is told to stop, and how one knows that it is ready."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    stop: str = "SIGTERM"
    user: str | None = None
    ready: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.5
    start_again: float | None = None

    def start(self, logs: Path) -> None:
        """Start it, its words going to a file of its own."""
        logs.mkdir(parents=True, exist_ok=True)
        signal_number = getattr(signal, self.stop)
        group = pwd.getpwnam(self.user).pw_gid if self.user else None
        with (logs / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=os.environ | self.environment, user=self.user, group=group,
                extra_groups=[] if self.user else None, cwd="/" if self.user else None,
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal_number),
            )  # fmt: skip
        self.started = time.monotonic()

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Tell the main process only: its own children are its business."""
        if self.is_running() and self.process:
            self.process.send_signal(getattr(signal, self.stop))

    def see_it_stop(self, grace: float = GRACE) -> None:
        """Wait for it, and after the grace end it with its children."""
        if self.process is None:
            return
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs children until told to stop; a dead child is started again, after a pause that grows."""

    def __init__(self, logs: Path, say: Callable[[str], None] | None = None) -> None:
        self.logs = logs
        self.say = say or partial(print, flush=True)
        self.children: list[Child] = []
        self.stopping = False

    def add(self, child: Child, seconds: float = 30) -> None:
        """Start a child and wait until it is ready; end with a sentence when it does not get so."""
        self.children.append(child)
        child.start(self.logs)
        end = time.monotonic() + seconds
        while child.ready is not None and not child.ready():
            if not child.is_running() or time.monotonic() > end:
                self.stop()
                sys.exit(f"{child.name} did not start: its words are in {self.logs / child.name}.log")
            time.sleep(0.05)

    def watch(self) -> None:
        """Look after the children until SIGINT or SIGTERM."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self.note_stop)
        while not self.stopping:
            time.sleep(0.25)
            for child in self.children:
                if not child.is_running() and not self.stopping:
                    self.revive(child)

    def revive(self, child: Child) -> None:
        """Start a dead child again, after a pause that doubles to 30 seconds when it keeps dying."""
        now = time.monotonic()
        if child.start_again is None:
            child.wait = 0.5 if now - child.started > 60 else min(child.wait * 2, 30.0)
            child.start_again = now + child.wait
            self.say(f"{child.name} stopped by itself and is started again: see {self.logs / child.name}.log")
        if now >= child.start_again:
            child.start_again = None
            child.start(self.logs)

    def note_stop(self, _number: int, _frame: object) -> None:
        """Remember that somebody wants to stop."""
        self.stopping = True

    def stop(self) -> None:
        """Stop all, the last started first; what others stand on (the database) goes last."""
        self.stopping = True
        foundations = [child for child in self.children if child.ready is not None and child.name != "web"]
        others = [child for child in reversed(self.children) if child not in foundations]
        for child in others:
            child.ask_to_stop()
        for child in others:
            child.see_it_stop()
        for child in reversed(foundations):
            child.ask_to_stop()
            child.see_it_stop()
