#!/usr/bin/env python3
"""The office's clock, moved by hand: holds, reviews, chasing, the holding letter, bank holidays,
and the end of the calendar."""
import datetime
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from letters import WHY_LATE, Writer
from office import ROOT, Office, london, message

TEAM = "team@casework.example"
WELSH = """Annwyl Syr neu Fadam,

Hoffwn gwyno am Swyddfa Basbort Ei Fawrhydi. Cefais yr ymateb terfynol i'm cwyn trwy e-bost ar 2 Ebrill
2026. Cymerodd fy mhasbort bum mis oherwydd eu camgymeriad nhw. Nid wyf yn hapus gyda'r ateb. Rwyf am i
chi edrych ar yr achos hwn os gwelwch yn dda.

Yn gywir,
Lowri Cadogan
"""


def kinds(office, reference):
    return [r["kind"] for r in office.show(reference)["replies"] if r["state"] == "sent"]


def happened(office, reference, what):
    return [e for e in office.show(reference)["events"] if e["what"] == what]


def case_from(office, address):
    return next(c for c in office.cases() if c["from"] == address)


def held(day="2026-11-06"):
    """A Friday's rejection is held over the weekend."""
    with Office(hold=1) as office:
        office.at(f"{day} 10:00")
        address, data = Writer(today=datetime.date.fromisoformat(day)).letter("late")
        office.deliver(data, received=london(f"{day} 10:00"))
        office.settle(messages=2)
        case = case_from(office, address)
        tap.equal((case["state"], case["decision"], case["release"]),
                  ("awaiting-release", "reject", "automatic"), "a late complaint waits, rejected")
        tap.equal(kinds(office, case["reference"]), ["acknowledgement"], "acknowledged at once")
        for moment in ("2026-11-07 12:00", "2026-11-09 09:55"):
            office.at(moment)
            tap.equal(kinds(office, case["reference"]), ["acknowledgement"], f"not yet at {moment}")
        office.at("2026-11-09 10:01")
        tap.equal(kinds(office, case["reference"]), ["acknowledgement", "rejection"],
                  "sent when one working day is over")
        tap.equal(case_from(office, address)["state"], "rejected", "and the case is rejected")
        office.at("2026-11-10 10:01")
        tap.equal(len(kinds(office, case["reference"])), 2, "and nothing more a day later")


def reviewed():
    with Office(hold=1, casework={"reviewed": ["out-of-time"]}) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=datetime.date(2026, 11, 2))
        letters = [writer.letter("late"), writer.letter("late"), writer.letter("none-yet")]
        for _, data in letters:
            office.deliver(data, received=london("2026-11-02 10:00"))
        office.deliver(message("Lowri Cadogan <lowri.cadogan@example.org>", "Cwyn", WELSH),
                       received=london("2026-11-02 10:00"))
        office.settle(messages=5)
        office.at("2026-11-04 10:00")
        first, second, other, welsh = (case_from(office, a) for a in (
            letters[0][0], letters[1][0], letters[2][0], "lowri.cadogan@example.org"))
        tap.equal(other["state"], "rejected", "a reason that is not reviewed went by itself")
        tap.equal((welsh["decision"], welsh["release"], welsh["language"]),
                  ("reject", "reviewed", "cy"), "Welsh is always reviewed")
        tap.equal([c["state"] for c in (first, second, welsh)], ["awaiting-release"] * 3,
                  "the reviewed wait, however long the hold was")
        listed = office.iecctl("review").stdout
        tap.ok(all(c["reference"] in listed for c in (first, second, welsh)), "review lists them",
               listed)
        tap.ok("\"27 March 2026\"" in listed and "\"2 Ebrill 2026\"" in listed, "with their evidence", listed)
        done = office.iecctl("review", "approve", first["reference"], "--as", "morgan")
        tap.equal(done.returncode, 0, "review approve") or tap.note(done.stderr)
        done = office.iecctl("review", "return", second["reference"], "--why", "the letter was lost",
                             "--as", "morgan")
        tap.equal(done.returncode, 0, "review return") or tap.note(done.stderr)
        office.settle()
        tap.equal(kinds(office, first["reference"]), ["acknowledgement", "rejection"],
                  "approved: sent")
        tap.equal([e["who"] for e in happened(office, first["reference"], "released")], ["morgan"],
                  "and the history names who let it go")
        tap.equal(office.show(second["reference"])["state"], "referred", "returned: a person's")
        tap.equal([(e["who"], e["why"]) for e in happened(office, second["reference"], "returned")],
                  [("morgan", "the letter was lost")], "and the history says who and why")
        office.at("2026-11-06 10:00")
        tap.equal(kinds(office, second["reference"]), ["acknowledgement"],
                  "what was returned is never sent")
        for words in (("approve", second["reference"]), ("return", first["reference"])):
            done = office.iecctl("review", *words)
            tap.equal((done.returncode, "holds no rejection" in done.stderr), (1, True),
                      f"review {words[0]} a second time is refused in words")


CHASES = [  # when, chases so far, replies sent
    ("2026-11-04 23:30", 0, 1), ("2026-11-05 00:30", 1, 1), ("2026-11-05 18:00", 1, 1),
    ("2026-11-06 00:30", 2, 1), ("2026-11-09 11:55", 2, 1), ("2026-11-09 12:01", 3, 2),
    ("2026-11-09 12:30", 3, 2), ("2026-11-12 09:00", 4, 2), ("2026-11-13 09:00", 5, 2),
    ("2026-11-16 12:05", 6, 2), ("2026-11-17 00:10", 7, 2), ("2026-11-18 00:10", 7, 2),
]


def chased():
    with Office(casework={"chase_address": TEAM}) as office:
        office.at("2026-11-02 10:00")
        office.deliver(message("Gwen Pryce-Holloway <gwen@example.org>", "My passport", WHY_LATE),
                       received=london("2026-11-02 10:00"))
        office.settle(messages=2)
        case = case_from(office, "gwen@example.org")
        tap.equal((case["decision"], case["refer"], case["reply_due"]),
                  ("refer", ["late-with-reason"], "2026-11-09"), "late with a reason: referred")
        for moment, chases, sent in CHASES:
            office.at(moment)
            replies = [k for k in kinds(office, case["reference"]) if k != "notice"]
            told = happened(office, case["reference"], "chased")
            tap.equal((len(told), len(replies)), (chases, sent), f"chased and sent by {moment}") or \
                tap.note([e["why"] for e in told])
        tap.equal(replies, ["acknowledgement", "holding"], "one holding letter in all")
        show = office.show(case["reference"])
        tap.equal(show["reply_due"], "2026-11-16", "its promise is the new deadline")
        tap.ok("passed" in told[-1]["why"], "the last thing said is that the deadline passed")
        notices = [r for r in office.sent() if TEAM in r["To"]]
        tap.equal(len(notices), len(told), "every chase is also a mail to the team")
        tap.ok(not any("gwen" in str(n).lower() or "passport" in str(n).lower() for n in notices),
               "which holds nothing of the person")
        letter = next(r for r in office.sent() if "gwen" in r["To"] and
                      "16 November 2026" in r.get_body().get_content())
        tap.ok(letter["Subject"], "the holding letter names the new date")


DUE = [  # received, reply due
    ("2026-12-22 10:00", "2026-12-31"), ("2026-12-23 23:59", "2027-01-04"),
    ("2026-12-24 00:01", "2027-01-05"), ("2026-12-24 17:00", "2027-01-05"),
    ("2026-12-25 09:00", "2027-01-05"), ("2026-12-27 09:00", "2027-01-05"),
    ("2026-12-28 09:00", "2027-01-05"), ("2026-12-29 09:00", "2027-01-06"),
    # Summer time: half past midnight in London is still yesterday in UTC.
    ("2026-07-01 00:30", "2026-07-08"),
]


def holidays():
    with Office() as office:
        office.at("2026-12-30 10:00")
        writer, people = Writer(today=datetime.date(2026, 12, 20)), []
        for received, due in DUE:
            address, data = writer.letter("accept")
            people.append((address, received, due))
            office.deliver(data, received=london(received))
        office.settle(messages=1 + len(DUE))
        due_of = {c["from"]: c["reply_due"] for c in office.cases()}
        for address, received, due in people:
            tap.equal(due_of[address], due, f"received {received}: due {due}")


def horizon():
    with Office(casework={"chase_address": TEAM}) as office:
        office.at("2026-11-02 10:00")
        tap.ok("bank holiday file ends" not in office.log_text(), "a year before: no warning")
        office.at("2027-12-23 10:00")
        tap.ok("bank holiday file ends on 31 December 2027" in office.log_text(),
               "near its horizon the calendar warns", office.log_text()[-1500:])
        address, data = Writer(today=datetime.date(2027, 12, 23)).letter("accept")
        office.deliver(data, received=london("2027-12-30 10:00"))
        office.settle()
        office.settle(messages=3)
        case = case_from(office, address)
        tap.equal(case["reply_due"], None, "past it no deadline is guessed")
        tap.equal(case["state"], "referred", "and a person answers")
        tap.ok(any("calendar" in e["why"] for e in office.show(case["reference"])["events"]),
               "who is told why", office.show(case["reference"])["events"])


def held_to_its_day():
    """Read three days after it came, with a hold of four: it goes on the last day all the same."""
    with Office(hold=4) as office:
        office.at("2026-11-05 15:00")
        address, data = Writer(today=datetime.date(2026, 11, 2)).letter("late")
        office.deliver(data, received=london("2026-11-02 10:00"))
        office.settle(messages=2)
        case = case_from(office, address)
        tap.equal(case["reply_due"], "2026-11-09", "read late, its deadline is that of its receipt")
        office.at("2026-11-09 11:55")
        tap.equal(kinds(office, case["reference"]), ["acknowledgement"], "held on its last day")
        office.at("2026-11-09 12:01")
        tap.equal(kinds(office, case["reference"]), ["acknowledgement", "rejection"],
                  "from noon of it no longer")


def past():
    """Read when its deadline is over: overdue it stays, but no letter promises a day that is gone."""
    with Office(hold=1) as office:
        office.at("2026-11-16 10:00")
        writer = Writer(today=datetime.date(2026, 11, 2))
        people = [writer.letter(kind) for kind in ("accept", "late")]
        for _, data in people:
            office.deliver(data, received=london("2026-11-02 10:00"))
        office.settle(messages=3)
        for address, _ in people:
            case = case_from(office, address)
            text = next(r for r in office.sent() if address in r["To"]).get_body().get_content()
            tap.equal(case["reply_due"], "2026-11-09", "the deadline stays that of the receipt")
            tap.ok("on or before 23 November 2026" in text, "the letter names a day to come", text)
        tap.equal(kinds(office, case["reference"]), ["acknowledgement"],
                  "a rejection that is late anyhow has its hold")


def next_year(path):
    """Adds 2028 to the bank holidays: near enough those of 2027."""
    with open(path, encoding="utf-8") as f:
        holidays = json.load(f)
    events = holidays["england-and-wales"]["events"]
    events += [{**e, "date": "2028" + e["date"][4:]} for e in events if e["date"][:4] == "2027"]
    with open(path, "w", encoding="utf-8") as f:
        json.dump(holidays, f)


def newer_calendar():
    """Cases that came when the calendar was too short are owed, and dated by a newer one."""
    with Office(hold=4, casework={"chase_address": TEAM}) as office:
        office.settings["data_dir"] = shutil.copytree(os.path.join(ROOT, "config"),
                                                      os.path.join(office.dir, "data"))
        office.write_conf()
        office.at("2027-12-29 10:00")
        writer = Writer(today=datetime.date(2027, 12, 20))
        people = [writer.letter(kind) for kind in ("accept", "late")]
        for _, data in people:
            office.deliver(data, received=london("2027-12-29 10:00"))
        office.settle(messages=3)
        cases = [case_from(office, address) for address, _ in people]
        tap.equal([(c["state"], c["reply_due"]) for c in cases],
                  [("referred", None), ("awaiting-release", None)], "past the calendar: no day")
        tap.equal(office.status()["owed"], 2, "people owe both an answer all the same")
        tap.ok(cases[1]["reference"] in office.iecctl("review").stdout,
               "a hold that ends on no known day is ended by a person")
        next_year(os.path.join(office.settings["data_dir"], "bank-holidays.json"))
        tap.equal(office.iecctl("reload").returncode, 0, "a newer calendar is read")
        office.at("2028-01-04 10:00")
        cases = [case_from(office, address) for address, _ in people]
        tap.equal([c["reply_due"] for c in cases], ["2028-01-05"] * 2, "they have their deadline")
        told = [happened(office, c["reference"], "chased") for c in cases]
        tap.equal([len(t) for t in told], [1, 1], "and are chased by it")


def story():
    held()
    held_to_its_day()
    past()
    reviewed()
    chased()
    holidays()
    horizon()
    newer_calendar()


tap.run(story)
