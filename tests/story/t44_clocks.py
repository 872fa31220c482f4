#!/usr/bin/env python3
"""Between the first reply and the end (policy 4b), with the clock moved by days: questions, reminders
and silence; rejections looked at again; acceptances closed by two people or with an outcome; cases
withdrawn; and holding letters for each promise. The sentences of the policy stand beside each test."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from letters import WHY_LATE, Writer
from office import Office, london, message

TEAM = "team@casework.example"
LETTER = """Here is what you asked for. UK Visas and Immigration sent me their final response to my
complaint by email on 20 October 2026. It says that I can bring my complaint to the Independent Examiner of
Complaints if I am unhappy. I am unhappy: they lost my documents.
"""
NOTHING_NEW = "I have told you all I know. They lost the documents that I sent with my application.\n"
THANKS = "Thank you for your help.\n"
LOOK = "I do not agree with this. Please let somebody look at it again.\n"


def letters(office, reference):
    return [r["kind"] for r in office.show(reference)["replies"]
            if r["state"] == "sent" and r["kind"] != "notice"]


def happened(office, reference, what):
    return [e for e in office.show(reference)["events"] if e["what"] == what]


def case_from(office, address):
    return next(c for c in office.cases() if c["from"] == address)


def last_letter(office, address):
    return [r for r in office.sent() if address in r["To"]][-1]


def words(letter):
    return " ".join(letter.get_body(("plain",)).get_content().split())


def arrive(office, moment, data):
    before = office.status()["messages"]
    office.deliver(data, received=london(moment))
    office.settle(messages=before + 1)


def answer(office, moment, address, text):
    """The person answers the last letter they had."""
    letter = last_letter(office, address)
    arrive(office, moment, message(f"Somebody <{address}>", f"Re: {letter['Subject']}", text,
                                   In_Reply_To=letter["Message-ID"],
                                   References=letter["Message-ID"]))


def done(office, *said):
    result = office.iecctl(*said)
    office.settle()
    return tap.equal(result.returncode, 0, " ".join(said[:1] + said[2:])) or \
        tap.note(result.stdout + result.stderr)


def refused(office, wanted, *said):
    result = office.iecctl(*said)
    tap.ok(result.returncode == 1 and wanted in result.stderr and not result.stdout,
           f"refused: {' '.join(said[:1] + said[2:])}: {wanted}", result.stdout + result.stderr)


def begin(office, kinds, day="2026-11-02", moment="10:00"):
    """One case of each kind of letter, all received at the same moment: their addresses."""
    office.at(f"{day} {moment}")
    writer = Writer(today=datetime.date.fromisoformat(day))
    people = [writer.letter(kind) for kind in kinds]
    for _, data in people:
        arrive(office, f"{day} {moment}", data)
    return [address for address, _ in people]


def silence():
    """A reminder goes at 14 days; at 28 a person closes the case as `no-reply`, and a later answer
    reopens it with the first contact date kept."""
    with Office(casework={"chase_address": TEAM}) as office:
        silent, thankful = begin(office, ["ask", "ask"])
        case = case_from(office, silent)["reference"]
        other = case_from(office, thankful)["reference"]
        tap.equal(letters(office, case), ["question"], "a question")
        tap.ok("30 November 2026" in words(last_letter(office, silent)), "which says until when")
        answer(office, "2026-11-02 11:00", thankful, THANKS)
        tap.equal((case_from(office, thankful)["state"], letters(office, other)),
                  ("asked", ["question"]), "bare thanks are no answer, and use up no question")
        office.at("2026-11-15 23:30")
        tap.equal(letters(office, case), ["question"], "13 days on: nothing yet")
        office.at("2026-11-16 09:00")
        tap.equal(letters(office, case), ["question", "reminder"], "14 days on: a reminder")
        text = words(last_letter(office, silent))
        for part in ("on 2 November 2026", "What we still need", "final response", "Reply to this email",
                     "by 30 November 2026", "we will open it again"):
            tap.ok(part in text, f"the reminder says {part}", text)
        office.at("2026-11-20 09:00")
        tap.equal(letters(office, case), ["question", "reminder"], "one reminder a question")
        refused(office, "until 30 November 2026", "close", case, "--as", "no-reply")
        tap.equal(office.cases("--silent"), [], "not silent for 28 days yet")
        office.at("2026-11-29 23:30")
        tap.equal(happened(office, case, "chased"), [], "27 days on: nobody is told")
        office.at("2026-11-30 09:00")
        tap.equal({c["reference"] for c in office.cases("--state", "asked", "--silent")},
                  {case, other}, "28 days on: both are listed")
        told = happened(office, case, "chased")
        tap.ok(len(told) == 1 and "no-reply" in told[0]["why"], "and a person is told", told)
        tap.equal(case_from(office, silent)["state"], "asked", "nothing closes by itself")
        office.at("2026-12-07 09:00")
        office.at("2026-12-14 09:00")
        office.at("2027-01-04 09:00")
        tap.equal(len(happened(office, case, "chased")), 3, "they are told twice more, then no more")
        notice = [r for r in office.sent() if TEAM in r["To"] and case in r["Subject"]][-1]
        tap.ok(silent.split(".")[0] not in words(notice).lower() and "complainant" in words(notice),
               "the notice holds nothing of the person", words(notice))
        done(office, "close", case, "--as", "no-reply", "--why", "no answer", "--as", "priya")
        show = office.show(case)
        tap.equal((show["state"], show["decided_by"]), ("closed", "priya"), "closed by a person")
        text = words(last_letter(office, silent))
        for part in ("on 2 November 2026", "closed the complaint", "You can still answer"):
            tap.ok(part in text, f"the closing letter says {part}", text)
        tap.equal(office.cases("--silent"), [c for c in office.cases() if c["from"] == thankful],
                  "and it is listed no more")
        refused(office, "does not wait for an answer", "close", case, "--as", "no-reply")
        office.at("2027-01-20 10:00")
        answer(office, "2027-01-20 10:00", silent, LETTER)
        show = office.show(case)
        tap.equal((show["state"], show["refer"], show["reply_due"]),
                  ("referred", ["after-decision"], "2027-01-27"),
                  "a late answer reopens it, with its own five working days")
        tap.equal(show["first_contact"], "2026-11-02T10:00:00+00:00", "first contact is kept")
        tap.equal(letters(office, case)[-1], "acknowledgement", "and is acknowledged")
        done(office, "decide", case, "accept", "--as", "priya")
        tap.equal(letters(office, case)[-1], "acceptance", "a person accepts it")


def answers():
    """A reply to our question is judged again with the case and has its own five working days; we
    ask at most twice, then `refer`."""
    with Office(casework={"chase_address": TEAM}) as office:
        good, poor = begin(office, ["ask", "ask"])
        office.at("2026-11-18 10:00")
        answer(office, "2026-11-18 10:00", good, LETTER)
        case = case_from(office, good)
        tap.equal((case["state"], case["decision"], case["reply_due"]),
                  ("accepted", "accept", "2026-11-25"), "an answer is judged with the case")
        tap.equal(case["first_contact"], "2026-11-02T10:00:00+00:00", "first contact is kept")
        answer(office, "2026-11-18 10:00", poor, NOTHING_NEW)
        case = case_from(office, poor)
        tap.equal((case["state"], letters(office, case["reference"])),
                  ("asked", ["question", "reminder", "question"]), "asked a second time")
        office.at("2026-12-02 10:00")
        tap.equal(letters(office, case["reference"]), ["question", "reminder"] * 2,
                  "the second question has a reminder of its own")
        tap.ok("by 16 December 2026" in words(last_letter(office, poor)), "with its own date")
        answer(office, "2026-12-02 10:00", poor, NOTHING_NEW + "Please believe me.\n")
        case = case_from(office, poor)
        tap.equal((case["state"], case["refer"], case["reply_due"]),
                  ("referred", ["asked-twice"], "2026-12-09"), "the third time a person's")
        office.at("2027-01-20 10:00")
        tap.equal(letters(office, case["reference"]),
                  ["question", "reminder"] * 2 + ["acknowledgement", "holding"],
                  "and nobody is reminded of a question that was answered")


def forbidden():
    """Where no automatic reply may go, a person is told in place of a reminder."""
    with Office(casework={"chase_address": TEAM}, ceilings={"per_day": 1, "per_hour": 1}) as office:
        office.at("2026-11-02 10:00")
        arrive(office, "2026-11-02 10:00", message(
            "Gwen Pryce-Holloway <gwen@example.org>", "My passport", WHY_LATE,
            Auto_Submitted="auto-generated"))
        by_hand = [c for c in office.cases() if c["from"] == "gwen@example.org"]
        tap.ok(by_hand and by_hand[0]["state"] == "referred", "a robot's header: a person's case")
        case = by_hand[0]["reference"]
        done(office, "decide", case, "ask", "--asks", "business-area", "--as", "priya")
        tap.equal(letters(office, case), ["question"], "a person may ask all the same")
        office.at("2026-11-16 10:00")
        tap.equal(letters(office, case), ["question"], "but no reminder goes by itself")
        told = [e["why"] for e in happened(office, case, "chased")]
        tap.ok(len(told) == 1 and "no reminder could go" in told[0], "a person is told", told)
        tap.ok("acknowledge-by-hand" in office.show(case)["flags"], "and it is marked so")


def look_again():
    """A reply to a rejection, bare thanks and machine mail aside, is `refer` `look-again`: a person who
    did not approve the rejection answers within five working days; no rule judges it, lateness never
    bars it."""
    with Office(hold=1, casework={"reviewed": ["out-of-time"], "chase_address": TEAM}) as office:
        approved, grateful, machine = begin(office, ["late", "none-yet", "none-yet"])
        case = case_from(office, approved)["reference"]
        done(office, "review", "approve", case, "--as", "anna")
        office.at("2026-11-04 10:00")
        tap.equal([case_from(office, a)["state"] for a in (approved, grateful, machine)],
                  ["rejected"] * 3, "three rejections")
        answer(office, "2026-11-04 10:00", grateful, THANKS)
        letter = last_letter(office, machine)
        arrive(office, "2026-11-04 10:00", message(
            f"Out <{machine}>", f"Automatic reply: {letter['Subject']}", "I am away until Monday.",
            In_Reply_To=letter["Message-ID"], Auto_Submitted="auto-replied"))
        tap.equal([case_from(office, a)["state"] for a in (grateful, machine)], ["rejected"] * 2,
                  "bare thanks and machine mail change nothing")
        office.at("2027-06-01 10:00")
        answer(office, "2027-06-01 10:00", approved, LOOK)
        show = office.show(case)
        tap.equal((show["state"], show["refer"], show["reply_due"]),
                  ("referred", ["look-again"], "2027-06-08"), "seven months on it is not too late")
        tap.equal(letters(office, case)[-1], "look-again-receipt", "it has its own receipt")
        text = words(last_letter(office, approved))
        for part in ("It will be somebody who did not make that decision", "8 June 2027"):
            tap.ok(part in text, f"which says {part}", text)
        answer(office, "2027-06-01 10:05", approved, "I forgot to say: here is " + LETTER)
        tap.equal((office.show(case)["state"], letters(office, case).count("look-again-receipt")),
                  ("referred", 1), "more mail changes nothing and gets no second receipt")
        counts = office.status()["look_agains"]
        tap.equal(counts, {"rejections": 3, "asked": 1, "overturned": 0, "upheld": 0, "closed": 0,
                           "open": 1}, "the status counts them")
        for said in (["accept"], ["reject", "--reasons", "out-of-time"],
                     ["ask", "--asks", "final-response"], ["close"]):
            refused(office, "anna had a part in its rejection", "decide", case, *said, "--as", "anna")
        refused(office, "anna had a part in its rejection", "close", case, "--as", "withdrawn", "--as", "anna")
        done(office, "decide", case, "refer", "--why", "not mine to decide", "--as", "anna")
        refused(office, "anna had a part in its rejection", "decide", case, "accept", "--as", "anna")
        office.at("2027-06-08 12:05")
        tap.equal(letters(office, case)[-1], "holding", "undecided at noon of its own fifth day")
        done(office, "decide", case, "reject", "--reasons", "out-of-time", "--as", "ben")
        tap.equal(letters(office, case)[-1], "rejection", "somebody else upholds it")
        tap.equal(office.status()["look_agains"]["upheld"], 1, "counted as upheld")
        answer(office, "2027-06-08 13:00", approved, LOOK)
        tap.equal(office.show(case)["refer"], ["look-again"], "and they may ask again")
        for name in ("anna", "ben"):
            refused(office, f"{name} had a part", "decide", case, "accept", "--as", name)
        done(office, "decide", case, "ask", "--asks", "final-response", "--as", "carys")
        tap.equal([office.status()["look_agains"][k] for k in ("overturned", "open")], [0, 1],
                  "a question answers nothing")
        refused(office, "anna had a part", "decide", case, "accept", "--as", "anna")
        done(office, "decide", case, "accept", "--as", "carys")
        counts = office.status()["look_agains"]
        tap.equal([counts[k] for k in ("rejections", "asked", "overturned", "upheld", "open")],
                  [4, 2, 1, 1, 0], "counted as overturned")
        tap.ok("overturned" in office.iecctl("status").stdout, "in words too")


def outside():
    """After `accept`, or any decision by a person, rules only `refer`: an accepted case found outside
    later is closed by a person with a second person's agreement."""
    with Office() as office:
        person, other = begin(office, ["accept", "accept"])
        case = case_from(office, person)["reference"]
        answer(office, "2026-11-02 10:30", person, "I now go to the county court about this matter. "
               "A judge is hearing my case against the Home Office.\n")
        show = office.show(case)
        tap.equal((show["state"], show["refer"]), ("referred", ["after-decision"]),
                  "after an acceptance rules only refer")
        for said in (["reject", "--reasons", "court"], ["close"]):
            refused(office, "was accepted", "decide", case, *said, "--as", "anna")
        done(office, "decide", case, "accept", "--why", "answered by phone", "--as", "anna")
        tap.equal(letters(office, case).count("acceptance"), 1, "going on needs no second acceptance")
        tap.equal(office.show(case)["state"], "accepted", "but it goes on")
        refused(office, "nobody has proposed", "close", case, "--agree", "--as", "ben")
        refused(office, "add --why", "close", case, "--as", "outside", "--as", "anna")
        refused(office, "reasons: rude", "close", case, "--as", "outside", "--why", "x",
                "--reasons", "rude", "--as", "anna")
        propose = ("close", case, "--as", "outside", "--reasons", "court", "--why", "it is in court")
        done(office, *propose, "--as", "anna")
        tap.equal(office.show(case)["state"], "accepted", "proposed is not closed")
        refused(office, "you proposed it yourself", "close", case, "--agree", "--as", "anna")
        answer(office, "2026-11-02 11:00", person, "The judge has sent the case back. There is no case "
               "in court any more.\n")
        refused(office, "has written since", "close", case, "--agree", "--as", "ben")
        done(office, "close", case, "--refuse", "--why", "not in court now", "--as", "ben")
        refused(office, "nobody has proposed", "close", case, "--agree", "--as", "ben")
        done(office, *propose, "--as", "anna")
        done(office, "close", case, "--agree", "--as", "ben")
        show = office.show(case)
        tap.equal((show["state"], show["decided_by"], show["reasons"]), ("closed", "ben", ["court"]),
                  "another person's agreement closes it")
        tap.equal([(e["what"], e["who"]) for e in show["events"] if e["what"].startswith("close-")],
                  [("close-proposed", "anna"), ("close-refused", "ben"), ("close-proposed", "anna")],
                  "the journey says who proposed and who refused")
        text = words(last_letter(office, person))
        for part in ("Two members of staff", "with a court or tribunal", "If you think this is wrong"):
            tap.ok(part in text, f"the letter says {part}", text)
        answer(office, "2026-11-02 12:00", person, LOOK)
        show = office.show(case)
        tap.equal((show["state"], show["refer"], letters(office, case)[-1]),
                  ("referred", ["look-again"], "look-again-receipt"), "who asks is heard again")
        for name in ("anna", "ben"):
            refused(office, f"{name} had a part", "decide", case, "accept", "--as", name)
            refused(office, f"{name} had a part", "outcome", case, "resolve", "--as", name)
        done(office, "outcome", case, "investigate", "--as", "carys")
        tap.equal((letters(office, case)[-1], office.status()["look_agains"]["open"]), ("investigation", 0),
                  "and told that it is investigated after all")
        case = case_from(office, other)["reference"]
        done(office, "close", case, "--as", "outside", "--why", "Your complaint is about your bank.",
             "--as", "anna")
        done(office, "close", case, "--agree", "--as", "ben")
        tap.ok("Your complaint is about your bank." in words(last_letter(office, other)),
               "without reasons the letter says why in the person's words")


def outcomes():
    with Office() as office:
        people = begin(office, ["accept"] * 4 + ["none-yet"])
        cases = [case_from(office, a)["reference"] for a in people]
        office.at("2026-12-10 10:00")
        for said, wanted in (
                (["win"], "not an outcome"), (["settle"], "add --apology"),
                (["settle", "--redress", "a lot"], "write pounds"),
                (["resolve", "--apology"], "is for settle"), (["report"], "not under investigation"),
                (["resolve", "--on", "2026-12-11"], "still to come"),
                (["resolve", "--on", "2026-11-01"], "before their first message"),
                (["resolve", "--on", "Friday"], "write a day like")):
            refused(office, wanted, "outcome", cases[0], *said)
        refused(office, "is for a case that was accepted", "outcome", cases[4], "resolve")
        done(office, "outcome", cases[0], "resolve", "--why", "the passport came", "--as", "priya")
        done(office, "outcome", cases[1], "settle", "--apology", "--redress", "1,150.00", "--on",
             "2026-12-07", "--as", "priya")
        done(office, "outcome", cases[2], "investigate", "--as", "priya")
        for k, state, kind, parts in (
                (0, "closed", "resolved", ["resolved on 10 December 2026"]),
                (1, "closed", "settled", ["settled on 7 December 2026", "apologise", "£1,150."]),
                (2, "accepted", "investigation", ["opened an investigation", "10 December 2026"])):
            text = words(last_letter(office, people[k]))
            tap.equal((office.show(cases[k])["state"], letters(office, cases[k])[-1]), (state, kind),
                      f"{kind}: state and letter")
            tap.equal([p for p in parts if p not in text], [], f"{kind}: what the letter says")
        outcome = office.show(cases[1])["outcomes"][0]
        tap.equal({k: outcome[k] for k in ("outcome", "day", "apology", "redress", "by")},
                  {"outcome": "settle", "day": "2026-12-07", "apology": True, "redress": "1150.00",
                   "by": "priya"}, "show has it as JSON")
        text = office.iecctl("show", cases[1]).stdout
        tap.equal(text.count("settled on 7 December 2026: an apology and £1,150"), 3,
                  "show has it in its head and its journey") or tap.note(text)
        refused(office, "under investigation already", "outcome", cases[2], "investigate")
        answer(office, "2026-12-10 10:30", people[2], "I have found another letter of theirs.\n")
        tap.equal(office.show(cases[2])["state"], "referred", "who writes meanwhile is read by a person")
        office.at("2027-03-01 10:00")
        refused(office, "before its investigation", "outcome", cases[2], "report", "--on", "2026-12-09")
        done(office, "outcome", cases[2], "report", "--on", "2027-02-26", "--as", "priya")
        tap.equal((office.show(cases[2])["state"], [o["outcome"] for o in
                                                     office.show(cases[2])["outcomes"]]),
                  ("closed", ["investigate", "report"]), "a report ends it, and both dates stand")
        tap.ok("26 February 2027" in words(last_letter(office, people[2])), "the letter has its day")
        refused(office, "is for a case that was accepted", "outcome", cases[2], "resolve")
        answer(office, "2027-03-01 11:00", people[1], "They have not paid me yet.\n")
        show = office.show(cases[1])
        tap.equal((show["state"], show["refer"], show["reply_due"]),
                  ("referred", ["after-decision"], "2027-03-08"),
                  "who writes after an outcome is read by a person within five working days")
        done(office, "decide", cases[1], "close", "--note", "It was paid on Monday.", "--as", "priya")
        tap.equal(office.show(cases[1])["state"], "closed", "which one person closes again")


def withdrawn():
    """Withdrawal is `refer`: a person confirms."""
    with Office(hold=1) as office:
        people = begin(office, ["accept", "ask", "none-yet"])
        refused(office, "no message in it withdraws", "close", case_from(office, people[0])["reference"],
                "--as", "withdrawn", "--why", "told us by phone", "--as", "priya")
        answer(office, "2026-11-02 10:30", people[0], "I wish to withdraw my complaint. Please close it.\n")
        for address in people:
            case = case_from(office, address)["reference"]
            state = office.show(case)["state"]
            done(office, "close", case, "--as", "withdrawn", "--why", "told us by phone", "--as", "priya")
            show = office.show(case)
            tap.equal((show["state"], letters(office, case)[-1]), ("closed", "closed-withdrawn"),
                      f"{state}: closed, and they are told")
        tap.ok("If you change your mind" in words(last_letter(office, people[2])), "and how to come back")
        office.at("2026-12-10 10:00")
        tap.equal([r["state"] for r in office.show(case)["replies"] if r["kind"] == "rejection"],
                  ["cancelled"], "a rejection that was held never goes")
        refused(office, "cannot become closed", "close", case, "--as", "withdrawn")
        answer(office, "2026-12-10 10:00", people[0], "I have changed my mind. Please go on.\n")
        tap.equal(case_from(office, people[0])["state"], "referred", "who changes their mind is heard")


def holding():
    """Nobody decided by noon on deadline day: a holding letter with a date, once for each promise;
    thanks and the like get no promise."""
    with Office(casework={"chase_address": TEAM}) as office:
        office.at("2026-11-02 10:00")
        arrive(office, "2026-11-02 10:00", message("Gwen Pryce-Holloway <gwen@example.org>",
                                                   "My passport", WHY_LATE))
        arrive(office, "2026-11-02 10:00", message("Tomos Vance <tomos@example.org>", "Thank you",
                                                   "Thank you for your kind help last year.\n"))
        gwen = case_from(office, "gwen@example.org")["reference"]
        thanks = case_from(office, "tomos@example.org")["reference"]
        office.at("2026-11-09 12:05")
        tap.equal(letters(office, gwen), ["acknowledgement", "holding"], "a holding letter at noon")
        tap.equal(letters(office, thanks), ["receipt"], "none to whom nothing was promised")
        tap.ok(happened(office, thanks, "chased"), "but people are chased all the same")
        done(office, "decide", gwen, "reject", "--reasons", "out-of-time", "--as", "anna")
        answer(office, "2026-11-09 13:00", "gwen@example.org", LOOK)
        office.at("2026-11-16 11:55")
        tap.equal(letters(office, gwen)[-1], "look-again-receipt", "a new promise")
        office.at("2026-11-16 12:05")
        tap.equal(letters(office, gwen)[-1], "holding", "has a holding letter of its own")
        tap.ok("23 November 2026" in words(last_letter(office, "gwen@example.org")), "with its date")
        office.at("2026-11-23 12:05")
        tap.equal(letters(office, gwen).count("holding"), 2, "one for each promise")
        tap.ok("noon on deadline day" in happened(office, gwen, "chased")[-1]["why"],
               "whose own day is chased in its turn")


def stopped():
    """The same by `iecd --request` with no daemon; words that are wrong."""
    with Office() as office:
        office.start()
        person, data = Writer().letter("accept")
        office.deliver(data)
        office.settle(messages=1)
        case = case_from(office, person)["reference"]
        for said in (["close"], ["close", case], ["close", case, "--as", "priya"],
                     ["close", case, "--agree", "--as", "outside"], ["outcome", case],
                     ["close", case, "--as", "outside", "--as", "a", "--as", "b"]):
            result = office.iecctl(*said)
            tap.ok(result.returncode == 2 and "usage" in result.stderr, f"{said}: wrong usage",
                   result.stderr)
        for command in ("close", "outcome"):
            result = office.iecctl(command, "--help")
            tap.ok(result.returncode == 0 and "Usage" in result.stdout, f"{command} --help")
        office.stop()
        result = office.iecctl("outcome", case, "settle", "--redress", "75", "--as", "priya")
        tap.equal(result.returncode, 0, "an outcome with the daemon stopped") or tap.note(result.stderr)
        office.start()
        office.settle()
        tap.equal(letters(office, case)[-1], "settled", "its letter goes at the next start")


def story():
    silence()
    answers()
    forbidden()
    look_again()
    outside()
    outcomes()
    withdrawn()
    holding()
    stopped()


tap.run(story)
