"""What an MTA of a test accepted: read from the Maildir it delivers into."""
import email
import email.policy
import os

from process import until


class Accepted:
    """One delivered message: bytes, when it arrived, Message-ID, and the recipient in the
    envelope where the MTA wrote it down."""

    def __init__(self, path):
        self.path = path
        self.arrived = os.stat(path).st_mtime
        with open(path, "rb") as f:
            self.data = f.read()
        self.message = email.message_from_bytes(self.data, policy=email.policy.default)
        self.message_id = self.header("Message-ID")
        self.recipient = (self.header("X-Original-To") or self.header("Envelope-To") or
                          self.header("Delivered-To"))

    def header(self, name):
        return str(self.message.get(name, "")).strip()


class MailSink:
    """For servers with `maildir`, `folder` and their settings as iecd's outgoing."""

    def paths(self):
        new = os.path.join(self.maildir, "new")
        return [os.path.join(new, name) for name in os.listdir(new)] if os.path.isdir(new) else []

    def accepted(self):
        """Every message delivered so far, oldest first."""
        return sorted(map(Accepted, self.paths()), key=lambda m: (m.arrived, m.path))

    def accepted_count(self):
        return len(self.paths())

    def wait_for(self, count, seconds=30):
        until(lambda: self.accepted_count() >= count, seconds, f"{count} messages in {self.name}")
        return self.accepted()

    def message_ids(self):
        """{Message-ID: how often it arrived}."""
        times = {}
        for message in self.accepted():
            times[message.message_id] = times.get(message.message_id, 0) + 1
        return times

    def clear(self):
        for path in self.paths():
            os.unlink(path)

    def secret_file(self):
        path = os.path.join(self.folder, "password")
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
                f.write(self.password + "\n")
        return path

    def settings(self, tls="starttls", **more):
        """This server as iecd's `outgoing`."""
        return {"kind": "smtp", "host": "127.0.0.1",
                "port": self.port_tls if tls == "implicit" else self.port, "tls": tls,
                "ca_file": self.ca.file, "user": self.user, "secret_file": self.secret_file(),
                **more}
