"""Complaints in many voices for the tests that need hundreds: each from its own person, each with
an outcome that policy.md fixes. Nobody in them exists."""
import datetime
import random

FIRST = """Ada Bodil Carys Dewi Esme Farid Greta Hamid Ines Jomo Keir Lowri Mina Noor Olek Petra Quill
Rhys Sanaa Tomos Ursel Vikram Wanda Xiu Yusra Zofia""".split()
LAST = """Abara Bellweather Cadogan Dunmore Ekwueme Fenwick Garside Holloway Ibarra Jessop Kavanagh
Lindqvist Mbeki Nowak Okafor Pryce Quennell Rahman Siddiqui Thorne Umarov Vance Whitlock Yilmaz""".split()

MONTHS = """January February March April May June July August September October November
December""".split()


def words(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


# Letters that several stories send as they are.
WHY_LATE = """Dear Examiner,

HM Passport Office sent me their final response to my complaint by email on 2 April 2026. My passport
renewal took five months because of their error. I know that I am late: I was in hospital from April
until October, seriously ill, and could not write before.

Gwen Pryce-Holloway
"""

RUDE = """Hello,

I want to complain about Border Force. The officer at passport control in Hull was rude to me and
shouted in front of my children. I have not complained to Border Force or to anybody else at the
Home Office yet, I came straight to you.

{name}
"""

ACCEPT = """Dear Examiner,

I complained to UK Visas and Immigration about the delay in my settlement application and the wrong
information I was given on the phone. My complaint reference is COMP/{number:07d}/26.

I received their final response by email on {response}. It says that if I am still unhappy I can
bring my complaint to the Independent Examiner of Complaints. They have not answered the point about
the documents they lost and the eleven months I waited.

{filler}
Yours faithfully,
{name}
"""

LATE = """Dear Sir or Madam,

HM Passport Office sent me their final response to my complaint by email on {old}. I was not happy
with it then and I am not happy with it now. My passport renewal took five months because of their
error. The complaint reference is POGR/{number:07d}/25.

I would like you to look at it.

{filler}
{name}
"""

NONE_YET = """Hello,

I want to complain about Border Force. The officer at passport control in Hull was rude to me and
shouted in front of my children. I have not complained to Border Force or to anybody else at the
Home Office yet, I came straight to you.

{filler}
Kind regards
{name}
"""

ASK = """To whom it may concern

UK Visas and Immigration lost the documents I sent with my visa application, and nobody answers my
letters about it. I complained to them in the spring. Please look into how they have treated me.

{filler}
{name}
"""

FILLER = """I have kept a note of every call I made and I can send it to you if that helps. Each time I was
told something different, and each time I was promised that somebody would ring me back.
Nobody did. I have tried to be patient about all of this, and I think anybody would have tried.
It has cost me two days of work and a great deal of sleep.
""".splitlines()

TEXTS = {"accept": ACCEPT, "late": LATE, "none-yet": NONE_YET, "ask": ASK}


class Writer:
    """Writes letter after letter; the same seed writes the same ones."""

    def __init__(self, seed=1, today=None):
        self.random = random.Random(seed)
        self.today = today or datetime.date.today()
        self.count = 0

    def person(self):
        n = self.count
        first, last = FIRST[n % len(FIRST)], LAST[(n // len(FIRST)) % len(LAST)]
        return f"{first} {last}", f"{first.lower()}.{last.lower()}.{n}@example.org"

    def text(self, kind, name, size=0):
        response = self.today - datetime.timedelta(days=20)
        old = self.today - datetime.timedelta(days=220)
        filler = []
        while sum(map(len, filler)) < size:
            filler.append(self.random.choice(FILLER))
        return TEXTS[kind].format(number=self.random.randrange(1000000, 9999999), name=name,
                                  response=words(response), old=words(old),
                                  filler="\n".join(filler) + "\n" if filler else "")

    def letter(self, kind=None, size=0, html=False, attachment=None):
        """(sender's address, bytes of the message). attachment: (name, type, bytes)."""
        kind = kind or list(TEXTS)[self.count % len(TEXTS)]
        name, address = self.person()
        self.count += 1
        text = self.text(kind, name, size)
        head = [f"Received: from mx.example.org (mx.example.org [192.0.2.25]) by mail.homeoffice.gov.uk",
                "\twith ESMTPS id 4Z" + f"{self.count:08d}; Mon, 2 Nov 2026 09:00:00 +0000",
                f"From: {name} <{address}>", "To: iec@homeoffice.gov.uk",
                f"Subject: Complaint about {'my application' if kind != 'none-yet' else 'an officer'}",
                "Date: Mon, 02 Nov 2026 09:00:00 +0000",
                f"Message-ID: <{self.count}.{self.random.getrandbits(48):x}@example.org>",
                "MIME-Version: 1.0"]
        return address, "\r\n".join(head + body_of(text, html, attachment)).encode()


def body_of(text, html, attachment):
    import base64
    plain = ["Content-Type: text/plain; charset=utf-8", "", *text.splitlines(), ""]
    parts = [plain]
    if html:
        paragraphs = "".join(f"<p>{p}</p>" for p in text.split("\n\n"))
        page = f"<html><body><div>{paragraphs}</div></body></html>"
        parts.append(["Content-Type: text/html; charset=utf-8", "", page, ""])
    body = plain if not html else wrap("alternative", "=_alt", parts)
    if not attachment:
        return body
    name, kind, data = attachment
    coded = base64.encodebytes(data).decode().splitlines()
    return wrap("mixed", "=_mix", [body, [f'Content-Type: {kind}; name="{name}"',
                                          "Content-Transfer-Encoding: base64",
                                          f'Content-Disposition: attachment; filename="{name}"',
                                          "", *coded, ""]])


def wrap(kind, boundary, parts):
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return lines + [f"--{boundary}--", ""]
