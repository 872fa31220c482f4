"""One iecd of a test's own: its folder, settings, process, register and outbox.

    office = Office()                       # Maildir in, Maildir out, no hold on rejections
    office.deliver(message_bytes)           # into the Maildir source
    with office.running():
        office.settle()                     # everything read, judged and sent
    office.cases(), office.sent()
"""
import contextlib
import email
import email.policy
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import zoneinfo
from datetime import datetime

from process import until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("IECD_BUILD", os.path.join(ROOT, "build"))


def london(text):
    """Seconds since 1970 of "2026-12-24 10:00" in London."""
    return int(datetime.fromisoformat(text).replace(
        tzinfo=zoneinfo.ZoneInfo("Europe/London")).timestamp())


def conf_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dict):
        return "{ " + " ".join(f"{k} = {conf_value(v)};" for k, v in value.items()) + " }"
    return "( " + ", ".join(map(conf_value, value)) + " )" if value and isinstance(value[0], dict) \
        else "[ " + ", ".join(map(conf_value, value)) + " ]"


class Office:
    def __init__(self, mailboxes=None, outgoing=None, hold=0, keep=False, **settings):
        runs = os.path.join(BUILD, "run")
        os.makedirs(runs, exist_ok=True)
        self.dir = tempfile.mkdtemp(prefix="office-", dir=runs)
        self.keep = keep
        self.incoming = os.path.join(self.dir, "incoming")
        self.outgoing = os.path.join(self.dir, "outgoing")
        for folder in (self.incoming, self.outgoing):
            for part in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(folder, part))
        self.settings = {
            "state_dir": os.path.join(self.dir, "state"),
            "run_dir": os.path.join(self.dir, "run"),
            "log_level": "debug",
            "mailboxes": mailboxes or
                [{"name": "in", "kind": "maildir", "path": self.incoming, "poll": "1 s"}],
            "outgoing": outgoing or {"kind": "maildir", "path": self.outgoing},
            # The letters of most tests are alike and of one day, as nobody's are but a campaign's.
            "casework": {"hold_working_days": hold, "campaign_messages": 0},
        }
        for name, value in settings.items():
            if isinstance(value, dict):
                self.settings.setdefault(name, {}).update(value)
            else:
                self.settings[name] = value
        self.conf = os.path.join(self.dir, "iecd.conf")
        self.process = None
        self.log = os.path.join(self.dir, "log")
        self.clock = 0
        self.names = 0
        self.write_conf()

    def write_conf(self):
        with open(self.conf, "w", encoding="utf-8") as f:
            for name, value in self.settings.items():
                f.write(f"{name} = {conf_value(value)};\n")

    # ---- the process
    def start(self, env=None, wait=True, wrapper=()):
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [*wrapper, os.path.join(BUILD, "iecd"), "--config", self.conf,
             "--test-clock", str(self.clock)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(env or {})})
        log.close()
        if wait:
            until(self.is_ready, 60, "iecd's start")
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"iecd ended with {self.process.returncode}:\n{self.log_text()[-3000:]}")
        return os.path.exists(os.path.join(self.settings["run_dir"], "control.sock")) and \
            self.status().get("running")

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def stop(self):
        """SIGTERM; returns (exit status, seconds)."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        self.process = None
        return status, time.monotonic() - begin

    def at(self, text):
        """(Re)starts iecd with its clock at this time in London, and waits until it has looked at
        its deadlines: a newsletter that came after the start has been read."""
        if self.process:
            self.stop()
        self.clock = london(text) - int(time.time())
        before = self.query("SELECT count(*) FROM messages")[0][0] if os.path.exists(
            os.path.join(self.settings["state_dir"], "register.sqlite")) else 0
        self.start()
        self.deliver(message("News <news@shop.example.com>", f"Offers of {text}",
                             "Twenty per cent off all garden chairs. Unsubscribe here.",
                             List_Unsubscribe="<mailto:u@shop.example.com>", Precedence="bulk"))
        self.settle(messages=before + 1)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    @contextlib.contextmanager
    def running(self, **options):
        self.start(**options)
        try:
            yield self
        finally:
            if self.process and self.process.poll() is None:
                self.stop()

    def close(self):
        if self.process:
            self.kill()
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- iecctl
    def iecctl(self, *words, check=False):
        return subprocess.run([os.path.join(BUILD, "iecctl"), "--config", self.conf, *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=check)

    def status(self):
        done = self.iecctl("--format", "json", "status")
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout else {}

    def cases(self, *filters):
        done = self.iecctl("--format", "json", "cases", *filters, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def show(self, reference):
        done = self.iecctl("--format", "json", "show", reference, check=True)
        return json.loads(done.stdout)

    # ---- the register, read-only and without the tool under test
    def query(self, sql, *values):
        path = os.path.join(self.settings["state_dir"], "register.sqlite")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql, values).fetchall()

    # ---- mail
    def deliver(self, data, name=None, received=None):
        """Puts a message into the Maildir source as a delivery agent does."""
        self.names += 1
        name = name or f"{int(time.time())}.M{self.names:06d}.test"
        tmp = os.path.join(self.incoming, "tmp", name)
        with open(tmp, "wb") as f:
            f.write(data)
        if received is not None:
            os.utime(tmp, (received, received))
        os.rename(tmp, os.path.join(self.incoming, "new", name))

    def sent(self):
        """Replies in the Maildir outbox, as parsed messages, oldest first."""
        new = os.path.join(self.outgoing, "new")
        paths = sorted((os.path.join(new, n) for n in os.listdir(new)), key=os.path.getmtime)
        replies = []
        for path in paths:
            with open(path, "rb") as f:
                replies.append(email.message_from_binary_file(f, policy=email.policy.default))
        return replies

    def settled(self, messages=None):
        status = self.status()
        return bool(status.get("running")) and status["pending"] == 0 and \
            (messages is None or status["messages"] >= messages) and \
            status["outbox_queued"] == 0 and status["daemon"].get("reading", "0") == "0"

    def settle(self, messages=None, seconds=60):
        """Until everything delivered (at least so many messages in all) is judged and sent."""
        until(lambda: self.settled(messages), seconds, "a quiet office")


def message(sender="Ada Fenwick <ada.fenwick@example.org>", subject="Complaint", body="",
            to="iec@homeoffice.gov.uk", message_id=None, **headers):
    """A plain message as a person sends it; header names with _ for -."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}",
             "Date: Mon, 02 Nov 2026 10:00:00 +0000",
             f"Message-ID: {message_id or '<' + os.urandom(8).hex() + '@example.org>'}",
             "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body.replace("\n", "\r\n") + "\r\n").encode()
