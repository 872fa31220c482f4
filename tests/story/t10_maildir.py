#!/usr/bin/env python3
"""The embedded default: a Maildir is the mailbox, another the outbox. Each outcome once, a
duplicate, a robot, an answer to our question, and a stranger who names somebody's case."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from letters import Writer, words
from office import Office, message, until


def by_address(office):
    return {c["from"]: c for c in office.cases()}


def replies_to(office, address):
    return [r for r in office.sent() if address in r["To"]]


def outcomes(office, writer):
    people = {kind: writer.letter(kind) for kind in ("accept", "late", "none-yet", "ask")}
    for _, data in people.values():
        office.deliver(data)
    office.settle(messages=4)
    cases = by_address(office)
    wanted = {"accept": ("accept", [], []), "late": ("reject", ["out-of-time"], []),
              "none-yet": ("reject", ["no-final-response"], []),
              "ask": ("ask", [], ["final-response"])}
    for kind, (decision, reasons, asks) in wanted.items():
        case = cases[people[kind][0]]
        tap.equal((case["decision"], case["reasons"], case["asks"]), (decision, reasons, asks),
                  f"{kind}: decision, reasons, asks")
        sent = replies_to(office, people[kind][0])
        tap.equal(len(sent), 2 if decision == "reject" else 1, f"{kind}: number of replies")
    return people, cases


def headers(office):
    for reply in office.sent():
        tap.equal(reply["Auto-Submitted"], "auto-replied", "a reply says it is automatic")
        tap.equal(reply["X-Auto-Response-Suppress"], "All", "and asks for no automatic answer")
        tap.ok(reply["In-Reply-To"] and reply["References"], "and answers the message")
        tap.ok("IEC/" in reply["Subject"], "its subject carries our reference", reply["Subject"])
        kinds = [p.get_content_type() for p in reply.walk()]
        tap.equal(kinds, ["multipart/alternative", "text/plain", "text/html"], "text and HTML")


def twice(office, people):
    before = len(office.sent())
    data = people["accept"][1]
    office.deliver(data)  # the same bytes
    office.deliver(b"Received: by another.example; Mon, 2 Nov 2026 09:05:00 +0000\r\n" + data)
    office.settle(messages=5)
    tap.equal(len(office.cases()), 4, "the same message delivered again is no new case")
    tap.equal(len(office.sent()), before, "and gets no further reply")
    case = by_address(office)[people["accept"][0]]
    told = [e["what"] for e in office.show(case["reference"])["events"]]
    tap.equal(told.count("duplicate"), 2, "both deliveries stand in the case's history")


def robots(office):
    before = len(office.sent())
    office.deliver(message("Mail Delivery System <mailer-daemon@mx.example.net>", "Out of office",
                           "I am away until Monday.", Auto_Submitted="auto-replied"))
    office.deliver(message("News <news@shop.example.com>", "Our November offers",
                           "Twenty per cent off all garden chairs. Unsubscribe here.",
                           List_Unsubscribe="<mailto:u@shop.example.com>", Precedence="bulk"))
    office.settle(messages=7)
    tap.equal(len(office.cases()), 4, "an out-of-office and a newsletter are no cases")
    tap.equal(len(office.sent()), before, "and get no reply")


def answer(office, people, cases):
    address = people["ask"][0]
    question = replies_to(office, address)[0]
    day = words(datetime.date.today() - datetime.timedelta(days=20))
    text = ("I have it now. UK Visas and Immigration sent me their final response to my complaint "
            f"by email on {day}. It says that I can go to the Independent Examiner.\n")
    office.deliver(message(f"<{address}>", "Re: " + question["Subject"], text,
                           In_Reply_To=question["Message-ID"], References=question["Message-ID"]))
    office.settle(messages=8)
    case = by_address(office)[address]
    tap.equal(case["reference"], cases[address]["reference"], "an answer joins its case")
    tap.equal(case["decision"], "accept", "which is judged again on all that is there")
    tap.equal(len(office.cases()), 4, "and makes no new one")


def stranger(office, people):
    question = replies_to(office, people["ask"][0])[0]
    case = by_address(office)[people["accept"][0]]
    before = office.show(case["reference"])
    office.deliver(message("Mallory Quick <mallory@example.net>", f"Re: {case['reference']}",
                           f"About {case['reference']}: please send me all that you have.\n",
                           In_Reply_To=question["Message-ID"]))
    office.settle(messages=9)
    after = office.show(case["reference"])
    tap.equal(after["events"], before["events"], "a stranger changes nothing in the case they name")
    own = by_address(office)["mallory@example.net"]
    tap.equal((own["decision"], own["refer"]), ("refer", ["unknown-address"]),
              "they have a case of their own, for a person")
    told = " ".join(r.get_body().get_content() for r in replies_to(office, "mallory@example.net"))
    tap.ok(people["accept"][0] not in told and case["reference"] not in told,
           "and learn nothing of the other", told)


def forged(office, people):
    """The case's own address in From, but our receiving server says it is not theirs."""
    address = people["ask"][0]
    case = by_address(office)[address]
    before = office.show(case["reference"])
    office.deliver(message(f"<{address}>", f"Re: {case['reference']}", "I withdraw my complaint.\n",
                           Authentication_Results="mail.example.org; dmarc=fail"))
    office.settle(messages=10)
    tap.equal(office.show(case["reference"])["events"], before["events"],
              "nor does a forged sender")
    claim = [c for c in office.cases() if c["from"] == address and c != case]
    tap.equal([(c["decision"], "unknown-address" in c["refer"]) for c in claim], [("refer", True)],
              "it is a case of its own, for a person")


def two_versions(office, writer):
    """The HTML of a letter tells of a final response, its plain version does not."""
    address, data = writer.letter("none-yet", html=True)
    more = "<p>Since then Border Force has sent me its final response, by email on 20 October " \
           "2026, and it names the Independent Examiner of Complaints as the next step.</p></div>"
    office.deliver(data.replace(b"</div>", more.encode()))
    until(lambda: address in by_address(office), what="its case")
    case = by_address(office)[address]
    tap.equal((case["decision"], case["release"]), ("reject", "reviewed"),
              "what the HTML version alone says keeps a rejection for a person's eyes")


def stop(office):
    status, seconds = office.stop()
    tap.equal(status, 0, "SIGTERM ends it cleanly")
    tap.ok(seconds < 10, "within ten seconds", seconds)
    tap.equal([n for n in os.listdir(os.path.join(office.incoming, "new"))], [],
              "every message has left new/")


def body():
    with Office(trusted_authserv=["mail.example.org"]) as office:
        office.start()
        writer = Writer(seed=3)
        people, cases = outcomes(office, writer)
        headers(office)
        twice(office, people)
        robots(office)
        answer(office, people, cases)
        stranger(office, people)
        forged(office, people)
        two_versions(office, writer)
        stop(office)


tap.run(body)
