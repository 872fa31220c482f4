#!/usr/bin/env python3
"""Replies that do not arrive: refused, put off, lost after the last byte, bounced by a real server,
and a server that refuses us rather than a person."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_smtp import ACCEPT_AND_DROP, FakeSmtp
from letters import Writer
from office import Office, message, until
from packages import Unavailable
from postfix import Postfix


def by_smtp(smtp, **settings):
    return Office(outgoing={"kind": "smtp", **smtp.settings()}, **settings)


def later(office, seconds):
    """Stops, and starts again so much later."""
    office.stop()
    office.clock += seconds
    return office.start()


def case_of(office, address):
    case = next(c for c in office.cases() if c["from"] == address)
    return office.show(case["reference"])


def one_reply(office, address, done):
    """The case once its reply is as `done` wants it."""
    return until(lambda: next((c for c in [case_of(office, address)] if done(c["replies"][0])), None),
                 20, "the reply's fate")


def deliver(office, address="ada.fenwick@example.org"):
    text = Writer().text("accept", "Ada Fenwick")
    seen = office.status()["messages"]
    office.deliver(message(f"Ada Fenwick <{address}>", "Complaint", text))
    until(lambda: office.status()["messages"] > seen and office.status()["pending"] == 0)


def refused():
    with FakeSmtp(tls="starttls", refused={"gone@example.org": "550 5.1.1 No such user"}) as smtp, \
            by_smtp(smtp) as office:
        office.start()
        deliver(office, "gone@example.org")
        case = one_reply(office, "gone@example.org", lambda r: r["state"] == "failed")
        tap.equal((case["state"], case["flags"]), ("referred", ["undelivered"]),
                  "550 to the recipient: undelivered, and a person's")
        tap.ok("5.1.1" in case["replies"][0]["server_said"], "what the server said is kept")
        tap.ok("undelivered" in [e["what"] for e in case["events"]], "the history tells it")
        deliver(office)
        office.settle()
        tap.equal([t.recipient for t in smtp.taken], ["ada.fenwick@example.org"],
                  "and the next person gets their reply")
        tap.equal(office.status()["outbox_failed"], 1, "the status counts it")
        tap.equal(office.cases("--flag", "undelivered")[0]["from"], "gone@example.org",
                  "and cases --flag undelivered finds it")


def put_off():
    tried = []

    def busy(session):
        tried.append(session.message)
        return "451 4.3.0 Busy"
    with FakeSmtp(tls="starttls", plan={"dot": [busy]}) as smtp, by_smtp(smtp) as office:
        office.start()
        deliver(office)
        one_reply(office, "ada.fenwick@example.org", lambda r: "451" in (r["server_said"] or ""))
        tap.equal((len(tried), len(smtp.taken)), (1, 0), "451 after the last byte: not sent")
        later(office, 10)
        tap.equal(office.status()["outbox_queued"], 1, "ten seconds later it still waits")
        later(office, 300)
        office.settle()
        tap.equal(smtp.taken[0].data, tried[0], "later the same bytes go, Message-ID and all")
        tap.equal(case_of(office, "ada.fenwick@example.org")["state"], "accepted", "nothing is amiss")
        smtp.always("rcpt", "450 4.2.1 Grey")
        deliver(office, "grey@example.org")
        one_reply(office, "grey@example.org", lambda r: "450" in (r["server_said"] or ""))
        later(office, 9 * 86400)
        case = one_reply(office, "grey@example.org", lambda r: r["state"] == "failed")
        tap.equal((case["state"], case["flags"]), ("referred", ["undelivered"]),
                  "put off past the deadline: undelivered, and a person's")


def lost():
    with FakeSmtp(tls="starttls", plan={"dot": [ACCEPT_AND_DROP]}) as smtp, by_smtp(smtp) as office:
        office.start()
        deliver(office)
        smtp.wait(lambda: len(smtp.taken) == 1, 20, "the first try")
        until(lambda: "reply-unknown" in [e["what"] for e in
                                          case_of(office, "ada.fenwick@example.org")["events"]])
        later(office, 60)
        office.settle()
        tap.equal(len(smtp.taken), 2, "lost after the last byte: sent once more")
        tap.equal(smtp.taken[1].data, smtp.taken[0].data, "the same bytes, Message-ID and all")
        smtp.always("dot", ACCEPT_AND_DROP)
        deliver(office, "bodil@example.org")
        smtp.wait(lambda: len(smtp.taken) == 3, 20, "the first try")
        later(office, 60)
        smtp.wait(lambda: len(smtp.taken) == 4, 20, "the second try")
        one_reply(office, "bodil@example.org", lambda r: r["state"] == "unknown")
        later(office, 3600)
        smtp.always("dot", None)
        deliver(office, "carys@example.org")
        office.settle()
        tap.equal([t.recipient for t in smtp.taken[2:]],
                  ["bodil@example.org", "bodil@example.org", "carys@example.org"],
                  "lost again: never a third time")
        tap.equal(office.status()["outbox_unknown"], 1, "but listed as unknown")


def our_fault():
    with FakeSmtp(tls="starttls", plan={"mail": ["550 5.7.1 You may not send"]}) as smtp, \
            by_smtp(smtp) as office:
        office.start()
        deliver(office)
        case = one_reply(office, "ada.fenwick@example.org", lambda r: r["server_said"])
        tap.equal((case["state"], case["replies"][0]["state"]), ("accepted", "queued"),
                  "refused as a sender: the reply waits, the person is not called unreachable")
        tap.ok("You may not send" in office.status()["daemon"]["outgoing"], "the status says it",
               office.status())
        deliver(office, "bodil@example.org")
        office.status()
        tap.equal(sum(line.startswith("MAIL") for _, line in smtp.commands), 1,
                  "nothing else is tried meanwhile")
        later(office, 960)
        office.settle()
        tap.equal(sorted(t.recipient for t in smtp.taken),
                  ["ada.fenwick@example.org", "bodil@example.org"], "and later all go")


# Postfix knows of nobody@ while it is told; of gone@ only once it has taken the message.
ABSENT = """transport_maps = inline:{ { nobody@example.org = error:5.1.1 No such user },
    { dead@dead.example = error:5.1.1 No such user } }
virtual_alias_maps = inline:{ gone@example.org=dead@dead.example }
"""


def real_server(return_path):
    with Postfix(more=ABSENT) as mta:
        with Office(outgoing=mta.settings(), return_path=return_path) as office:
            office.start()
            for address in ("nobody@example.org", "gone@example.org", "ada.fenwick@example.org"):
                deliver(office, address)
            case = one_reply(office, "nobody@example.org", lambda r: r["state"] == "failed")
            tap.equal((case["state"], case["flags"]), ("referred", ["undelivered"]),
                      "Postfix refuses at RCPT: undelivered")
            office.settle()
            got = {m.recipient.partition("@")[2]: m for m in mta.wait_for(2)}
            tap.equal(sorted(got), ["example.org", "homeoffice.gov.uk"],
                      "the rest arrives, and a bounce comes back")
            bounce = got["homeoffice.gov.uk"]
            tap.equal(case_of(office, "gone@example.org")["state"], "accepted", "before it is read")
            seen = office.status()["messages"]
            office.deliver(bounce.data)
            office.settle(messages=seen + 1)
            case = case_of(office, "gone@example.org")
            tap.equal((case["state"], case["flags"]), ("referred", ["undelivered"]),
                      f"a real bounce to {return_path} marks its case")
            tap.equal([m["kind"] for m in case["messages"]], ["complaint", "bounce"], "and joins it")
            tap.equal(len(office.cases()), 3, "it makes no case")
            office.settle()
            tap.equal(mta.accepted_count(), 2, "and gets no answer")
            forged(office, case, bounce)


SHORT = """This is the mail system. Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada.fenwick@example.org
Action: failed
Status: 5.1.1

--b--
"""


def short_report():
    """A bounce that quotes nothing of ours: the address it comes to names the case."""
    with FakeSmtp(tls="starttls") as smtp:
        with by_smtp(smtp, return_path="iec+returned@homeoffice.gov.uk") as office:
            office.start()
            deliver(office)
            one_reply(office, "ada.fenwick@example.org", lambda r: r["state"] == "sent")
            returned = smtp.taken[0].sender
            for n, address in enumerate((returned.replace("-000001", "-000002"), returned)):
                report = message("MAILER-DAEMON@mx.example.org", f"Undelivered {n}", SHORT,
                                 to=address, Return_Path="<>", Auto_Submitted="auto-replied")
                office.deliver(report.replace(
                    b"text/plain; charset=utf-8\r\n",
                    b"multipart/report; report-type=delivery-status; boundary=b\r\n").replace(
                        b"\r\n\r\n", b"\r\n\r\n--b\r\n\r\n", 1))
                office.settle(messages=2 + n)
                case = case_of(office, "ada.fenwick@example.org")
                tap.equal(case["flags"], ["undelivered"] * n,
                          ("an address with a guessed mark", "its own return path")[n])


def forged(office, case, bounce):
    """A made-up bounce that guesses at another case changes nothing."""
    other = case_of(office, "ada.fenwick@example.org")
    data = bounce.data.replace(case["reference"].encode(), other["reference"].encode())
    ours = case["replies"][0]["message_id"].encode()
    data = data.replace(ours, ours[:-30] + b"x" * 8 + ours[-22:])
    local = bounce.recipient.partition("@")[0].encode()
    data = data.replace(local, b"iec+IEC-26-000003")
    seen = office.status()["messages"]
    office.deliver(data)
    office.settle(messages=seen + 1)
    tap.equal(case_of(office, "ada.fenwick@example.org")["flags"], other["flags"],
              "a bounce that guesses a reference marks nobody undelivered")


def story():
    refused()
    put_off()
    lost()
    our_fault()
    short_report()
    try:
        real_server("iec@homeoffice.gov.uk")
        real_server("iec+returned@homeoffice.gov.uk")
    except Unavailable as why:
        tap.note(f"not run: a real server's bounce: {why}")


tap.run(story)
