/* smtp_mail.h: a mail's bytes and addresses, checked before any of them is sent, and as they
 * stand on the wire. */
#pragma once

#include "daemon/wire/smtp_sender.h"

/* NULL where the mail may be sent, else the reason, for people; static. Addresses must pass
 * addr_ok (return_path may be ""). Bytes: CRLF lines of at most 998, no NUL, no CR or LF alone
 * (a server that takes one for a line end would read commands out of a mail). */
const char *smtp_mail_check(const SmtpMail *mail);
bool smtp_mail_is_8bit(GBytes *bytes);
/* Appends the lines with their dots doubled, a CRLF where the last has none, and the dot. */
void smtp_mail_stuff(GBytes *bytes, GByteArray *out);
