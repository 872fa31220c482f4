#!/usr/bin/env python3
"""What happens to one case at once (policy 4a and 4b): a campaign while rejections are stopped, a
rejection found wrong and looked at again, a withdrawal during a stop, a look-again that tells of
danger, a later complaint like one that was rejected."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_smtp import FakeSmtp
from letters import RUDE
from office import Office, london, message
from process import until

DUTY = "duty@casework.example"
ALIKE = """Dear Examiner,

I write about the Border Force hall at Hull. Staff there shout at families and keep them waiting for
hours without water, and it happened to me on {day} March. I am appalled at how we were all treated
by officers who were rude and would not listen. I have not complained to Border Force or anybody
else at the Home Office yet, because they never answer. Please take up my complaint about this, and
make them treat travellers decently as anybody would expect.

{name}
"""


def case_of(office, address, number=0):
    return [c for c in office.cases() if c["from"] == address][number]


def write_in(office, address, body, when, subject="Complaint", **headers):
    before = office.query("SELECT count(*) FROM messages")[0][0]
    name = address.split("@")[0].replace(".", " ").title()
    office.deliver(message(f"{name} <{address}>", subject, body.format(name=name), **headers),
                   received=london(when))
    office.settle(messages=before + 1)
    return case_of(office, address, -1)


def answer(office, case, address, body, when):
    last = [m for m in office.sent() if address in m["To"]][-1]
    return write_in(office, address, body, when, f"Re: {last['Subject']}", In_Reply_To=last["Message-ID"])


def sent_kinds(office, case):
    return [r["kind"] for r in office.show(case["reference"])["replies"]
            if r["state"] == "sent" and r["kind"] != "notice"]


def do(office, *words, status=0, says=""):
    done = office.iecctl(*words)
    tap.ok(done.returncode == status and says in done.stdout + done.stderr,
           f"{'' if status == 0 else 'refused: '}iecctl {' '.join(words)}"[:90],
           f"{done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def campaign_while_stopped():
    with Office(hold=1, casework={"campaign_messages": 3, "alert_address": DUTY}) as office:
        office.at("2026-11-02 10:00")
        people = [f"{name}@example.org" for name in ("abel", "bryony", "cadi", "dewi")]
        for n, address in enumerate(people[:3]):
            write_in(office, address, ALIKE.replace("{day}", str(n + 3)), "2026-11-02 10:00")
        do(office, "release", "stop", "--as", "morgan", says="3 that waited are held back")
        last = write_in(office, people[3], ALIKE.replace("{day}", "9"), "2026-11-02 10:00")
        tap.equal((office.status()["campaigns"], last["state"]), (1, "referred"), "4a: a campaign, during a stop")
        office.settle()
        tap.equal([m["Subject"].split(": ", 1)[1] for m in office.sent() if DUTY in m["To"]],
                  ["many near-identical messages came; people decide them"], "the duty officer is told once")
        do(office, "alert", "list", says="campaign")
        do(office, "alert", "ack", last["reference"], "--as", "morgan")
        do(office, "release", "resume", "--as", "morgan", says="0 held back go")
        office.at("2026-11-05 10:00")
        tap.equal({(case_of(office, a)["state"], case_of(office, a)["release"]) for a in people[:3]},
                  {("awaiting-release", "reviewed")}, "4a: resumed, a campaign's rejections go by nobody's leave yet")
        tap.ok("near-identical" in office.iecctl("review").stdout, "review says why they wait")
        first = case_of(office, people[0])
        do(office, "review", "approve", first["reference"], "--as", "anna")
        office.settle()
        tap.equal(case_of(office, people[0])["state"], "rejected", "one goes when a person lets it")


def campaign_while_queued():
    """Rejections that the mail server puts off when the campaign begins never leave."""
    with FakeSmtp(tls="starttls") as smtp, \
            Office(outgoing={"kind": "smtp", **smtp.settings()}, casework={"campaign_messages": 3},
                   ceilings={"per_hour": 100, "per_day": 100}) as office:
        rejections = "SELECT state FROM outbox WHERE kind = 'rejection'"
        smtp.always("rcpt", "450 4.2.1 greylisted")
        office.at("2026-11-02 10:00")
        for n, name in enumerate(("abel", "bryony", "cadi", "dewi")):
            before = office.query("SELECT count(*) FROM messages")[0][0]
            office.deliver(message(f"{name} <{name}@example.org>", "Hull",
                                   ALIKE.format(name=name, day=n + 3)), received=london("2026-11-02 09:30"))
            until(lambda: office.status()["messages"] == before + 1 and not office.status()["pending"], 30, "reading")
            if n < 3:
                until(lambda: office.query(rejections)[n:] == [("queued",)], 30, "the rejection's release")
        tap.equal(office.query(rejections), [("cancelled",)] * 3, "4a: a campaign calls back what has not left")
        tap.equal({c["state"] for c in office.cases()}, {"referred"}, "a person decides every one")
        smtp.always("rcpt", None)
        office.at("2026-11-02 12:00")
        office.settle()
        tap.ok(not any("rejection" in str(k) for k in office.query("SELECT kind FROM outbox WHERE state = 'sent'")),
               "and none of them leaves")


def wrong_and_again(office):
    """A rejection that a person let go is marked wrong, then its complainant asks too."""
    case = case_of(office, "elin@example.org")
    do(office, "review", "approve", case["reference"], "--as", "anna")
    office.settle()
    do(office, "wrong", case["reference"], "--why", "they had complained", "--as", "ben", says="marked as wrong")
    office.settle()
    tap.equal((case_of(office, "elin@example.org")["state"], office.status()["look_agains"]["open"]), ("referred", 1),
              "4a: a rejection found wrong is looked at again, and counted")
    tap.ok(any(DUTY in m["To"] and "seems to be wrong" in m["Subject"] for m in office.sent()), "alerted")
    do(office, "decide", case["reference"], "accept", "--as", "anna", status=1, says="had a part in its rejection")
    answer(office, case, "elin@example.org", "Please look at this again.\n", "2026-11-04 10:00")
    tap.equal(office.status()["look_agains"]["asked"], 1, "their asking for it too is the same look-again")
    do(office, "decide", case["reference"], "accept", "--as", "carys")
    do(office, "close", case["reference"], "--as", "outside", "--reasons", "court", "--why", "it is in court",
       "--as", "anna")
    tap.equal(office.status()["look_agains"]["overturned"], 1, "4b: answered by somebody else")
    do(office, "alert", "ack", case["reference"], "--as", "carys")
    do(office, "close", case["reference"], "--agree", "--as", "dan", says="now closed")


def withdrawn_while_stopped(office):
    case = case_of(office, "ffion@example.org")
    tap.equal((case["state"], case["release"]), ("awaiting-release", "reviewed"), "held back by a stop")
    answer(office, case, "ffion@example.org", "I withdraw my complaint. Please close it.\n", "2026-11-04 10:00")
    tap.equal((case_of(office, "ffion@example.org")["state"],
               office.query("SELECT count(*) FROM release_held h JOIN outbox o ON o.id = h.outbox_id JOIN cases c "
                            "ON c.id = o.case_id WHERE c.reference = ?", case["reference"])[0][0]), ("referred", 0),
              "4b: withdrawn during the stop: nothing is held for it any more")
    do(office, "release", "resume", "--as", "morgan")
    do(office, "release", "resume", "no-final-response", "--as", "morgan")
    do(office, "close", case["reference"], "--as", "withdrawn", "--as", "anna", says="now closed")
    office.settle()
    answer(office, case, "ffion@example.org", "I have changed my mind. Please look into it after all: "
           "the officer was rude.\n", "2026-11-04 10:00")
    office.settle()
    tap.equal((case_of(office, "ffion@example.org")["state"], sent_kinds(office, case).count("rejection")),
              ("referred", 0), "4b: who comes back is heard by a person")
    tap.equal(office.query("SELECT count(*) FROM stops WHERE lifted_at IS NULL")[0][0], 0,
              "and automatic replies are stopped no more")


def urgent_again(office):
    case = case_of(office, "gwen@example.org")
    do(office, "review", "approve", case["reference"], "--as", "anna")
    office.settle()
    answer(office, case, "gwen@example.org", "Please look again. I cannot go on and I want to end my life.\n",
           "2026-11-04 10:00")
    office.settle()
    again = case_of(office, "gwen@example.org")
    tap.equal((again["state"], "look-again" in again["refer"], "urgent" in again["refer"], sent_kinds(office, case)[-1]),
              ("referred", True, True, "urgent"), "4 line 0: a look-again that tells of danger leads with help")
    do(office, "alert", "list", says="urgent")
    do(office, "decide", case["reference"], "accept", "--as", "anna", status=1, says="had a part in its rejection")
    do(office, "decide", case["reference"], "reject", "--reasons", "no-final-response", "--as", "ben")
    office.settle()
    answer(office, case, "gwen@example.org", "Please look at it once more.\n", "2026-11-04 10:00")
    office.settle()
    tap.equal(sent_kinds(office, case)[-1], "look-again-receipt", "4b: the next is acknowledged as one")


def urgent_repeated(office):
    """The same cry for help, sent again days after somebody had seen the first."""
    words = "I want to end my life because of what Border Force did to me at Hull. They were rude.\n\n{name}\n"
    case = write_in(office, "iola@example.org", words, "2026-11-04 10:00", "Help")
    do(office, "alert", "ack", case["reference"], "--as", "carys")
    again = write_in(office, "iola@example.org", words, "2026-11-04 10:00", "Please")
    tap.equal((again["reference"], "duplicate" in again["flags"]), (case["reference"], True), "4b: the same text joins")
    do(office, "alert", "list", says=case["reference"])


def later_and_alike(office):
    earlier = case_of(office, "hari@example.org")
    do(office, "review", "approve", earlier["reference"], "--as", "anna")
    office.settle()
    later = write_in(office, "hari@example.org", RUDE + "\nIt still troubles me.\n", "2026-11-04 10:00")
    office.settle()
    tap.equal((later["reference"] != earlier["reference"], later["state"], later["refer"], sent_kinds(office, later)),
              (True, "referred", ["look-again"], ["acknowledgement"]),
              "4b: a later complaint like one that was rejected is a person's, and acknowledged")
    do(office, "decide", later["reference"], "accept", "--as", "anna", status=1, says="had a part in its rejection")
    do(office, "decide", later["reference"], "accept", "--as", "ben")


def story():
    campaign_while_stopped()
    campaign_while_queued()
    with Office(hold=1, casework={"alert_address": DUTY, "campaign_messages": 0}, ceilings={"per_hour": 100, "per_day": 100}) as office:
        office.at("2026-11-02 10:00")
        for name in ("elin", "ffion", "gwen", "hari"):
            write_in(office, f"{name}@example.org", RUDE, "2026-11-02 10:00")
        do(office, "release", "stop", "--as", "morgan", says="4 that waited are held back")
        office.at("2026-11-04 10:00")
        wrong_and_again(office)
        urgent_again(office)
        urgent_repeated(office)
        later_and_alike(office)
        withdrawn_while_stopped(office)


tap.run(story)
