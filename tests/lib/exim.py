"""Exim of a test's own, unpacked: STARTTLS and implicit TLS, AUTH by its own configuration, and
every accepted message in one Maildir. Runs as an ordinary user: started by root it becomes one."""
import os

import certs
import packages
from mail_sink import MailSink
from process import Server, banner, free_ports, ordinary_user

CONF = """
exim_path = {root}/usr/sbin/exim4
spool_directory = {folder}/spool
log_file_path = syslog
syslog_timestamp = yes
pid_file_path = {folder}/pid
primary_hostname = mail.test.example
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : REROOT : REUSER : SYSLOG_FILE
add_environment = PATH=/usr/bin:/bin
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port} : {port_tls}
tls_on_connect_ports = {port_tls}
tls_advertise_hosts = *
tls_certificate = {cert}
tls_privatekey = {key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
message_size_limit = {size_limit}
smtp_accept_max = 200
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
deliver_drop_privilege
rfc1413_query_timeout = 0s
host_lookup =
dns_again_means_nonexist = *
acl_smtp_rcpt = rcpt
acl_smtp_data = data
{more}
begin acl
rcpt:
  {rcpt}
data:
  accept
begin routers
all:
  driver = accept
  transport = all
begin transports
all:
  driver = appendfile
  directory = {maildir}
  maildir_format
  create_directory
  envelope_to_add
  return_path_add
  current_directory = {folder}
  home_directory = {folder}
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and {{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
"""


class Exim(MailSink, Server):
    """port (STARTTLS), port_tls (implicit), ca.file, user, password; accepted() as Postfix."""

    name = "exim"

    def __init__(self, user="iec", password="a good secret", certificate="good", ca=None,
                 auth=True, size_limit="20M", deliver_to=None, more="", keep=False):
        super().__init__(keep)
        self.root = packages.folder("exim")
        self.ca = ca or certs.CA(self.folder)
        self.certificate, self.auth = certificate, auth
        self.size_limit, self.more = size_limit, more
        self.user, self.password = user, password
        self.port = self.port_tls = None
        self.maildir = deliver_to or os.path.join(self.folder, "mail", "all")
        self.owner = ordinary_user("mail", "games", "news")
        for part in ("spool", "mail"):
            os.mkdir(os.path.join(self.folder, part))
        for path in (self.folder, self.folder + "/spool", self.folder + "/mail"):
            if os.getuid() == 0:
                os.chown(path, self.owner[1], self.owner[2])
        if os.getuid() == 0:
            self.become = self.owner

    def configure(self):
        self.port, self.port_tls = free_ports(2)
        cert, key = self.ca.certificate(self.certificate)
        text = CONF.format(
            root=self.root, folder=self.folder, port=self.port, port_tls=self.port_tls, cert=cert,
            key=key, maildir=self.maildir, user=self.user, password=self.password,
            size_limit=self.size_limit, more=self.more,
            rcpt="accept authenticated = *" if self.auth else "accept")
        with open(os.path.join(self.folder, "exim.conf"), "w", encoding="utf-8") as f:
            f.write(text)

    def command(self):
        # The name compiled in; whoever runs it is that user here, and so may say -C and -bd.
        users = {"Debian-exim": self.owner[0]}
        return ([self.root + "/usr/sbin/exim4", "-C", self.folder + "/exim.conf", "-bdf", "-q1m"],
                packages.environment("exim", self.log, {}, users))

    def answers(self):
        return banner(self.port, b"220 ")
