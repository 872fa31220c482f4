"""A small IMAP client for tests: many messages in at once, and what stands in a mailbox."""
import imaplib
import re
import socket
import ssl
import time

imaplib._MAXLINE = 50_000_000  # a UID SEARCH over 30,000 messages is one line


def internal_date(when):
    """Seconds since 1970, or text that is one already, as IMAP's date-time."""
    if isinstance(when, str):
        return when
    t = time.gmtime(time.time() if when is None else when)
    return time.strftime("%d-%b-%Y %H:%M:%S +0000", t)


class Bulk:
    """APPEND in windows of many commands with LITERAL+: one round trip a window."""

    WINDOW_COUNT, WINDOW_BYTES = 100, 4_000_000

    def __init__(self, host, port, user, password):
        self.socket = socket.create_connection((host, port), timeout=60)
        self.file = self.socket.makefile("rb")
        self.number = 0
        if not self.file.readline().startswith(b"* OK"):
            raise RuntimeError("no IMAP greeting")
        self._ask([f'LOGIN "{user}" "{password}"'.encode()])

    def _ask(self, commands):
        """Sends commands together and waits for the last one's answer."""
        first = self.number + 1
        out = b""
        for command in commands:
            self.number += 1
            out += b"b%d %s\r\n" % (self.number, command)
        self.socket.sendall(out)
        for number in range(first, self.number + 1):
            while True:
                line = self.file.readline()
                if not line:
                    raise RuntimeError("the IMAP server closed the connection")
                if line.startswith(b"b%d " % number):
                    if not line.startswith(b"b%d OK" % number):
                        raise RuntimeError(line.decode("latin-1").strip())
                    break

    def append(self, mailbox, messages):
        window, size = [], 0
        for data, when, flags in messages:
            window.append(b'APPEND "%s" (%s) "%s" {%d+}\r\n%s' % (
                mailbox.encode(), flags.encode(), internal_date(when).encode(), len(data), data))
            size += len(data)
            if len(window) >= self.WINDOW_COUNT or size >= self.WINDOW_BYTES:
                self._ask(window)
                window, size = [], 0
        if window:
            self._ask(window)

    def close(self):
        self._ask([b"LOGOUT"])
        self.socket.close()


def login(server, tls=False):
    """An imaplib connection, logged in: plain loopback, or verified TLS."""
    if tls:
        context = ssl.create_default_context(cafile=server.ca.file)
        client = imaplib.IMAP4_SSL("127.0.0.1", server.port_tls, ssl_context=context)
    else:
        client = imaplib.IMAP4("127.0.0.1", server.port)
    client.login(server.user, server.password)
    return client


class Mailboxes:
    """What every IMAP server here offers its tests; the server has port, user and password."""

    def append(self, messages, mailbox="INBOX", flags=""):
        """Each message is bytes, or (bytes, seconds since 1970)."""
        bulk = Bulk("127.0.0.1", self.port, self.user, self.password)
        bulk.append(mailbox, ((m, None, flags) if isinstance(m, bytes) else (m[0], m[1], flags)
                              for m in messages))
        bulk.close()

    def create(self, mailbox):
        client = login(self)
        client.create(mailbox)
        client.logout()

    def delete(self, mailbox):
        client = login(self)
        client.delete(mailbox)
        client.logout()

    def count(self, mailbox="INBOX"):
        """Messages in the mailbox; 0 where there is no such mailbox."""
        client = login(self)
        kind, data = client.status(mailbox, "(MESSAGES)")
        client.logout()
        return int(re.search(rb"MESSAGES (\d+)", data[0]).group(1)) if kind == "OK" else 0

    def folders(self):
        client = login(self)
        _, lines = client.list()
        client.logout()
        return sorted(line.decode().rpartition(" ")[2].strip('"') for line in lines if line)

    def messages(self, mailbox="INBOX", what="BODY.PEEK[]"):
        """[(uid, flags, bytes)] of a mailbox, oldest first."""
        client = login(self)
        kind, _ = client.select(mailbox, readonly=True)
        if kind != "OK":
            client.logout()
            return []
        _, data = client.uid("FETCH", "1:*", f"(UID FLAGS {what})")
        client.logout()
        found = []
        for item in data:
            if isinstance(item, tuple):
                uid = int(re.search(rb"UID (\d+)", item[0]).group(1))
                flags = re.search(rb"FLAGS \(([^)]*)\)", item[0])
                found.append((uid, flags.group(1).decode().split() if flags else [], item[1]))
        return found

    def expunge(self, mailbox="INBOX", uids="1:*"):
        client = login(self)
        client.select(mailbox)
        client.uid("STORE", uids, "+FLAGS.SILENT", "(\\Deleted)")
        client.expunge()
        client.logout()

    def settings(self, tls="implicit", **more):
        """This server as the settings of one mailbox of iecd. The password goes into a file."""
        return {"kind": "imap", "host": "127.0.0.1",
                "port": {"implicit": self.port_tls}.get(tls, self.port), "tls": tls,
                "ca_file": self.ca.file, "user": self.user,
                "secret_file": self.secret_file(), **more}
