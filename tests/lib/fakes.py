"""Scripted servers for what no real server does on demand: see fake_smtp.py and fake_imap.py.

Both run on a loop in a thread of their own, speak plain, STARTTLS or TLS from the first byte, and
follow a plan: step -> what to do when that step is reached, in order; past the end of the list,
and for steps not named, the server behaves. What can be done:

    "451 4.3.0 Busy" or b"..."   this answer (IMAP: with the tag put before it)
    SILENCE                      no answer, the connection stays open
    DROP                         the connection is closed at once, unanswered
    Delay(2, then)               after two seconds, then (where None: what it would have done)
    Then(a, b)                   first a's answer, then b (Then("250 Ok", DROP))
    None                         behave
    a function                   called with the session, gives one of these
"""
import asyncio
import os
import ssl
import threading

import certs
import place

SILENCE = object()
DROP = object()


class Delay:
    def __init__(self, seconds, then=None):
        self.seconds, self.then = seconds, then


class Then:
    def __init__(self, first, second):
        self.first, self.second = first, second


class Closed(Exception):
    """The connection is to end now."""


class Session:
    """One connection; subclasses speak a protocol in talk()."""

    def __init__(self, server, reader, writer, number):
        self.server, self.reader, self.writer, self.number = server, reader, writer, number
        self.encrypted = server.tls == "implicit"
        self.trace = []

    async def line(self):
        data = await self.reader.readline()
        if not data.endswith(b"\n"):
            raise Closed
        return data.rstrip(b"\r\n")

    async def write(self, data):
        """With server.trickle, so many bytes at a time, each its own packet."""
        step = self.server.trickle or len(data) or 1
        for at in range(0, len(data), step):
            self.writer.write(data[at:at + step])
            await self.writer.drain()
            if self.server.trickle:
                await asyncio.sleep(0)

    async def silence(self):
        """Until the peer goes away; what it says is read and forgotten."""
        while await self.reader.read(65536):
            pass
        raise Closed

    async def act(self, step, behave):
        """Does what the plan says at this step, or behaves."""
        self.server.steps.append((self.number, step))
        self.server.notify()  # a step may end in silence
        await self.perform(self.server.next_action(step, self), behave)

    async def perform(self, action, behave):
        while callable(action):
            action = action(self)
        if action is None:
            await behave()
        elif action is SILENCE:
            await self.silence()
        elif action is DROP:
            raise Closed
        elif isinstance(action, Delay):
            await asyncio.sleep(action.seconds)
            await self.perform(action.then, behave)
        elif isinstance(action, Then):
            await self.perform(action.first, behave)
            await self.perform(action.second, behave)
        else:
            await self.answer(action)

    async def answer(self, text):
        await self.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    async def start_tls(self):
        await self.writer.start_tls(self.server.context)
        self.encrypted = True

    async def talk(self):
        raise NotImplementedError


class FakeServer:
    """Port, ca.file; steps: every (connection, step) reached; connections: how many came."""

    session = Session
    name = "fake"

    def __init__(self, plan=None, tls="none", certificate="good", ca=None, user="iec",
                 password="a good secret", trickle=0):
        self.plan = {step: list(actions) if isinstance(actions, (list, tuple)) else
                     [actions] for step, actions in (plan or {}).items()}
        self.tls, self.user, self.password, self.trickle = tls, user, password, trickle
        self.folder = place.run_folder(self.name)
        self.ca = ca or certs.CA(self.folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*self.ca.certificate(certificate))
        self.port = None
        self.steps, self.connections, self.open = [], 0, 0
        self.everywhere = {}
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.loop = asyncio.new_event_loop()
        self.tasks = set()
        self.server = None
        self.thread = None

    # ---- the plan; may be changed while the server runs
    def on(self, step, *actions):
        """From now on these, in order, at this step."""
        with self.lock:
            self.plan[step] = list(actions)

    def always(self, step, action):
        """At this step whenever the plan has nothing else; None ends that."""
        with self.lock:
            self.everywhere[step] = action

    def next_action(self, step, session):
        with self.lock:
            left = self.plan.get(step)
            return left.pop(0) if left else self.everywhere.get(step)

    # ---- running
    def start(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        return self

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _listen(self):
        self.server = await asyncio.start_server(
            self._connected, "127.0.0.1", self.port or 0, limit=200_000_000,
            ssl=self.context if self.tls == "implicit" else None)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _connected(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.connections += 1
        self.open += 1
        session = self.session(self, reader, writer, self.connections)
        try:
            await session.talk()
        except (Closed, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError,
                asyncio.CancelledError, ValueError):
            pass
        finally:
            self.open -= 1
            writer.close()
            # A TLS goodbye would wait long for a peer that is mute.
            self.loop.call_later(0.2, writer.transport.abort)
            self.tasks.discard(asyncio.current_task())
            self.notify()

    def notify(self):
        with self.changed:
            self.changed.notify_all()

    def wait(self, condition, seconds=20, what="it"):
        """Waits for condition() to be true; looked at whenever something happened here."""
        with self.changed:
            if not self.changed.wait_for(condition, seconds):
                raise TimeoutError(f"{what} did not come in {seconds:g} seconds")

    def refuse(self):
        """Nobody listens until start() (which takes the same port again)."""
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(10)

    async def _stop(self):
        if self.server:
            self.server.close()
            self.server = None
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def listen_again(self):
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)

    def close(self):
        self.refuse()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
        place.remove(self.folder)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def settings(self, **more):
        """This server as iecd's settings of a mailbox or of `outgoing`."""
        path = self.folder + "/password"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
            f.write(self.password + "\n")
        return {"host": "127.0.0.1", "port": self.port, "tls": self.tls, "ca_file": self.ca.file,
                "user": self.user, "secret_file": path, **more}
