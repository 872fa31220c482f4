#!/usr/bin/env python3
"""Real servers for tests, each of its test's own, on free loopback ports, under build/run.

    servers.py unpack          fetch and unpack what is missing (what `make deps` calls)
    servers.py try NAME        start one alone, put mail through it, stop it (fake-smtp and
                               fake-imap too)
    servers.py run NAME        start one and leave it until Enter or SIGTERM; prints its settings

NAME: dovecot, cyrus, postfix, exim. In a test:

    with Dovecot() as imap, Postfix(imap) as smtp: ...

What needs root raises Unavailable elsewhere; the test then says so and is skipped."""
import imaplib
import json
import os
import signal
import smtplib
import ssl
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import packages  # noqa: E402
import place  # noqa: E402
from certs import CA  # noqa: E402,F401
from cyrus import Cyrus  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from exim import Exim  # noqa: E402
from imap_client import login  # noqa: E402
from fake_imap import FakeImap  # noqa: E402
from fake_smtp import ACCEPT_AND_DROP, FakeSmtp  # noqa: E402
from fakes import DROP, Delay  # noqa: E402
from packages import Unavailable  # noqa: E402
from postfix import Postfix  # noqa: E402

KINDS = {"dovecot": Dovecot, "cyrus": Cyrus, "postfix": Postfix, "exim": Exim}


FAKES = {"fake-smtp": lambda: try_fake_smtp(), "fake-imap": lambda: try_fake_imap()}


def mbsync():
    """(path of mbsync, environment it needs)."""
    root = packages.folder("isync")
    return root + "/usr/bin/mbsync", {"LD_LIBRARY_PATH": packages.library_path("isync")}


def mta(**options):
    """The MTA this machine can run: Postfix where we are root, Exim elsewhere."""
    return Postfix(**options) if os.getuid() == 0 else Exim(**options)


def unpack():
    bad = 0
    for name, version, fetched, why in packages.unpack_all():
        if why:
            print(f"make deps: test server not there: {why}", file=sys.stderr)
            bad = 1
        elif fetched:
            print(f"make deps: unpacked {name} {version} in {place.servers_folder()}")
    return bad


def try_imap(server):
    server.append([(b"Subject: trial %d\r\n\r\nText.\r\n" % n, 1_700_000_000) for n in range(500)])
    for tls in (False, True):
        client = login(server, tls)
        capabilities = client.capability()[1][0].decode().split()
        client.logout()
        wanted = ("IDLE", "MOVE", "UIDPLUS")
        print(f"{'imaps' if tls else 'imap '}: logged in;",
              ", ".join(c if c in capabilities else "no " + c for c in wanted))
    client = login(server)
    client.create("Done")
    client.select("INBOX")
    print("move:", client.uid("MOVE", "1:100", "Done")[0])
    client.logout()
    print("INBOX", server.count(), "Done", server.count("Done"), "folders", server.folders())
    return server.count() == 400 and server.count("Done") == 100


def try_smtp(server):
    context = ssl.create_default_context(cafile=server.ca.file)
    for tls in (False, True):
        if tls:
            client = smtplib.SMTP_SSL("127.0.0.1", server.port_tls, context=context)
        else:
            client = smtplib.SMTP("127.0.0.1", server.port)
            client.starttls(context=context)
        client.login(server.user, server.password)
        for n in range(50):
            client.sendmail("", [f"reader{n}@example.org"],
                            f"Message-ID: <{tls}.{n}@example.org>\r\n\r\nText.\r\n")
        print(f"{'implicit' if tls else 'starttls'}: sent 50;", ", ".join(client.esmtp_features))
        client.quit()
    got = server.wait_for(100)
    print("delivered", len(got), "to", got[0].recipient, "…")
    return len(server.message_ids()) == 100


def try_fake_smtp():
    context = ssl.create_default_context()
    with FakeSmtp(tls="starttls", plan={"dot": ["451 4.3.0 Busy", ACCEPT_AND_DROP],
                                        "rcpt": [None, None, Delay(0.1)]},
                  refused={"gone@example.org": "550 5.1.1 No such user"}) as server:
        context.load_verify_locations(server.ca.file)
        outcomes = []
        for to in ("a", "b", "c", "gone", "d"):
            try:
                with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
                    client.starttls(context=context)
                    client.login(server.user, server.password)
                    client.sendmail("", [f"{to}@example.org"], f"Message-ID: <{to}@x>\r\n\r\nHi")
                    outcomes.append("sent")
            except smtplib.SMTPServerDisconnected:
                outcomes.append("dropped")
            except smtplib.SMTPResponseException as error:
                outcomes.append(error.smtp_code)
            except smtplib.SMTPRecipientsRefused:
                outcomes.append("refused")
        taken = [m.recipient for m in server.wait_for(3)]
    print(outcomes, taken)
    return outcomes == [451, "dropped", "sent", "refused", "sent"] and \
        taken == ["b@example.org", "c@example.org", "d@example.org"]


def try_fake_imap():
    messages = [b"Subject: %d\r\n\r\nText\r\n" % n for n in range(5)]
    with FakeImap(messages, tls="starttls", trickle=3) as server:
        context = ssl.create_default_context(cafile=server.ca.file)
        client = imaplib.IMAP4("127.0.0.1", server.port)
        client.starttls(context)
        client.login(server.user, server.password)
        client.create("Done")
        client.select("INBOX")
        _, data = client.uid("FETCH", "1:*", "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[])")
        bodies = [item[1] for item in data if isinstance(item, tuple)]
        client.uid("MOVE", "2:3", "Done")
        server.on("uid fetch", DROP)
        try:
            client.uid("FETCH", "1", "(FLAGS)")
            dropped = False
        except imaplib.IMAP4.abort:
            dropped = True
        print(len(bodies), server.count(), server.count("Done"), "dropped" if dropped else "not")
        return bodies == messages and server.count() == 3 and dropped


def attempt_fake(trial):
    good = trial()
    print("as it should be" if good else "NOT as it should be")
    return 0 if good else 1


def attempt(name):
    begin = time.monotonic()
    with KINDS[name]() as server:
        print(f"{name} answers after {time.monotonic() - begin:.2f} s")
        good = try_smtp(server) if hasattr(server, "accepted") else try_imap(server)
        if not good:
            print(server.tail())
    print("as it should be" if good else "NOT as it should be")
    return 0 if good else 1


def run(name):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with KINDS[name]() as server:
        print(json.dumps({**server.settings(), "starttls_port": server.port,
                          "password": server.password, "folder": server.folder}, indent=1),
              flush=True)
        try:
            sys.stdin.read(1)
        except KeyboardInterrupt:
            pass
    return 0


def main():
    if sys.argv[1:] == ["unpack"]:
        return unpack()
    if len(sys.argv) == 3 and sys.argv[1] == "try" and sys.argv[2] in FAKES:
        return attempt_fake(FAKES[sys.argv[2]])
    if len(sys.argv) == 3 and sys.argv[1] in ("try", "run") and sys.argv[2] in KINDS:
        try:
            return {"try": attempt, "run": run}[sys.argv[1]](sys.argv[2])
        except Unavailable as why:
            print(why, file=sys.stderr)
            return 77
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
