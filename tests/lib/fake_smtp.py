"""A scripted SMTP server (see fakes.py). Steps: connect, ehlo, helo, starttls, auth, mail, rcpt,
data (the command), dot (the end of a message: what is there is in session.message), rset, noop,
quit. At "dot" an action of its own: ACCEPT_AND_DROP, the message is kept and the connection
closed without an answer (the case where nobody can know)."""
import base64
import email
import email.policy
import time

from fakes import DROP, Closed, FakeServer, Session


class Taken:
    """One accepted message."""

    def __init__(self, session, data):
        self.time = time.time()
        self.connection = session.number
        self.sender, self.recipients = session.sender, list(session.recipients)
        self.recipient = self.recipients[0] if self.recipients else ""
        self.mail_options, self.rcpt_options = session.mail_options, list(session.rcpt_options)
        self.data = data
        self.message = email.message_from_bytes(data, policy=email.policy.default)
        self.message_id = str(self.message.get("Message-ID", "")).strip()


def ACCEPT_AND_DROP(session):
    """A plan's action at "dot"."""
    session.take()
    return DROP


class SmtpSession(Session):
    def reset(self):
        self.sender, self.mail_options = None, ""
        self.recipients, self.rcpt_options, self.message = [], [], b""

    async def talk(self):
        self.reset()
        self.logged_in = False
        await self.act("connect", lambda: self.answer("220 fake.example ESMTP"))
        while True:
            line = await self.line()
            self.server.commands.append((self.number, line.decode("utf-8", "replace")))
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            handler = getattr(self, "do_" + word.lower(), None)
            if handler is None:
                await self.answer("502 5.5.2 What?")
            else:
                await handler(rest)
            self.server.notify()

    # ---- greeting
    async def do_ehlo(self, _rest):
        words = [w for w in self.server.capabilities]
        if self.server.tls == "starttls" and not self.encrypted:
            words.append("STARTTLS")
        elif self.server.user:
            words.append("AUTH PLAIN LOGIN")
        lines = ["fake.example", *words]
        text = "\r\n".join(f"250{' ' if n == len(lines) - 1 else '-'}{line}"
                           for n, line in enumerate(lines))
        await self.act("ehlo", lambda: self.answer(text))

    async def do_helo(self, _rest):
        await self.act("helo", lambda: self.answer("250 fake.example"))

    async def do_starttls(self, _rest):
        async def behave():
            await self.answer("220 2.0.0 Go ahead")
            await self.start_tls()
            self.reset()
        await self.act("starttls", behave)

    async def do_auth(self, rest):
        mechanism, _, first = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not first:
                await self.answer("334 ")
                first = (await self.line()).decode()
            _, user, password = base64.b64decode(first).decode().split("\0")
        else:
            if not first:
                await self.answer("334 VXNlcm5hbWU6")
                first = (await self.line()).decode()
            user = base64.b64decode(first).decode()
            await self.answer("334 UGFzc3dvcmQ6")
            password = base64.b64decode(await self.line()).decode()
        right = (user, password) == (self.server.user, self.server.password)

        async def behave():
            self.logged_in = right
            await self.answer("235 2.7.0 Welcome" if right else "535 5.7.8 Wrong")
        await self.act("auth", behave)

    # ---- a message
    async def do_mail(self, rest):
        async def behave():
            if self.server.user and not self.logged_in:
                await self.answer("530 5.7.0 Log in first")
                return
            address, _, options = rest[len("FROM:"):].partition(">")
            self.reset()
            self.sender, self.mail_options = address.lstrip().lstrip("<"), options.strip()
            await self.answer("250 2.1.0 Ok")
        await self.act("mail", behave)

    async def do_rcpt(self, rest):
        async def behave():
            address, _, options = rest[len("TO:"):].partition(">")
            if self.sender is None:
                await self.answer("503 5.5.1 MAIL first")
                return
            address = address.lstrip().lstrip("<")
            if address in self.server.refused:
                await self.answer(self.server.refused[address])
                return
            self.recipients.append(address)
            self.rcpt_options.append(options.strip())
            await self.answer("250 2.1.5 Ok")
        await self.act("rcpt", behave)

    async def do_data(self, _rest):
        going = []

        async def behave():
            if self.recipients:
                going.append(True)
                await self.answer("354 Go on")
            else:
                await self.answer("554 5.5.1 No recipients")
        await self.act("data", behave)
        if going:
            await self.read_message()

    async def read_message(self):
        lines = []
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\n"):
                self.server.cut_short += 1
                raise Closed
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.message = b"".join(lines)

        async def behave():
            self.take()
            await self.answer("250 2.0.0 Ok: kept")
        await self.act("dot", behave)
        self.reset()

    def take(self):
        self.server.taken.append(Taken(self, self.message))
        self.server.notify()

    # ---- the rest
    async def do_rset(self, _rest):
        async def behave():
            self.reset()
            await self.answer("250 2.0.0 Ok")
        await self.act("rset", behave)

    async def do_noop(self, _rest):
        await self.act("noop", lambda: self.answer("250 2.0.0 Ok"))

    async def do_quit(self, _rest):
        await self.act("quit", lambda: self.answer("221 2.0.0 Bye"))
        raise Closed


class FakeSmtp(FakeServer):
    """taken: every accepted message; commands: every (connection, line) read; refused: recipient
    -> answer, e.g. {"gone@example.org": "550 5.1.1 No such user"}; user "" wants no login."""

    session = SmtpSession
    name = "fake-smtp"

    def __init__(self, plan=None, capabilities=("PIPELINING", "SIZE 20000000", "8BITMIME",
                                                "ENHANCEDSTATUSCODES", "DSN", "SMTPUTF8"),
                 refused=None, **options):
        super().__init__(plan, **options)
        self.capabilities, self.refused = list(capabilities), dict(refused or {})
        self.taken, self.commands, self.cut_short = [], [], 0

    def wait_for(self, count, seconds=20):
        self.wait(lambda: len(self.taken) >= count, seconds, f"{count} messages")
        return list(self.taken)

    def message_ids(self):
        times = {}
        for message in self.taken:
            times[message.message_id] = times.get(message.message_id, 0) + 1
        return times

    def settings(self, **more):
        return super().settings(kind="smtp", **more)
