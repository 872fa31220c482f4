"""Stories of tests/life (see its README.md): folders of mail with times, and what is to be true
after each step. Many stories share one office, as people share ours; its clock goes from step to
step.

    stories = read_stories()
    for world in worlds(stories): results += Play(PostRoom(), world, "doubled").run()
"""
import email
import email.policy
import os
import re
import shlex
import tomllib
from collections import Counter
from datetime import datetime

from office import ROOT, Office, london

FOLDER = os.path.join(ROOT, "tests", "life")
ALERTED, CHASED, HEAD = "duty@oiec.example", "team@oiec.example", "head@oiec.example"
# How an alert's subject names its kind; the office's other notices are about deadlines.
ALERTS = {"urgent": "urgent", "serious-misconduct": "serious.misconduct", "threat": "threat",
          "undelivered": "undelivered|not.delivered"}
NAMED = re.compile(r"\$\{([A-Z]+)(?:\.(to|id)(\d*))?\}")


class Story:
    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(FOLDER, name)
        with open(os.path.join(self.folder, "story.toml"), "rb") as f:
            data = tomllib.load(f)
        self.title = data["title"]
        self.cases = data["cases"]       # {"A": the first message of that case}
        self.steps = data["step"]
        self.settings = data.get("settings")
        self.alone = "settings" in data or data.get("alone", False)
        self.apart = data.get("apart", "")   # why its messages must not wait together
        self.late = data.get("late", "")     # why they end otherwise when the older come later
        self.mail = {}
        for file in sorted(os.listdir(self.folder)):
            if file.endswith(".eml"):
                with open(os.path.join(self.folder, file), "rb") as f:
                    self.mail[file] = f.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def message_id(self, file):
        return str(email.message_from_bytes(self.mail[file])["Message-ID"])

    def as_written(self):
        """What each step delivers: [(file, when it was received)]."""
        return [[(file, step["at"]) for file in step.get("deliver", [])] for step in self.steps]

    def together(self):
        """The same where messages that quote nothing of ours wait for the last of their run. A
        command of the office, and an answer to us, end a run."""
        plan, run, last = [[] for _ in self.steps], [], 0
        for n, mail in enumerate(self.as_written()):
            for file, received in mail:
                if NAMED.search(self.mail[file].decode()):
                    plan[last] += run
                    run = []
                    plan[n].append((file, received))
                else:
                    run.append((file, received))
                    last = n
            if self.steps[n].get("do"):
                plan[last] += run
                run = []
        plan[last] += run
        return plan

    def waits_together(self):
        return not self.apart and self.together() != self.as_written()


def read_stories(names=()):
    found = [n for n in sorted(os.listdir(FOLDER)) if os.path.isdir(os.path.join(FOLDER, n))]
    return [Story(n) for n in found if not names or any(n.startswith(w) for w in names)]


def worlds(stories):
    """Lists of stories that may share an office: what changes the whole office has its own."""
    together = [s for s in stories if not s.alone]
    return ([together] if together else []) + [[s] for s in stories if s.alone]


class PostRoom(Office):
    """The office of a play: Maildir, or Dovecot and an MTA where they are given."""

    def __init__(self, imap=None, mta=None, settings=None):
        self.imap, self.mta = imap, mta
        options = {"casework": {"alert_address": ALERTED, "chase_address": CHASED},
                   "plus_address": True}
        for name, value in (settings or {}).items():
            options[name] = {**options.get(name, {}), **value} if isinstance(value, dict) else value
        super().__init__(
            mailboxes=imap and [imap.settings("implicit", name="in", after="move", poll="1 h")],
            outgoing=mta and mta.settings(), hold=1, **options)
        self.letters = {}

    def deliver(self, data, name=None, received=None):
        if self.imap:
            self.imap.append([(data, received) if received else data])
        else:
            super().deliver(data, name, received)

    def sent_paths(self):
        if self.mta:
            return self.mta.paths()
        new = os.path.join(self.outgoing, "new")
        return [os.path.join(new, name) for name in os.listdir(new)]

    def sent_letters(self):
        """{Message-ID: [each arrival of it]}; what was read before is not read again."""
        for path in self.sent_paths():
            if path not in self.letters:
                with open(path, "rb") as f:
                    self.letters[path] = email.message_from_binary_file(
                        f, policy=email.policy.default)
        arrived = {}
        for letter in self.letters.values():
            arrived.setdefault(str(letter["Message-ID"]).strip(), []).append(letter)
        return arrived

    def case_of(self, message_id):
        found = self.query("SELECT DISTINCT c.reference FROM messages m JOIN cases c "
                           "ON c.id = m.case_id WHERE m.message_id = ?", message_id)
        return found[0][0] if len(found) == 1 else [r for (r,) in found]


class Seen:
    """What was known of a case after the step before."""

    def __init__(self):
        self.events, self.sent, self.alerts = 0, set(), set()


class Play:
    """One run of stories that share an office. `way`: "as written", "doubled" (each message comes
    twice, the second time with another trace) or "reversed" (messages wait together where they
    can, with the times they were received, and come in the other order) or "late" (the same, each
    judged before the older one comes). run() gives [(passed, name, why)]; `ends` is then what
    became of each story's cases."""

    def __init__(self, office, stories, way="as written"):
        self.office, self.stories, self.way = office, stories, way
        self.shifted = {s.name for s in stories
                        if way in ("reversed", "late") and s.waits_together()}
        self.plans = {s.name: s.together() if s.name in self.shifted else s.as_written()
                      for s in stories}
        self.ends = {}
        self.results = []
        self.references = {s.name: {} for s in stories}   # {"A": "IEC/26/000001"}
        self.seen = {}
        self.stuck = set()   # stories that cannot go on: a case they name is not there

    def run(self):
        times = sorted({step["at"] for s in self.stories for step in s.steps})
        for time in times:
            self.office.at(time)
            turns = [[step for step in s.steps if step["at"] == time] for s in self.stories]
            for turn in range(max(map(len, turns))):
                now = [(s, steps[turn]) for s, steps in zip(self.stories, turns)
                       if turn < len(steps) and s.name not in self.stuck]
                self.take(now, time)
        self.ends = {s.name: self.end(s) for s in self.stories}
        self.office.stop()
        self.check_post()
        return self.results

    def say(self, passed, name, why=""):
        self.results.append((passed, f"{name} [{self.way}]", why))

    def take(self, now, time):
        """One step of each of these stories: mail, then commands, then a look."""
        self.deliver([(s, *mail) for s, step in now
                      for mail in self.plans[s.name][s.steps.index(step)]])
        wrong = {}
        for s, step in now:
            wrong[s.name] = self.name_cases(s, step)
            for command in step.get("do", []):
                wrong[s.name] += self.command(s, command)
        self.office.settle()
        letters = self.office.sent_letters()
        for s, step in now:
            bad = wrong[s.name] + self.look(s, step, letters)
            number = s.steps.index(step) + 1
            self.say(not bad, f"{s.name} step {number}, {time}", "\n".join(bad))

    def deliver(self, mail):
        office = self.office
        before = office.query("SELECT count(*) FROM messages")[0][0]
        batch = []
        for s, file, received in mail:
            try:
                batch.append((self.written(s, file), london(received)))
            except LookupError as why:
                self.stuck.add(s.name)
                self.say(False, f"{s.name} stops at {file}", str(why))
        if self.way == "doubled":
            trace = b"Received: from relay.example.net by mx.example.net; again\r\n"
            batch = [copy for data, received in batch
                     for copy in ((data, received), (trace + data, received))]
        if self.way in ("reversed", "late"):
            batch.reverse()
        if self.way == "reversed" and any(s.name in self.shifted for s, *_ in mail):
            office.stop()   # all of it waits when iecd starts
        for n, (data, received) in enumerate(batch):
            office.deliver(data, received=received)
            if self.way == "late":
                office.settle(messages=before + n + 1)
        if not office.process:
            office.start()
        office.settle(messages=before + len(batch))

    def written(self, story, file):
        """The message with the references and Message-IDs it answers filled in."""
        def fill(found):
            name, what, number = found.groups()
            reference = self.references[story.name][name]
            if not what:
                return reference
            replies = [r for r in self.office.show(reference)["replies"]
                       if r["state"] == "sent" and not self.internal(r)]
            reply = replies[int(number or 0) - 1]
            if what == "id":
                return reply["message_id"]
            letter = self.office.sent_letters()[reply["message_id"]][0]
            return letter["Reply-To"].addresses[0].addr_spec
        return NAMED.sub(fill, story.mail[file].decode()).encode()

    @staticmethod
    def internal(reply):
        return reply["to"] in (ALERTED, CHASED, HEAD)

    # ---- which case is which
    def name_cases(self, story, step):
        """Each name has its case, no two the same, and no message opened another."""
        wrong, names = [], self.references[story.name]
        done = self.plans[story.name][:story.steps.index(step) + 1]
        delivered = [file for mail in done for file, _ in mail]
        for name, file in story.cases.items():
            if file in delivered and name not in names:
                case = self.office.case_of(story.message_id(file))
                if isinstance(case, list):
                    wrong.append(f"{file} should open case {name}, is in {case or 'none'}")
                elif case in names.values():
                    wrong.append(f"{file} should open case {name}, joined {case}")
                else:
                    names[name] = case
        for file in delivered:
            case = self.office.case_of(story.message_id(file))
            if case and case not in names.values():
                wrong.append(f"{file} is in {case}, which no name of the story has ({names})")
        return wrong

    # ---- commands
    def command(self, story, command):
        """A line of iecctl, or {run, says, hides, fails}."""
        names = self.references[story.name]
        if isinstance(command, str):
            command = {"run": command}

        def filled(text):
            return NAMED.sub(lambda m: names.get(m[1], "IEC/26/000000"), text)
        line = filled(command["run"])
        done = self.office.iecctl(*shlex.split(line))
        said = done.stdout + done.stderr
        wrong = []
        if (done.returncode != 0) != command.get("fails", False):
            wrong.append(f"iecctl {line}: status {done.returncode}: {said.strip()[:300]}")
        wrong += [f"iecctl {line}: does not say {w!r}:\n{said[:600]}"
                  for w in map(filled, command.get("says", [])) if w not in said]
        wrong += [f"iecctl {line}: says {w!r}" for w in map(filled, command.get("hides", []))
                  if w in said]
        return wrong

    # ---- what is true now
    def look(self, story, step, letters):
        wrong = []
        if story.name in self.shifted:
            return self.look_at_shifted(story, step)
        for name, reference in self.references[story.name].items():
            show = self.office.show(reference)
            seen = self.seen.setdefault(reference, Seen())
            wanted = step.get(name, {})
            bad = self.state(story, wanted, show) + self.journey(wanted, show, seen)
            bad += self.replies(story, name, wanted, show, seen, letters)
            bad += self.alerts(wanted, show, seen, letters)
            wrong += [f"{name} ({reference}): {w}" for w in bad]
        unknown = [n for n in step if n not in ("at", "deliver", "do") and
                   n not in self.references[story.name]]
        return wrong + [f"there is no case {n}" for n in unknown]

    def look_at_shifted(self, story, step):
        """The letters of messages that waited are others; the state is the same once all came."""
        n = story.steps.index(step) + 1
        came, written = (sum(map(len, plan[:n])) for plan in
                         (self.plans[story.name], story.as_written()))
        if came < written or self.way == "late":
            return []   # of what came late the ends alone are compared
        return [f"{name} ({reference}): {w}" for name, reference in self.references[story.name].items()
                for w in self.state(story, step.get(name, {}), self.office.show(reference))]

    def end(self, story):
        """What became of each case."""
        ends = {}
        for name, reference in self.references[story.name].items():
            show = self.office.show(reference)
            ends[name] = {**self.state_of(story, show), "flags": sorted(show["flags"]),
                          "first": datetime.fromisoformat(show["first_contact"]).timestamp()}
        return ends

    def state_of(self, story, show):
        names = self.references[story.name]
        return {
            "state": show["state"], "decision": show["decision"], "reasons": sorted(show["reasons"]),
            "asks": sorted(show["asks"]), "refer": sorted(show["refer"]),
            "release": show["release"], "due": show["reply_due"], "contact": show["from"],
            "mail": len([m for m in show["messages"] if m["state"] != "duplicate"]),
            "held": sorted(r["kind"] for r in show["replies"] if r["state"] == "held"),
            "first": show["first_contact"],
            "links": sorted(n for n, r in names.items()
                            if r in [link["case"] for link in show.get("links", [])]),
        }

    def state(self, story, wanted, show):
        got = self.state_of(story, show)
        wrong = []
        for key, value in wanted.items():
            if key == "flags" or (key == "refer" and value):
                wrong += [f"{key}: {show[key]}, not {v}" for v in value if v not in show[key]]
            elif key == "first":
                when = datetime.fromisoformat(got[key]).timestamp()
                wrong += [] if when == london(value) else [f"first contact {got[key]}, not {value}"]
            elif key in got:
                value = sorted(value) if isinstance(value, list) else value
                wrong += [] if got[key] == value else [f"{key} is {got[key]!r}, not {value!r}"]
            elif key not in ("events", "replies", "tells", "hides", "alerts", "quiet",
                             "head_told"):
                wrong.append(f"the story's {key} is not a thing we can look at")
        return wrong

    @staticmethod
    def journey(wanted, show, seen):
        """Events named by the story are among those since the last step, in that order."""
        new = [f"{e['what']} by {e['who']}" for e in show["events"][seen.events:]]
        seen.events = len(show["events"])
        rest = iter(new)
        missing = [w for w in wanted.get("events", [])
                   if not any(e == w or e.split(" by ")[0] == w for e in rest)]
        return [f"no event {w} among {new}" for w in missing]

    def replies(self, story, name, wanted, show, seen, letters):
        """Exactly the replies named went, each to the one who first wrote unless another is named:
        "question", "closed to other@example.org", "reminder|question"."""
        sender = email.message_from_bytes(story.mail[story.cases[name]], policy=email.policy.default)
        contact = sender["From"].addresses[0].addr_spec
        new = [r for r in show["replies"] if r["state"] == "sent" and not self.internal(r) and
               r["message_id"] not in seen.sent]
        seen.sent.update(r["message_id"] for r in new)
        wrong = mismatch([(r["kind"], r["to"]) for r in new], wanted.get("replies", []), contact)
        text = "\n".join(words(letters[r["message_id"]][0]) for r in new
                         if r["message_id"] in letters)
        names = self.references[story.name]

        def filled(words_):
            return NAMED.sub(lambda m: names.get(m[1], "?"), words_)
        wrong += [f"no letter says {w!r}:\n{text}" for w in map(filled, wanted.get("tells", []))
                  if w not in text]
        wrong += [f"a letter says {w!r}" for w in map(filled, wanted.get("hides", [])) if w in text]
        wrong += [f"the subject {letters[r['message_id']][0]['Subject']!r} says more than {show['reference']}"
                  for r in new if r["message_id"] in letters and
                  not letters[r["message_id"]][0]["Subject"].endswith(" " + show["reference"])]
        return wrong

    def alerts(self, wanted, show, seen, letters):
        """Kinds of alert first mailed in this step; repeats of those before are no news, unless
        the story wants quiet."""
        kinds, told = Counter(), False
        for r in show["replies"]:
            if self.internal(r) and r["state"] == "sent" and r["message_id"] not in seen.sent:
                seen.sent.add(r["message_id"])
                told |= r["to"] == HEAD
                subject = str(letters[r["message_id"]][0]["Subject"]) \
                    if r["message_id"] in letters else ""
                kinds.update(k for k, words_ in ALERTS.items() if re.search(words_, subject, re.I))
        new = set(kinds) - seen.alerts
        seen.alerts |= new
        wrong = []
        may = {a.lstrip("?") for a in wanted.get("alerts", [])}
        must = {a for a in wanted.get("alerts", []) if not a.startswith("?")}
        if not must <= new <= may:
            wrong.append(f"new alerts {sorted(new)}, not {wanted.get('alerts', [])}")
        if wanted.get("quiet") and kinds:
            wrong.append(f"{dict(kinds)} alerted; the story wants quiet")
        if told != wanted.get("head_told", told):
            wrong.append(f"the head of the team was {'' if told else 'not '}told")
        return wrong

    def check_post(self):
        """What the register calls sent arrived, once; nothing else did."""
        sent = {i for (i,) in self.office.query("SELECT message_id FROM outbox WHERE state = 'sent'")}
        arrived = {i: len(copies) for i, copies in self.office.sent_letters().items()}
        wrong = [f"{i} arrived {arrived.get(i, 0)} times" for i in sent | set(arrived)
                 if arrived.get(i) != 1 or i not in sent]
        self.say(not wrong, f"every reply of {len(self.stories)} stories arrived once",
                 "\n".join(wrong))


def mismatch(got, entries, contact):
    """What differs between (kind, address) of the replies sent and a story's entries."""
    rest = list(got)
    missing = []
    for entry in entries:
        kinds, _, to = entry.lstrip("?").partition(" to ")
        found = next((g for g in rest if g[0] in kinds.split("|") and g[1] == (to or contact)), None)
        if found:
            rest.remove(found)
        elif not entry.startswith("?"):
            missing.append(entry)
    return ([f"not sent: {missing}"] if missing else []) + ([f"sent besides: {rest}"] if rest else [])


def words(letter):
    part = letter.get_body(("plain",))
    return " ".join(part.get_content().split()) if part else ""
