"""An office with a real mailbox and a real mail server: Dovecot (or Cyrus), Postfix, iecd between.

    with MailOffice() as mail:
        mail.imap.append([...])
        mail.office.start(); mail.office.settle()
        mail.received()
"""
import collections
import os

from dovecot import Dovecot
from exim import Exim
from office import Office
from postfix import Postfix


class MailOffice:
    done = "Registered"

    def __init__(self, imap=None, after="move", imap_tls="starttls", smtp_tls="starttls",
                 mailbox=None, outgoing=None, mta=True, **settings):
        self.imap = imap or Dovecot()
        self.mta = self.mail_server() if mta else None
        self.options = (after, imap_tls, smtp_tls, mailbox or {}, outgoing or {}, settings)
        self.office = None

    def mail_server(self):
        """Postfix where we are root, which it needs; Exim elsewhere."""
        if os.getuid() != 0:
            return Exim()
        return Postfix(dovecot=self.imap if isinstance(self.imap, Dovecot) else None)

    def __enter__(self):
        after, imap_tls, smtp_tls, mailbox, outgoing, settings = self.options
        try:
            self.imap.start()
            if self.mta:
                self.mta.start()
                outgoing = self.mta.settings(smtp_tls, **outgoing)
            box = self.imap.settings(imap_tls, name="office", after=after, poll="2 s", **mailbox)
            if after == "move":
                box.setdefault("move_to", self.done)
            self.office = Office(mailboxes=[box], outgoing=outgoing or None, **settings)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for part in (self.office, self.mta, self.imap):
            if part:
                part.close()

    def received(self):
        """Messages the mail server delivered, oldest first (mail_sink.Accepted)."""
        return self.mta.accepted()

    def received_ids(self):
        """Every Message-ID as often as it was delivered."""
        return list(collections.Counter(self.mta.message_ids()).elements())
