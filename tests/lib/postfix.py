"""Postfix of a test's own, unpacked: one smtpd with STARTTLS and one with TLS from the first byte,
AUTH asked of a Dovecot, and every accepted message in one Maildir. Needs root: Postfix's master
runs as nobody else."""
import os

import certs
import packages
from dovecot import Dovecot
from mail_sink import MailSink
from process import Server, banner, free_ports, need_root, ordinary_user

MAIN = """
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = {root}/usr/lib/postfix/sbin
command_directory = {root}/usr/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {root}/etc/postfix
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE
    POSTLOG_HOSTNAME LD_LIBRARY_PATH LD_PRELOAD REROOT REUSER SYSLOG_FILE
export_environment = TZ LANG=C LD_LIBRARY_PATH LD_PRELOAD REROOT REUSER SYSLOG_FILE

inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test.example
mydestination =
mynetworks =
alias_maps =
alias_database =
biff = no
local_recipient_maps =
# Every recipient anywhere is delivered here, into one mailbox.
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:{mailbox}/
virtual_mailbox_base = {mailboxes}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
message_size_limit = {size_limit}
smtpd_banner = $myhostname ESMTP
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_protocols = >=TLSv1.2
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = {restrictions}
smtpd_relay_restrictions =
smtpd_delay_reject = no
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtpd_helo_required = yes
disable_dns_lookups = yes
{more}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{port_tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
"""


class Postfix(MailSink, Server):
    """port (STARTTLS), port_tls (implicit), ca.file, user, password; what it accepted is in
    accepted(), with the time of arrival.

    auth: whether a login is demanded. dovecot: whose logins count; one of its own otherwise.
    deliver_to: the Maildir all mail goes to, in a folder of the user `mail`."""

    name = "postfix"

    def __init__(self, dovecot=None, certificate="good", ca=None, auth=True,
                 size_limit=20_000_000, deliver_to=None, more="", keep=False):
        need_root("Postfix")
        super().__init__(keep)
        self.root = packages.folder("postfix")
        self.own_dovecot = None
        if dovecot is None:
            self.own_dovecot = dovecot = Dovecot()
        self.dovecot = dovecot
        self.ca = ca or certs.CA(self.folder)
        self.certificate, self.auth = certificate, auth
        self.size_limit, self.more = size_limit, more
        self.port = self.port_tls = None
        self.maildir = deliver_to or os.path.join(self.folder, "mail", "all")
        self.user, self.password = dovecot.user, dovecot.password
        self.mail = ordinary_user("mail", "games", "news")
        self._make_folders()

    def _make_folders(self):
        owner = ordinary_user("daemon", "bin")
        for part in ("etc", "spool", "data", "mail"):
            os.makedirs(os.path.join(self.folder, part))
        for part in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
                     "incoming", "private", "saved", "trace", "public", "maildrop", "pid"):
            path = os.path.join(self.folder, "spool", part)
            os.makedirs(path)
            if part != "pid":
                os.chown(path, owner[1], -1)
                os.chmod(path, 0o700)
        # Others may reach public/ and private/ only as Postfix lets its own.
        os.chown(os.path.join(self.folder, "data"), owner[1], -1)
        os.chown(os.path.join(self.folder, "mail"), self.mail[1], self.mail[2])

    def configure(self):
        self.port, self.port_tls = free_ports(2)
        cert, key = self.ca.certificate(self.certificate)
        os.chmod(key, 0o600)
        owner = ordinary_user("daemon", "bin")
        values = {
            "folder": self.folder, "root": self.root, "owner": owner[0], "group": "man",
            "mailbox": os.path.basename(self.maildir),
            "mailboxes": os.path.dirname(self.maildir), "uid": self.mail[1],
            "gid": self.mail[2], "cert": cert, "key": key, "auth": self.dovecot.auth_socket, "size_limit": self.size_limit, "more": self.more,
            "restrictions": "permit_sasl_authenticated, reject" if self.auth else "permit",
            "port": self.port, "port_tls": self.port_tls}
        for file, text in (("main.cf", MAIN), ("master.cf", MASTER)):
            with open(os.path.join(self.folder, "etc", file), "w", encoding="utf-8") as f:
                f.write(text.format(**values))

    def start(self):
        if self.own_dovecot and self.own_dovecot.process is None:
            self.own_dovecot.start()
        return super().start()

    def command(self):
        env = packages.environment("postfix", self.log,
                                   {"/usr/lib/postfix": self.root + "/usr/lib/postfix"})
        env["LD_LIBRARY_PATH"] = self.root + "/usr/lib/postfix:" + env["LD_LIBRARY_PATH"]
        return ([self.root + "/usr/lib/postfix/sbin/master", "-c",
                 os.path.join(self.folder, "etc"), "-d"], env)

    def answers(self):
        return banner(self.port, b"220 ")

    def close(self):
        super().close()
        if self.own_dovecot:
            self.own_dovecot.close()
