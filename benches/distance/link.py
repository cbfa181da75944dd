"""A link of limited speed and with a delay, in front of a server on this machine.

    python link.py PORT RTT_MS MBIT_PER_S

It prints its own port, which has as many digits as PORT: in what the server sends, its address is replaced by that of
the link, so that URLs which the server hands out lead through the link as well.
"""

import asyncio
import socket
import sys
import time

CHUNK = 64 << 10


class Direction:
    """One direction of the link, which all connections share."""

    def __init__(self, bytes_per_second, delay):
        self.bytes_per_second = bytes_per_second
        self.delay = delay
        self.free_at = 0.0

    def arrival(self, size):
        """Returns when `size` bytes arrive that are sent now, behind what was sent before."""
        self.free_at = max(self.free_at, time.monotonic()) + size / self.bytes_per_second
        return self.free_at + self.delay


async def pump(reader, writer, direction, replace):
    queue = asyncio.Queue(maxsize=64)

    async def deliver():
        while True:
            at, data = await queue.get()
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if data is None:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    delivery = asyncio.create_task(deliver())
    try:
        while data := await reader.read(CHUNK):
            at = direction.arrival(len(data))
            await queue.put((at, data.replace(*replace) if replace else data))
            # A sender is not told faster than the link carries what it sent.
            if (ahead := direction.free_at - time.monotonic()) > 0.02:
                await asyncio.sleep(ahead - 0.02)
        await queue.put((direction.arrival(0), None))
        await delivery
    except OSError:
        delivery.cancel()


async def main():
    port, delay, speed = int(sys.argv[1]), float(sys.argv[2]) / 2000, float(sys.argv[3]) * 1e6 / 8
    there, back = Direction(speed, delay), Direction(speed, delay)
    listener = listen(len(str(port)))
    own = listener.getsockname()[1]
    replace = (f"127.0.0.1:{port}".encode(), f"127.0.0.1:{own}".encode())

    async def serve(reader, writer):
        # A connection takes a round trip.
        await asyncio.sleep(2 * delay)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port, limit=4 * CHUNK)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, far_writer, there, None), pump(far_reader, writer, back, replace))
        for end in writer, far_writer:
            end.close()

    server = await asyncio.start_server(serve, sock=listener, limit=4 * CHUNK)
    print(own, flush=True)
    async with server:
        await server.serve_forever()


def listen(digits):
    """Returns a listening socket whose port has so many digits."""
    taken = []
    while True:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        if len(str(listener.getsockname()[1])) == digits:
            return listener
        # A port that is given back at once would be given out again.
        taken.append(listener)


asyncio.run(main())
