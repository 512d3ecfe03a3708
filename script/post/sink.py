"""python -m script.post.sink PORT FILE: a mail server that may be killed at any moment."""

import asyncio
import os
import sys
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session


def sink(port: int, mailbox: str) -> None:
    """A mail server that writes down each copy before it says that it has it."""
    kept = os.open(mailbox, os.O_WRONLY | os.O_APPEND)
    seen: set[str] = set()

    class Handler:
        async def handle_EHLO(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
        ) -> list[str]:
            session.host_name = hostname
            return [answers[0], "250-PIPELINING", *answers[1:]]

        async def handle_RCPT(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            if address.startswith("no-"):
                return "550 5.1.1 No such mailbox"
            if address.startswith("later-") and address not in seen:
                seen.add(address)
                return "451 4.7.1 Come back later"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            message = message_from_bytes(envelope.original_content or b"")
            os.write(kept, f"{envelope.rcpt_tos[0]} {message['Message-ID']}\n".encode())
            return "250 Kept"

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(Handler(), hostname="drill.example"), "127.0.0.1", port
        )
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    sink(int(sys.argv[1]), sys.argv[2])
