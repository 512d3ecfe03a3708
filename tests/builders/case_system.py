"""The council's case system, as far as filing sees it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class CaseSystem:
    """A real HTTP server that files each key once; it can be told what to answer."""

    def __init__(self) -> None:
        self.status, self.slow, self.filed = 200, 0.0, {}  # type: ignore[var-annotated]
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.says: bytes | None = None
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                system.asked.append((dict(self.headers), content))
                time.sleep(system.slow)
                said = b"{}"
                if system.status == 200:
                    key = self.headers["Idempotency-Key"]
                    number = system.filed.setdefault(key, f"LCS-{len(system.filed) + 1}")
                    said = json.dumps({"reference": number}).encode()
                self.send_response(system.status)
                self.end_headers()
                self.wfile.write(said if system.says is None else system.says)

            def log_message(self, *_args: Any) -> None:
                """Keep quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/documents?from=threshold"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        """Be away: nothing listens any more."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
