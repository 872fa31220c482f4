#!/usr/bin/env python3
"""Who is not answered, and how often: ceilings an hour and a day, robots, our own addresses, no or
several senders, list headers; never Reply-To; and an address that carries SMTP commands."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_smtp import FakeSmtp
from letters import Writer, words
from office import Office, london, message

MATTER = """Dear Examiner,

I complained to UK Visas and Immigration about {what} (COMP/{n:07}/26). I received their final response
by email on {response}. It says that I can bring my complaint to the Independent Examiner of Complaints.
They did not answer my main point, and I have waited eleven months.

{name}
"""
RESPONSE = words(datetime.date.today() - datetime.timedelta(days=20))
MATTERS = ["the delay in my visa application", "the documents they lost", "the rude caseworker",
           "the wrong information on the phone", "the error in my eVisa", "the missing passport",
           "the letter sent to a wrong address", "the appointment they cancelled",
           "the fee they took twice", "the email nobody answered", "the interpreter who never came"]


def complain(n, sender="Ada Fenwick <ada.fenwick@example.org>", response=RESPONSE, **headers):
    matter = MATTERS[n % len(MATTERS)] + (f" in {2000 + n}" if n >= len(MATTERS) else "")
    return message(sender, "Complaint", MATTER.format(what=matter, name="Ada Fenwick", n=n,
                                                        response=response), **headers)


def sent_to(office, address):
    return [r for r in office.sent() if address in r["To"]]


def ceilings():
    with Office(ceilings={"per_hour": 5, "per_day": 20}) as office:
        office.at("2026-11-02 09:00")
        cases = 0
        for hour, more in enumerate((8, 5, 5, 5, 5, 2)):
            if hour:
                office.at(f"2026-11-02 {9 + 2 * hour:02}:00")
            seen = office.status()["messages"]
            for n in range(cases, cases + more):
                office.deliver(complain(n, response="20 October 2026"),
                               received=london(f"2026-11-02 {9 + 2 * hour:02}:00"))
            cases += more
            office.settle(messages=seen + more)
        mine = [c for c in office.cases() if c["from"] == "ada.fenwick@example.org"]
        tap.equal(len(mine), cases, "every message is a case, however many")
        tap.equal(len(sent_to(office, "ada.fenwick@example.org")), 20,
                  "five an hour and twenty a day are answered")
        by_hand = [c for c in mine if "acknowledge-by-hand" in c["flags"]]
        tap.equal(len(by_hand), cases - 20, "the others are marked to be answered by hand")
        tap.equal({c["state"] for c in by_hand}, {"referred"}, "and are a person's")
        why = {e["why"].partition(": ")[2] for c in by_hand
               for e in office.show(c["reference"])["events"] if e["what"] == "answer-by-hand"}
        tap.equal(why, {"the ceiling of replies an hour to this address is reached",
                        "the ceiling of replies a day to this address is reached"},
                  "their history says which ceiling")
        tap.equal(office.status()["answer_by_hand"], len(by_hand), "and the status counts them")
        address, data = Writer(today=datetime.date(2026, 11, 2)).letter("accept")
        seen = office.status()["messages"]
        office.deliver(data)
        office.settle(messages=seen + 1)
        tap.equal(len(sent_to(office, address)), 1, "nobody else is held back")
        office.at("2026-11-03 20:00")
        seen = office.status()["messages"]
        office.deliver(complain(99, response="20 October 2026"), received=london("2026-11-03 20:00"))
        office.settle(messages=seen + 1)
        tap.equal(len(sent_to(office, "ada.fenwick@example.org")), 21, "the next day answers again")


NOT_ANSWERED = [  # name, sender, headers
    ("no-reply", "Ada Fenwick <no-reply@example.org>", {}),
    ("mailer-daemon", "Ada Fenwick <MAILER-DAEMON@example.org>", {}),
    ("postmaster", "Ada Fenwick <postmaster@example.org>", {}),
    ("two senders", "a@example.org, b@example.org", {}),
    ("a group", "friends: a@example.org, b@example.org;", {}),
    ("no address", "Ada Fenwick", {}),
    ("an empty group", "undisclosed-recipients:;", {}),
    ("mailing list", "list.one@example.org", {"List_Id": "<talk.example.org>"}),
    ("list headers", "list.two@example.org", {"List_Unsubscribe": "<mailto:x@example.org>"}),
    ("bulk", "bulk.one@example.org", {"Precedence": "bulk"}),
    ("junk", "bulk.two@example.org", {"Precedence": "junk"}),
    ("suppressed", "x.one@example.org", {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}),
    ("all suppressed", "x.two@example.org", {"X_Auto_Response_Suppress": "All"}),
    ("null return path", "null@example.org", {"Return_Path": "<>"}),
]


def never():
    """A person's complaint is a case whatever its headers forbid."""
    with Office() as office:
        office.start()
        for n, (name, sender, headers) in enumerate(NOT_ANSWERED):
            office.deliver(message(sender, f"Case of {name}",
                                   MATTER.format(what=MATTERS[n % len(MATTERS)], name="Ada Fenwick",
                                                 n=n, response=RESPONSE),
                                   **headers))
        office.settle(messages=len(NOT_ANSWERED))
        cases = {}
        for case in office.cases():
            subject = office.show(case["reference"])["messages"][0]["subject"]
            cases[subject.removeprefix("Case of ")] = case
        for name, _, _ in NOT_ANSWERED:
            case = cases.get(name)
            tap.ok(case and case["state"] == "referred" and
                   "acknowledge-by-hand" in case["flags"] and case["reply_due"],
                   f"{name}: registered, a person's, by hand, its clock running", case)
            tap.ok(case and (case["decision"] == "refer" or case["from"] is None),
                   f"{name}: referred where headers forbid, else only the address is wanting", case)
        tap.equal([r["To"] for r in office.sent()], [], "nothing at all was sent")
        seen = len(NOT_ANSWERED)
        for address in ("iec@homeoffice.gov.uk", "Examiner <IEC@HomeOffice.gov.uk>"):
            seen += 1
            office.deliver(complain(seen, sender=address))
        office.settle(messages=seen)
        tap.equal(office.sent(), [], "nor to ourselves")


def reply_to():
    with Office() as office:
        office.start()
        office.deliver(complain(1, Reply_To="Mallory <mallory@example.net>",
                                Sender="mallory@example.net", Return_Path="<mallory@example.net>",
                                Disposition_Notification_To="mallory@example.net"))
        office.settle(messages=1)
        tap.equal([r["To"] for r in office.sent()], ["ada.fenwick@example.org"],
                  "the reply goes to From, never to Reply-To or Sender")


INJECTED = [
    b'"x>\r\n RCPT TO:<victim@example.net>\r\n "@a.example',
    b'"x>\\\r\n RCPT TO:<victim@example.net>\\\r\n "@a.example',
    b'=?utf-8?q?a=0D=0ARCPT_TO:<victim@example.net>=0D=0A?=@a.example',
    b'<a@a.example\x00> RCPT TO:<victim@example.net>',
    b'<a@a.example> ORCPT=x NOTIFY=SUCCESS',
    b'<@relay.example,@other.example:a@a.example>',
    b'"a b"@a.example', b'<"a>b"@a.example>', b'a@[127.0.0.1]', b'a@a..example', b'a%b@a.example!c',
    b'\xc3\xa4@a.example', b'a' * 300 + b'@a.example', b'a@' + b'a.' * 200 + b'example',
]


def injection():
    with FakeSmtp(tls="starttls") as smtp:
        with Office(outgoing={"kind": "smtp", **smtp.settings()}) as office:
            office.start()
            for n, sender in enumerate(INJECTED):
                plain = complain(n, sender="@@")
                office.deliver(plain.replace(b"From: @@", b"From: " + sender))
            office.deliver(complain(30, sender="Bodil Thorne <bodil@example.org>"))
            office.settle(messages=len(INJECTED) + 1)
            smtp.wait(lambda: any(t.recipient == "bodil@example.org" for t in smtp.taken), 20,
                      "the honest reply")
            said = [line for _, line in smtp.commands if line.upper().startswith("RCPT")]
            tap.ok(not any("victim" in line for _, line in smtp.commands),
                   "no command of a stranger reaches the mail server", smtp.commands)
            tap.ok(all(len(t.recipients) == 1 for t in smtp.taken), "one recipient a reply", said)
            tap.ok(all(t.sender == "" for t in smtp.taken), "and a null return path")
            odd = [t.recipient for t in smtp.taken if t.recipient != "bodil@example.org"]
            tap.ok(all(r.isascii() and r.isprintable() and not set(r) & set('<>" \\,:;')
                       for r in odd), "nothing but plain addresses", odd)
            tap.equal(office.status()["cases"], len(INJECTED) + 1, "each is registered all the same")
            tap.equal(office.stop()[0], 0, "and the daemon ends well")


def story():
    ceilings()
    never()
    reply_to()
    injection()


tap.run(story)
