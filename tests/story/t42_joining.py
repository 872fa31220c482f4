#!/usr/bin/env python3
"""Which case a message belongs to (policy 4b): mails in parts, two matters of one sender, the same
text again, two people on one matter, claims without proof; and campaigns (4a)."""
import email
import email.policy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
import typeset
from letters import RUDE
from office import Office, london, message

ADA = "Ada Fenwick <ada.fenwick@example.org>"
LOST = """Dear Examiner,

UK Visas and Immigration lost the documents I sent with my visa application, and nobody answers my
letters about it. I complained to them in the spring. Please look into how they have treated me.

Ada Fenwick
"""
LOST_MORE = """Dear Examiner,

Further to my email of this morning, I forgot to say that I received the final response of UK Visas and
Immigration by email on 20 October 2026. It says that I can bring my complaint to the Independent
Examiner of Complaints.

Ada Fenwick
"""
LATE = """Dear Sir or Madam,

HM Passport Office sent me their final response to my complaint by email on 2 April 2026. I was not
happy with it then and I am not happy with it now. My passport renewal took five months because of
their error.

I would like you to look at it.

{name}
"""
WHY_LATE = """Dear Sir or Madam,

I forgot to say in my email yesterday why I am so late. I was in hospital from April until October,
seriously ill, and could not write before.

{name}
"""
LATE_OTHERWISE = """Hello,

it is about HM Passport Office. The name in it was printed wrong and they denied their error for weeks.
The final response reached me by email on 3 April 2026. Nobody said sorry.

{name}
"""
ACCEPT = """Dear Examiner,

I complained to UK Visas and Immigration about the delay in my settlement application and the wrong
information I was given on the phone.{reference} I received their final response by email on 20 October
2026. It says that if I am still unhappy I can bring my complaint to the Independent Examiner of
Complaints. They have not answered the point about the eleven months I waited.

Yours faithfully,
{name}
"""
CLIENT = """Dear Examiner,

I am a solicitor and act for my client {client} in this complaint; signed authority is attached. My client
complained to UK Visas and Immigration about {what}. They gave a final response by email on 20
October 2026, which names the Independent Examiner of Complaints as the next step.

Rosa Quill, solicitor
Quill and Partners LLP
"""
CAMPAIGN = """Dear Examiner,

I write about the Border Force hall at Hull. Staff there shout at families and keep them waiting for
hours without water, and it happened to me on {day} March. I am appalled at how we were all treated
by officers who were rude and would not listen. I have not complained to Border Force or anybody
else at the Home Office yet, because they never answer. Please take up my complaint about this, and
make them treat travellers decently as anybody would expect.

{name}
"""


FORM = """Form name: "Complain to the Independent Examiner of Complaints"

Submitted at: 7:59am on 3 November 2026

GOV.UK Forms reference number: {form}

Check that these answers look safe before you use them

---

Answers submitted

Your name

First name: {first} Last name: {last}

---

Your email address

{address}

---

What went wrong

{matter}

---

You cannot reply to this email
"""


class Post:
    """Delivers at a time and waits until it is dealt with."""

    def __init__(self, office):
        self.office = office

    def __call__(self, at, *messages):
        seen = self.office.query("SELECT count(*) FROM messages")[0][0]
        for data in messages:
            self.office.deliver(data, received=london(at))
        self.office.settle(messages=seen + len(messages))

    def of(self, address):
        return [c for c in self.office.cases() if c["from"] == address]


def links(office, case):
    return [(l["case"], l["why"], l["by_other"]) for l in office.show(case["reference"])["links"]]


def replies(office, case):
    return [r["kind"] for r in office.show(case["reference"])["replies"] if r["state"] != "cancelled"]


def events(office, case, what):
    return [e["why"] for e in office.show(case["reference"])["events"] if e["what"] == what]


def parts(office, post):
    office.at("2026-11-02 10:00")
    post("2026-11-02 09:00", message(ADA, "Complaint", LOST))
    post("2026-11-02 09:50", message(ADA, "Complaint again", LOST_MORE))
    cases = post.of("ada.fenwick@example.org")
    tap.equal([(c["state"], c["decision"]) for c in cases], [("accepted", "accept")],
              "4b: the second part completes the first, in one case")
    evidence = {e["part"] for d in office.show(cases[0]["reference"])["decisions"][-1:]
                for f in d["findings"] for e in f["evidence"]}
    tap.ok({"body", "message 2, body"} <= evidence, "4b: evidence names its message", evidence)

    post("2026-11-02 09:10", message("Bo Ekwueme <bo@example.org>", "Passport renewal five months",
                                     LATE.format(name="Bo Ekwueme")))
    before = post.of("bo@example.org")[0]
    office.at("2026-11-03 08:00")
    post("2026-11-03 07:30", message("Bo Ekwueme <bo@example.org>", "sorry",
                                     WHY_LATE.format(name="Bo Ekwueme")))
    after = post.of("bo@example.org")
    tap.equal((before["state"], [c["state"] for c in after], after[0]["refer"]),
              ("awaiting-release", ["referred"], ["late-with-reason"]),
              "4b: the reason sent a day later is heard before the rejection leaves")
    tap.equal(replies(office, after[0]), ["acknowledgement"], "and the rejection is cancelled")
    tap.equal((after[0]["reply_due"], after[0]["first_contact"]),
              (before["reply_due"], before["first_contact"]), "promise and first contact stay")


def older_part(office, post):
    """The first part is read after the second: the same end as in order."""
    post("2026-11-02 09:50", message("Cy Ibarra <cy@example.org>", "Complaint again",
                                     LOST_MORE.replace("Ada Fenwick", "Cy Ibarra")))
    post("2026-11-02 09:00", message("Cy Ibarra <cy@example.org>", "Complaint",
                                     LOST.replace("Ada Fenwick", "Cy Ibarra")))
    cases = post.of("cy@example.org")
    tap.equal([(c["state"], c["first_contact"][:16]) for c in cases],
              [("accepted", "2026-11-02T09:00")], "4b: in any order, and contact is the earliest")


def two_matters(office, post):
    sender = "Rosa Quill <rosa@quill.example>"
    for client, what in (("Amina Yusuf", "the delay in her visa application"),
                         ("Tomasz Nowak", "the delay in his visa application")):
        post("2026-11-03 07:40", message(sender, f"Complaint for {client}",
                                         CLIENT.format(client=client, what=what)))
    cases = post.of("rosa@quill.example")
    tap.equal((len(cases), [links(office, c) for c in cases]), (2, [[], []]),
              "4b: a solicitor's two clients are two cases")
    post("2026-11-03 07:41", message("Dot Vance <vances@example.org>", "Rude officer",
                                     RUDE.format(name="Dot Vance")),
         message("Ted Vance <vances@example.org>", "Passport", LATE.format(name="Ted Vance")))
    cases = post.of("vances@example.org")
    tap.equal((len(cases), [links(office, c) for c in cases]), (2, [[], []]),
              "4b: a couple's two matters from one address are two cases")


def unsure(office, post):
    post("2026-11-03 07:45", message("Kit Thorne <kit@example.org>", "Complaint",
                                     LATE.format(name="Kit Thorne")))
    post("2026-11-03 07:50", message("Kit Thorne <kit@example.org>", "Help please",
                                     LATE_OTHERWISE.format(name="Kit Thorne")))
    one, two = post.of("kit@example.org")
    tap.equal((one["state"], one["release"]), ("awaiting-release", "reviewed"),
              "4b: perhaps one matter: the held rejection waits for a person")
    tap.equal((two["state"], two["refer"]), ("referred", ["mixed"]), "and so does the second case")
    tap.equal((links(office, one), links(office, two)),
              ([(two["reference"], "unsure", True)], [(one["reference"], "unsure", False)]),
              "linked both ways")


def repeats(office, post):
    sender = "Noor Pryce <noor@example.org>"
    text = RUDE.format(name="Noor Pryce")
    post("2026-11-03 07:55", message(sender, "Rude officer in Hull", text))
    post("2026-11-03 07:56", message(sender, "Fwd: Rude officer in Hull", text.replace("\n", " "),
                                     to="examiner@homeoffice.gov.uk"))
    cases = post.of("noor@example.org")
    tap.equal([c["flags"] for c in cases], [["duplicate"]], "4b: the same text again is one case")
    tap.equal(replies(office, cases[0]), ["acknowledgement", "rejection"], "and nothing goes twice")
    tap.equal([m["state"] for m in office.show(cases[0]["reference"])["messages"]],
              ["judged", "duplicate"], "the second is kept")


def people(office, post):
    reference = " My complaint reference is COMP/1234567/26."
    for name in ("Gita Mbeki", "Hal Mbeki"):
        address = name.split()[0].lower() + "@mbeki.example"
        post("2026-11-03 07:57", message(f"{name} <{address}>", "Our settlement",
                                         ACCEPT.format(name=name, reference=reference)))
    one, two = post.of("gita@mbeki.example")[0], post.of("hal@mbeki.example")[0]
    tap.equal((links(office, one), links(office, two)),
              ([(two["reference"], "same-matter", True)], [(one["reference"], "same-matter", False)]),
              "4b: two people on one matter are linked cases")
    shown = office.iecctl("show", one["reference"]).stdout
    tap.ok(f"{two['reference']}: somebody else" in shown, "shown to the caseworker", shown)
    for case, other in ((one, two), (two, one)):
        sent = [r for r in office.sent() if case["from"] in r["To"]]
        text = "".join(r.get_body(("plain",)).get_content() + r["Subject"] for r in sent)
        tap.ok(sent and other["reference"] not in text and other["name"] not in text,
               "neither is told of the other", text)


def forms(office, post):
    """By mail, then by form: a name and a reference, which others know too, do not join."""
    matter = ACCEPT.format(name="Ines Kavanagh", reference=" It is COMP/2223334/26.")
    post("2026-11-03 07:57", message("Ines Kavanagh <ines@example.org>", "Settlement", matter))
    for form, first, last, address, more in (
            ("8E3YY3RA", "Ines", "Kavanagh", "ines@example.org", "They lost my papers too."),
            ("8E3YY3RB", "Olek", "Kavanagh", "olek@example.org", "I am her husband."),
            ("8E3YY3RC", "Ines", "Kavanagh", "ines@example.org", "")):
        text = more + " It is COMP/2223334/26." if more else "Customs at Dover shouted at me."
        post("2026-11-03 07:58", message(
            "GOV.UK Forms <no-reply@forms.service.gov.uk>", "Form submission: Complain to the "
            f"Independent Examiner of Complaints - reference: {form}",
            FORM.format(form=form, first=first, last=last, address=address, matter=text)))
    mine, his = post.of("ines@example.org"), post.of("olek@example.org")
    tap.equal([len(office.show(c["reference"])["messages"]) for c in mine], [1, 1, 1],
              "4b: by mail and by form are cases of their own")
    tap.equal((mine[1]["state"], mine[1]["refer"], links(office, mine[1])[:1], mine[0]["state"]),
              ("referred", ["mixed"], [(mine[0]["reference"], "unsure", False)], "accepted"),
              "a form with her name and reference is linked, and a person's")
    tap.equal({(l["case"], l["why"]) for l in office.show(his[0]["reference"])["links"]},
              {(c["reference"], "same-matter") for c in mine[:2]}, "her husband's is his own, linked")


def forged(office, post):
    sender = "Pia Rahman <pia@example.org>"
    post("2026-11-03 07:58", message(sender, "Rude officer in Hull", RUDE.format(name="Pia Rahman")))
    held = post.of("pia@example.org")[0]
    before = office.show(held["reference"])
    post("2026-11-03 07:59", message(sender, f"About {held['reference']}", "I withdraw everything.",
                                     Authentication_Results="mx.example; dmarc=fail"),
         message(sender, "Rude officer in Hull", RUDE.format(name="Pia Rahman") + "\nIt was a lie.\n",
                 Authentication_Results="mx.example; dmarc=fail"))
    after = office.show(held["reference"])
    tap.equal((after["events"], after["state"]), (before["events"], before["state"]),
              "4b: forged mail changes nothing in the case it names or is like")
    for data in ("", "More about it. "):
        post("2026-11-03 07:59", message("GOV.UK Forms <no-reply@forms.service.gov.uk>",
                                         "Form submission - reference: 8E3YY3RD",
                                         FORM.format(form="8E3YY3RD", first="Mal", last="Quick",
                                                     address="mal@elsewhere.example",
                                                     matter=f"{data}See {held['reference']}.")))
    tap.equal(office.show(held["reference"])["events"], before["events"], "nor does a stranger's form")


def claims(office, post):
    held = post.of("noor@example.org")[0]
    before = office.show(held["reference"])
    stranger = "Mal Quick <mal@elsewhere.example>"
    post("2026-11-03 07:58", message(stranger, f"Re: Your complaint {held['reference']}",
                                     "Please send me a copy of the decision in my case."),
         message("Bea Quick <bea@elsewhere.example>", "Complaint",
                 RUDE.format(name="Bea Quick") + f"\nIt is about {held['reference']} too.\n"))
    after = office.show(held["reference"])
    tap.equal([l["why"] for l in after.pop("links")], ["claimed", "claimed"], "4b: claims are linked")
    before.pop("links")
    tap.equal(after, before, "and nothing in the case they name changes")
    for address in ("mal@elsewhere.example", "bea@elsewhere.example"):
        case = post.of(address)[0]
        tap.equal((case["state"], "unknown-address" in case["refer"], replies(office, case)),
                  ("referred", True, ["receipt"]), f"{address}: a person's, a neutral receipt")
        text = "".join(r.as_string() for r in office.sent() if address in r["To"])
        own = text.replace(f"Re: Your complaint {held['reference']}", "")
        tap.ok(held["reference"] not in own and "noor" not in own.lower() and
               "your case" not in own.lower(), "who learns nothing", own)
    post("2026-11-03 07:59", message("Noor Pryce <noor@example.org>", "one thing more",
                                     f"About {held['reference']}: it was the tall officer.\n\nNoor"))
    tap.equal(len(post.of("noor@example.org")), 1, "from the address it knows, a reference joins")


def later(office, post):
    office.at("2026-11-04 09:00")
    rejected = post.of("noor@example.org")[0]
    tap.equal(rejected["state"], "rejected", "the hold is over")
    post("2026-11-04 08:30", message("Noor Pryce <noor@example.org>", "thanks", "Thank you very much."))
    tap.equal([c["state"] for c in post.of("noor@example.org")], ["rejected"],
              "4b: bare thanks change nothing")
    office.at("2026-11-27 09:00")
    post("2026-11-27 08:00", message("Noor Pryce <noor@example.org>", "Rude officer in Hull",
                                     RUDE.format(name="Noor Pryce") + "\nThey still laugh at us.\n"))
    case = post.of("noor@example.org")[-1]
    tap.equal((case["state"], case["refer"], case["first_contact"][:10], links(office, case)),
              ("referred", ["look-again"], "2026-11-03", [(rejected["reference"], "later", False)]),
              "4b: a later complaint like a rejected one is a person's, with its first contact")
    post("2026-11-27 08:10", message(ADA, "Visa documents",
                                     LOST + "\nNobody has found them since, all the month long.\n"))
    tap.equal([(c["state"], c["refer"]) for c in post.of("ada.fenwick@example.org")][1:],
              [("referred", ["after-decision"])], "after ten working days: a linked case of its own")


def campaign_letters(first, count):
    for n in range(first, first + count):
        name = f"{'Ann Ben Cat Dan Eve'.split()[n % 5]} {'Fox Gill Hart Iles Jay Kerr'.split()[n // 5]}"
        yield f"c{n}@example.net", message(f"{name} <c{n}@example.net>", "The hall at Hull",
                                           CAMPAIGN.format(day=n + 1, name=name))


def campaign():
    with Office(hold=1, casework={"campaign_messages": 20}) as office:
        post = Post(office)
        office.at("2026-11-02 10:00")
        letters = dict(campaign_letters(0, 28))
        addresses = list(letters)
        post("2026-11-02 09:00", *list(letters.values())[:20])
        states = {(c["state"], c["release"]) for c in office.cases()}
        tap.equal((states, office.status()["campaigns"]), ({("awaiting-release", "automatic")}, 0),
                  "4a: twenty alike in a day are no campaign")
        post("2026-11-02 09:30", *list(letters.values())[20:26])
        cases = {c["from"]: c for c in office.cases()}
        tap.equal({(cases[a]["state"], cases[a]["release"]) for a in addresses[:20]},
                  {("awaiting-release", "reviewed")}, "4a: the rejections held so far wait for a person")
        tap.equal({(cases[a]["state"], cases[a]["decision"]) for a in addresses[20:26]},
                  {("referred", "refer")}, "4a: no rule decides the others")
        status = office.status()
        tap.equal((status["campaigns"], status["campaign_messages"]), (1, 26), "status counts them")
        shown = office.iecctl("status").stdout
        tap.ok(re.search(r"messages of campaigns +26 in 1", shown), "in one line", shown)
        post("2026-11-02 09:40", message("Una Bell <una@example.net>", "Rude officer",
                                         RUDE.format(name="Una Bell")))
        office.at("2026-11-06 10:00")
        post("2026-11-06 09:00", *list(letters.values())[26:])
        cases = {c["from"]: c for c in office.cases()}
        tap.equal({cases[a]["state"] for a in addresses[:20]}, {"awaiting-release"},
                  "no rejection of theirs leaves by itself")
        tap.equal({cases[a]["state"] for a in addresses[26:]}, {"referred"}, "a straggler is one of them")
        tap.equal(cases["una@example.net"]["state"], "rejected", "others are decided as ever")
        done = office.iecctl("review", "approve", cases[addresses[0]]["reference"])
        office.settle()
        tap.equal((done.returncode, post.of(addresses[0])[0]["state"]), (0, "rejected"),
                  "a person may let one go")
        office.stop()


SHORT = "Border Force officers at Hull were rude. I have not complained to Border Force yet.\n"
ANSWERED = """Dear {name}, thank you for writing to Border Force. We have received your complaint about our officers
at the port of Hull. We aim to answer within twenty working days. You do not need to write to us again.
Yours sincerely, Border Force customer service team, Hull"""
NOTES = ("This came.", "See what they say, please.", "I am not content with it.", "What now?", "They wrote.")


def with_paper(address, note, words):
    mail = email.message_from_bytes(message(address, "Hull", note), policy=email.policy.SMTP)
    mail.add_attachment(typeset.pdf(words), maintype="application", subtype="pdf", filename="letter.pdf")
    return mail.as_bytes()


def little_campaigns():
    """What few words, and what papers under them, are alike."""
    people = [f"p{n}@example.net" for n in range(5)]
    sets = (
        ("the same few words", 1, [message(a, "Hull", SHORT) for a in people]),
        ("the same few words over other papers", 0,
         [with_paper(a, SHORT, f"My ticket says seat {'abcde'[n]}") for n, a in enumerate(people)]),
        ("bare thanks", 0, [message(a, "Thanks", "Thank you very much for all of your help.\n") for a in people]),
        ("one letter under other notes", 1,
         [with_paper(a, note, RUDE.format(name="A friend")) for a, note in zip(people, NOTES)]),
        ("a letter to one, a mail to another", 1,
         [with_paper(people[0], NOTES[0], RUDE.format(name="A friend")),
          *(message(a, "Hull", RUDE.format(name="A friend")) for a in people[1:])]),
        ("letters that they were sent", 0,
         [with_paper(a, note, ANSWERED.format(name=a[:2])) for a, note in zip(people, NOTES)]),
    )
    for what, campaigns, letters in sets:
        with Office(hold=1, casework={"campaign_messages": 4}) as office:
            office.at("2026-11-02 10:00")
            Post(office)("2026-11-02 09:00", *letters)
            tap.equal((office.status()["campaigns"], len(office.cases())), (campaigns, 5),
                      f"4a: {what}: {'a' if campaigns else 'no'} campaign")
            office.stop()


def story():
    with Office(hold=1, trusted_authserv=["mx.example"]) as office:
        post = Post(office)
        parts(office, post)
        older_part(office, post)
        two_matters(office, post)
        unsure(office, post)
        repeats(office, post)
        people(office, post)
        forms(office, post)
        forged(office, post)
        claims(office, post)
        later(office, post)
        office.stop()
    campaign()
    little_campaigns()


tap.run(story)
