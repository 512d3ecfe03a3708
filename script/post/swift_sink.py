"""python -m script.post.swift_sink PORT: a mail server that takes all and keeps nothing, for measuring."""

import asyncio
import sys

# Commands may come together, as real servers allow too.
ANSWERS = {
    b"EHLO": b"250-swift\r\n250 PIPELINING\r\n",
    b"DATA": b"354 go\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Swift(asyncio.Protocol):
    """Just enough SMTP to be spoken to."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.in_message = transport, b"", False
        transport.write(b"220 swift\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every line, and every message at its end."""
        self.rest += data
        while True:
            if self.in_message:
                end = self.rest.find(b"\r\n.\r\n")
                if end < 0:
                    return
                self.rest, self.in_message = self.rest[end + 5 :], False
                self.transport.write(b"250 taken\r\n")
            line, found, rest = self.rest.partition(b"\r\n")
            if not found:
                return
            self.rest = rest
            word = line.upper()
            self.in_message = word == b"DATA"
            self.transport.write(ANSWERS.get(word[:4], b"250 ok\r\n"))


async def serve(port: int) -> None:
    """For ever."""
    server = await asyncio.get_running_loop().create_server(Swift, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
