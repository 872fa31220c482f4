"""A scripted IMAP server (see fakes.py) over mailboxes held in memory.

Steps: connect, and each command's name in lower case ("uid fetch", "uid move", "idle" …).
An answer of the plan goes out with the command's tag before it; one that starts with "*" or "+"
as it stands. Lies: `announced(uid, length)` gives the {n} a body's literal is announced with;
`cut(uid, length)` how many of its bytes are sent before the connection drops (None: all)."""
import asyncio
import base64
import re
import time

from fakes import Closed, FakeServer, Session

ALL = "IMAP4rev1 LITERAL+ SASL-IR IDLE MOVE UIDPLUS"


class Message:
    def __init__(self, uid, data, when, flags):
        self.uid, self.data, self.when, self.flags = uid, data, when, set(flags)

    def date(self):
        return time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(self.when))


class Mailbox:
    def __init__(self, uidvalidity):
        self.uidvalidity, self.next, self.messages = uidvalidity, 1, []

    def add(self, data, when=None, flags=()):
        self.messages.append(Message(self.next, data, time.time() if when is None else when, flags))
        self.next += 1
        return self.next - 1

    def chosen(self, numbers):
        """(sequence number, message) of a UID set."""
        top = max((m.uid for m in self.messages), default=0)
        wanted = []
        for part in numbers.split(","):
            first, _, last = part.partition(":")
            ends = [top if end == "*" else int(end) for end in (first, last or first)]
            wanted.append((min(ends), max(ends)))
        return [(n, m) for n, m in enumerate(self.messages, 1)
                if any(a <= m.uid <= b for a, b in wanted)]


class ImapSession(Session):
    async def talk(self):
        self.box, self.known, self.tag = None, 0, "*"
        await self.act("connect", lambda: self.answer(
            f"* OK [CAPABILITY {self.capabilities()}] fake ready"))
        while True:
            line = await self.command()
            self.server.commands.append((self.number, line))
            self.tag, _, rest = line.partition(" ")
            words = rest.split(" ")
            name = words[0].lower()
            if name == "uid" and len(words) > 1:
                name += " " + words[1].lower()
            arguments = rest[len(name):].strip()
            handler = getattr(self, "do_" + name.replace(" ", "_"), None)
            if handler is None:
                await self.answer("BAD What?")
            else:
                await self.act(name, lambda h=handler, a=arguments: h(a))
            self.server.notify()

    async def command(self):
        """One command, its literals read into it."""
        text = b""
        while True:
            line = await self.line()
            literal = re.search(rb"\{(\d+)(\+?)\}$", line)
            if not literal:
                return (text + line).decode("utf-8", "replace")
            if not literal.group(2):
                await self.write(b"+ go on\r\n")
            text += line[:literal.start()] + await self.reader.readexactly(int(literal.group(1)))

    async def answer(self, text):
        text = text.encode() if isinstance(text, str) else text
        if not text.startswith((b"*", b"+")):
            text = self.tag.encode() + b" " + text
        await self.write(text + b"\r\n")

    def capabilities(self):
        words = self.server.capabilities
        if self.server.tls == "starttls" and not self.encrypted:
            return words + " STARTTLS LOGINDISABLED"
        return words + " AUTH=PLAIN AUTH=LOGIN"

    # ---- not logged in
    async def do_capability(self, _):
        await self.answer("* CAPABILITY " + self.capabilities())
        await self.answer("OK done")

    async def do_starttls(self, _):
        await self.answer("OK go ahead")
        await self.start_tls()

    async def do_login(self, arguments):
        words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', arguments)
        user, password = [(quoted or bare).replace("\\", "") for quoted, bare in words[:2]]
        await self.welcome(user, password)

    async def do_authenticate(self, arguments):
        mechanism, _, first = arguments.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = (await self.sasl(first, "")).split("\0")
        else:
            user = await self.sasl(first, "VXNlcm5hbWU6")
            password = await self.sasl("", "UGFzc3dvcmQ6")
        await self.welcome(user, password)

    async def sasl(self, given, prompt):
        if not given:
            await self.write(f"+ {prompt}\r\n".encode())
            given = (await self.line()).decode()
        return base64.b64decode(given).decode()

    async def welcome(self, user, password):
        if (user, password) == (self.server.user, self.server.password):
            await self.answer(f"OK [CAPABILITY {self.capabilities()}] welcome")
        else:
            await self.answer("NO [AUTHENTICATIONFAILED] wrong")

    # ---- a mailbox
    async def do_select(self, arguments):
        name = arguments.strip('"')
        self.box = self.server.mailboxes.get(name)
        if self.box is None:
            await self.answer("NO [NONEXISTENT] no such mailbox")
            return
        self.known = len(self.box.messages)
        await self.answer("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)")
        await self.answer(f"* {self.known} EXISTS")
        await self.answer("* 0 RECENT")
        await self.answer("* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] kept")
        await self.answer(f"* OK [UIDVALIDITY {self.box.uidvalidity}] valid")
        await self.answer(f"* OK [UIDNEXT {self.box.next}] next")
        await self.answer("OK [READ-WRITE] done")

    do_examine = do_select

    async def do_uid_search(self, arguments):
        numbers = re.search(r"UID (\S+)", arguments)
        found = self.box.chosen(numbers.group(1) if numbers else "1:*")
        await self.answer("* SEARCH" + "".join(f" {m.uid}" for _, m in found))
        await self.answer("OK done")

    async def do_uid_fetch(self, arguments):
        numbers, _, items = arguments.partition(" ")
        for number, message in self.box.chosen(numbers):
            await self.send_message(number, message, items.upper())
        await self.answer("OK done")

    async def send_message(self, number, message, items):
        parts = [b"UID %d" % message.uid]
        if "FLAGS" in items:
            parts.append(b"FLAGS (%s)" % " ".join(sorted(message.flags)).encode())
        if "INTERNALDATE" in items:
            parts.append(b'INTERNALDATE "%s"' % message.date().encode())
        if "RFC822.SIZE" in items:
            parts.append(b"RFC822.SIZE %d" % self.server.size(message.uid, len(message.data)))
        head = b"* %d FETCH (" % number + b" ".join(parts)
        body = re.search(r"BODY(?:\.PEEK)?\[(HEADER)?\](?:<0\.(\d+)>)?", items)
        if not body:
            await self.write(head + b")\r\n")
            return
        data = message.data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if body.group(1) \
            else message.data
        data = data[:int(body.group(2))] if body.group(2) else data
        label = b"BODY[%s]%s" % ((body.group(1) or "").encode(), b"<0>" if body.group(2) else b"")
        length = self.server.announced(message.uid, len(data))
        cut = self.server.cut(message.uid, len(data))
        await self.write(b"%s %s {%d}\r\n" % (head, label, length) + data[:cut])
        if cut is not None:
            raise Closed
        await self.write(b")\r\n")

    def take_away(self, chosen):
        """Sequence numbers as they stand when each EXPUNGE is read."""
        gone = []
        for _, message in chosen:
            gone.append(self.box.messages.index(message) + 1)
            self.box.messages.remove(message)
        self.known = len(self.box.messages)
        return gone

    async def do_uid_move(self, arguments):
        if "MOVE" not in self.server.capabilities.split():
            await self.answer("BAD What?")
            return
        numbers, _, name = arguments.partition(" ")
        chosen = await self.copy(numbers, name.strip('"'))
        if chosen is not None:
            for number in self.take_away(chosen):
                await self.answer(f"* {number} EXPUNGE")
            await self.answer("OK moved")

    async def copy(self, numbers, name):
        """Copies; None, with the answer given, where there is no such mailbox."""
        target = self.server.mailboxes.get(name)
        if target is None:
            await self.answer("NO [TRYCREATE] no such mailbox")
            return None
        chosen = self.box.chosen(numbers)
        for _, message in chosen:
            target.add(message.data, message.when, message.flags)
        return chosen

    async def do_uid_copy(self, arguments):
        numbers, _, name = arguments.partition(" ")
        if await self.copy(numbers, name.strip('"')) is not None:
            await self.answer("OK copied")

    async def do_uid_store(self, arguments):
        numbers, _, rest = arguments.partition(" ")
        what, _, flags = rest.partition(" ")
        for number, message in self.box.chosen(numbers):
            message.flags |= set(flags.strip("()").split())
            if "SILENT" not in what.upper():
                await self.answer(f"* {number} FETCH (UID {message.uid} FLAGS "
                                  f"({' '.join(sorted(message.flags))}))")
        await self.answer("OK stored")

    async def expunge(self, chosen):
        for number in self.take_away([(n, m) for n, m in chosen if "\\Deleted" in m.flags]):
            await self.answer(f"* {number} EXPUNGE")
        await self.answer("OK expunged")

    async def do_uid_expunge(self, arguments):
        await self.expunge(self.box.chosen(arguments))

    async def do_expunge(self, _):
        await self.expunge(self.box.chosen("1:*"))

    # ---- waiting
    async def news(self):
        if self.box is not None and len(self.box.messages) != self.known:
            self.known = len(self.box.messages)
            await self.answer(f"* {self.known} EXISTS")

    async def do_noop(self, _):
        await self.news()
        await self.answer("OK done")

    async def do_idle(self, _):
        if "IDLE" not in self.server.capabilities.split():
            await self.answer("BAD What?")
            return
        await self.write(b"+ idling\r\n")
        done = asyncio.ensure_future(self.line())
        try:
            while not done.done():
                bell = self.server.bell  # before looking, so that no ring falls between
                await self.news()
                wake = asyncio.ensure_future(bell.wait())
                await asyncio.wait({done, wake}, return_when=asyncio.FIRST_COMPLETED)
                wake.cancel()
        finally:
            if not done.done():
                done.cancel()
        if done.result().upper() != b"DONE":
            raise Closed
        await self.answer("OK done")

    # ---- the rest
    async def do_create(self, arguments):
        name = arguments.strip('"')
        if name in self.server.mailboxes:
            await self.answer("NO [ALREADYEXISTS] there is one")
        else:
            self.server.mailboxes[name] = Mailbox(self.server.uidvalidity)
            await self.answer("OK created")

    async def do_list(self, _):
        for name in self.server.mailboxes:
            await self.answer(f'* LIST () "/" "{name}"')
        await self.answer("OK done")

    async def do_logout(self, _):
        await self.answer("* BYE bye")
        await self.answer("OK done")
        raise Closed


class FakeImap(FakeServer):
    """mailboxes["INBOX"].messages; add() puts one in and wakes IDLE; new_uidvalidity() makes the
    server forget its numbers; commands: every (connection, line)."""

    session = ImapSession
    name = "fake-imap"

    def __init__(self, messages=(), plan=None, capabilities=ALL, uidvalidity=1000, **options):
        super().__init__(plan, **options)
        self.capabilities, self.uidvalidity = capabilities, uidvalidity
        self.mailboxes = {"INBOX": Mailbox(uidvalidity)}
        self.commands = []
        self.announced = lambda uid, length: length
        self.size = lambda uid, length: length
        self.cut = lambda uid, length: None
        self.bell = asyncio.Event()
        for data in messages:
            self.mailboxes["INBOX"].add(data)

    def _ring(self):
        """Wakes all who idle now; who comes later waits for the next."""
        old, self.bell = self.bell, asyncio.Event()
        old.set()

    def add(self, data, mailbox="INBOX", when=None):
        self.mailboxes[mailbox].add(data, when)
        self.loop.call_soon_threadsafe(self._ring)

    def new_uidvalidity(self, mailbox="INBOX"):
        """As after a restored backup: the same messages under other numbers. Connections drop."""
        box = self.mailboxes[mailbox]
        fresh = Mailbox(box.uidvalidity + 1)
        for message in box.messages:
            fresh.add(message.data, message.when, message.flags)
        self.mailboxes[mailbox] = fresh
        self.refuse()
        self.listen_again()

    def count(self, mailbox="INBOX"):
        box = self.mailboxes.get(mailbox)
        return len(box.messages) if box else 0

    def settings(self, **more):
        return super().settings(kind="imap", **more)
