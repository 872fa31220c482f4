#include "daemon/casework/extract.h"
#include "daemon/casework/forms_config.h"
#include <string.h>

static Rules *rules;
static FormLabels *form_labels;
static const char *const OWN[] = {"iec@homeoffice.gov.uk", NULL};
static const char *const TRUSTED[] = {"mail.homeoffice.gov.uk", NULL};

typedef struct Mail {
    const char *from, *subject, *body;
} Mail;

static Document *document_of(const Mail *m)
{
    Document *d = document_new();
    g_ptr_array_add(d->from, mailbox_new("Pat Example", m->from ? m->from : "pat@example.org"));
    g_ptr_array_add(d->to, mailbox_new("", "iec@homeoffice.gov.uk"));
    g_free(d->subject);
    d->subject = g_strdup(m->subject ? m->subject : "Hello");
    g_ptr_array_add(d->texts, text_part_new("subject", TEXT_SUBJECT, d->subject));
    g_ptr_array_add(d->texts, text_part_new("body", TEXT_NEW, m->body));
    return d;
}

/* As if received on 23 November 2026. */
static Facts *extract(const Document *d)
{
    ExtractContext context = {
        .received_at = day_instant(day_from_iso("2026-11-23"), 10, 0),
        .channel = CHANNEL_EMAIL,
        .own_addresses = OWN,
        .trusted_authserv = TRUSTED,
        .form_labels = form_labels,
    };
    return facts_extract(d, rules, &context);
}

static Facts *extract_body(const char *body)
{
    Mail m = {.body = body};
    g_autoptr(Document) d = document_of(&m);
    return extract(d);
}

static void add_header(Document *d, const char *name, const char *value)
{
    g_ptr_array_add(d->headers, header_field_new(name, value));
}

/* ---- the vocabulary of the rule files is that of the model */

static bool in_values(RuleFact fact, const char *value)
{
    return g_strv_contains(rule_fact_values(fact), value);
}

static void test_vocabulary(void)
{
    for (const char *const *v = rule_fact_values(RULE_AREA); *v; v++)
        g_assert_cmpint(NAME_INDEX(area_name, AREA_COUNT, *v), >, 0);
    for (int i = 0; i < WRONG_COUNT; i++)
        g_assert_true(in_values(RULE_WRONG, wrong_name((Wrong)i)));
    for (int i = 0; i < REASON_NO_FINAL_RESPONSE; i++)
        g_assert_true(in_values(RULE_BAR, reason_name((Reason)i)));
    for (const char *const *v = rule_fact_values(RULE_FLAG); *v; v++)
        g_assert_cmpint(NAME_INDEX(flag_name, FLAG_COUNT, *v), >=, 0);
    for (const char *const *v = rule_fact_values(RULE_REVIEWED); *v; v++)
        g_assert_cmpint(NAME_INDEX(reviewed_name, REVIEWED_COUNT, *v), >=, 0);
    for (int i = 0; i < HEED_COUNT; i++)
        g_assert_true(in_values(RULE_HEED, heed_name((Heed)i)));
    for (const char *const *v = rule_fact_values(RULE_REFER); *v; v++)
        g_assert_cmpint(NAME_INDEX(refer_name, REFER_COUNT, *v), >=, 0);
    for (const char *const *v = rule_fact_values(RULE_REPRESENTATIVE); *v; v++)
        g_assert_cmpint(NAME_INDEX(representative_name, REPRESENTATIVE_COUNT, *v), >, 0);
    for (const char *const *v = rule_fact_values(RULE_CARRIAGE); *v; v++)
        g_assert_cmpint(NAME_INDEX(carriage_name, CARRIAGE_COUNT, *v), >, 0);
    for (const char *const *v = rule_fact_values(RULE_KIND); *v; v++)
        g_assert_cmpint(NAME_INDEX(kind_name, KIND_COUNT, *v), >, 0);
}

/* ---- what stops or moves our letters, and its near misses (policy 4b) */

static void test_heeds(void)
{
    static const struct {
        const char *body;
        uint32_t heeds;
    } CASES[] = {
        {"If nobody answers, somebody is going to get hurt.", BIT(HEED_THREAT)},
        {"I will kill you if it is not sent.", BIT(HEED_THREAT)},
        {"You will all die for this.", BIT(HEED_THREAT)},
        {"I know where he lives and he will be sorry.", BIT(HEED_THREAT)},
        {"He passed away before his visa came.", BIT(HEED_DEATH)},
        {"Dad died on Tuesday. This is his daughter.", BIT(HEED_DEATH)},
        {"Mr Khan has died. Please stop.", BIT(HEED_DEATH)},
        {"Don't write to this email, my ex reads it.", BIT(HEED_DO_NOT_WRITE)},
        {"It is not safe to email me here.", BIT(HEED_DO_NOT_WRITE)},
        {"Please stop sending me these emails.", BIT(HEED_DO_NOT_WRITE)},
        {"I have changed my email, please use jo@example.org from now on.", BIT(HEED_NEW_ADDRESS)},
        {"Please note my change of address.", BIT(HEED_NEW_ADDRESS)},
        {"Please do not write to my old address.", BIT(HEED_NEW_ADDRESS)},
        {"I will sue you.", 0},
        {"I will go to the press.", 0},
        {"If they deport me they will kill me.", 0},
        {"The officer threatened to hurt me.", 0},
        {"I will attack your decision in court.", 0},
        {"The delay is killing me.", 0},
        {"Somebody will die if this delay goes on.", 0},
        {"I could not write sooner because my husband died.", 0},
        {"My father died in 2019.", 0},
        {"My grandmother died and I needed to travel to her funeral.", 0},
        {"I ordered a death certificate.", 0},
        {"Please do not reply to this email.", 0},
        {"UKVI will not stop emailing me.", 0},
        {"Please do not contact my employer.", 0},
        {"Please do not send the passport to this address.", 0},
        {"They posted my BRP to my old address although I told them my new address.", 0},
        {"I want them to update my address.", 0},
        {"Please reply to this email.", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Facts) f = extract_body(CASES[i].body);
        if (f->heeds != CASES[i].heeds)
            g_error("%s: %x", CASES[i].body, f->heeds);
        g_assert_true(!(f->heeds & BIT(HEED_DEATH)) || f->reviewed & BIT(REVIEWED_DEATH));
    }
}

/* ---- near misses of policy section 5 and their bars */

static void test_bars(void)
{
    static const struct {
        const char *name, *body;
        Reason bar;
        uint32_t holds; /* those that are right, as bits */
    } CASES[] = {
        {"refusal as background",
         "In May my visa was refused and then granted. My complaint is about the officer at VFS "
         "who "
         "shouted at me.",
         REASON_APPEALABLE_DECISION, BIT(BAR_NONE)},
        {"refusal and another decision wanted",
         "My visa was refused on 3 November. The letter says I have a right of appeal. Please "
         "change "
         "the decision.",
         REASON_APPEALABLE_DECISION, BIT(BAR_WHOLE)},
        {"refusal beside lost papers",
         "My visa was refused. I want the refusal overturned. UKVI also lost my passport.",
         REASON_APPEALABLE_DECISION, BIT(BAR_PART) | BIT(BAR_POSSIBLE)},
        {"ombudsman after you", "UKVI lost my papers. I may go to the Ombudsman after you.",
         REASON_OMBUDSMAN, BIT(BAR_NONE)},
        {"ombudsman declined", "The Ombudsman declined to look at it. UKVI lost my papers.",
         REASON_OMBUDSMAN, BIT(BAR_NONE)},
        {"ombudsman asked", "My MP sent it to the Ombudsman in May. UKVI lost my papers.",
         REASON_OMBUDSMAN, BIT(BAR_POSSIBLE)},
        {"solicitor says judicial review",
         "UKVI lost my papers. My solicitor says I could seek judicial review.", REASON_COURT,
         BIT(BAR_NONE)},
        {"threat to sue", "They broke my door. I will sue you all if nobody answers.", REASON_COURT,
         BIT(BAR_NONE)},
        {"appeal won", "I won my appeal in March and UKVI has still not sent my card.",
         REASON_COURT, BIT(BAR_NONE)},
        {"review on foot", "I have issued judicial review proceedings against UKVI.", REASON_COURT,
         BIT(BAR_POSSIBLE)},
        {"data remark",
         "HM Passport Office lost my birth certificate. It is against the GDPR as well I am sure.",
         REASON_DATA_PROTECTION, BIT(BAR_NONE)},
        {"rude staff without a case", "The officer was rude to me and laughed at me.",
         REASON_PSU_MISCONDUCT, BIT(BAR_NONE)},
        {"professional standards at work",
         "The officer hit me. The Professional Standards Unit is investigating it now.",
         REASON_PSU_MISCONDUCT, BIT(BAR_WHOLE)},
        {"professional standards finished",
         "The officer hit me. The Professional Standards Unit closed the case in May.",
         REASON_PSU_MISCONDUCT, BIT(BAR_NONE) | BIT(BAR_POSSIBLE)},
        {"once of the Home Office",
         "I worked for the Home Office for years. HM Passport Office lost my certificate.",
         REASON_EMPLOYMENT, BIT(BAR_NONE)},
        {"staff", "I am a member of staff at the Home Office and my line manager marks me down.",
         REASON_EMPLOYMENT, BIT(BAR_WHOLE) | BIT(BAR_POSSIBLE)},
        {"windrush as family history",
         "My father came on the Windrush. My passport renewal has taken nine months.",
         REASON_WINDRUSH_COMPENSATION, BIT(BAR_NONE)},
        {"windrush scheme", "The Windrush Compensation Scheme offered me too little.",
         REASON_WINDRUSH_COMPENSATION, BIT(BAR_WHOLE)},
        {"a word on fees beside a grievance",
         "The officer shouted at me. And the fee is too high anyway.", REASON_POLICY_OR_LEGISLATION,
         BIT(BAR_NONE) | BIT(BAR_POSSIBLE)},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Facts) f = extract_body(CASES[i].body);
        if (!(CASES[i].holds & BIT(f->bars[CASES[i].bar])))
            g_error("%s: %s", CASES[i].name, bar_hold_name(f->bars[CASES[i].bar]));
    }
}

/* ---- final response */

static void test_response(void)
{
    static const struct {
        const char *name, *body, *date, *received;
        ResponseStatus status;
    } CASES[] = {
        {"dated", "UKVI sent its final response dated 4 September. It gives your address.",
         "2026-09-04", NULL, RESPONSE_GIVEN},
        {"dated and received", "The final answer is dated 4 September, I got it on the 8th.",
         "2026-09-04", "2026-09-08", RESPONSE_GIVEN},
        {"emailed",
         "I received the final response to my complaint by email on the 3rd of June 2026.",
         "2026-06-03", "2026-06-03", RESPONSE_GIVEN},
        {"loose",
         "The last letter from them came three weeks ago. It says next is yourselves, the "
         "independent examiner.",
         NULL, "2026-11-06", RESPONSE_GIVEN},
        {"undated", "They sent me the final response, it says FINAL on it.", NULL, NULL,
         RESPONSE_GIVEN},
        {"waiting for it", "I am still waiting for their final response.", NULL, NULL,
         RESPONSE_NONE},
        {"never complained", "I have not complained to the Home Office.", NULL, NULL,
         RESPONSE_NONE},
        {"silence", "I complained to UKVI on 4 May. Since then I have heard nothing.", NULL, NULL,
         RESPONSE_NONE},
        {"silence on something else", "UKVI does not answer. I rang and nobody answers the phone.",
         NULL, NULL, RESPONSE_UNKNOWN},
        {"both", "I have not complained to the Home Office. Their final response is dated 4 May.",
         NULL, NULL, RESPONSE_UNKNOWN},
        {"only acknowledged", "I complained in May and have only had an acknowledgement.", NULL,
         NULL, RESPONSE_NONE},
        {"nothing said", "UKVI lost my passport.", NULL, NULL, RESPONSE_UNKNOWN},
        {"of two dates the later",
         "They wrote on 2 March 2026. The final response, after that, of 2 March or 9 November "
         "2026.",
         "2026-11-09", NULL, RESPONSE_GIVEN},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Facts) f = extract_body(CASES[i].body);
        g_autofree char *date = day_to_iso(f->final_response.date);
        g_autofree char *received = day_to_iso(f->final_response.received);
        if (f->final_response.status != CASES[i].status || g_strcmp0(date, CASES[i].date) != 0 ||
            g_strcmp0(received, CASES[i].received) != 0)
            g_error("%s: %s %s %s", CASES[i].name, response_status_name(f->final_response.status),
                    date, received);
    }
}

static void test_overdue(void)
{
    g_autoptr(Facts) late = extract_body("I complained on 1 May 2026. I have heard nothing since.");
    g_assert_cmpint(late->final_response.overdue, ==, TRI_YES);
    g_autoptr(Facts) early = extract_body("I complained on 10 November. No reply has come.");
    g_assert_cmpint(early->final_response.overdue, !=, TRI_YES);
}

static const char LETTER[] =
    "HM Passport Office\n\nReference: POGR/0047720/26\nDate: 28 April 2026\n\n"
    "Dear Mr Hall\n\nI have reviewed your complaint of 3 March 2026. It is "
    "not upheld. %s\n\nYours sincerely\nA Writer\n";

static Facts *extract_with(const char *body, const char *closing, ReadState state)
{
    Mail m = {.body = body};
    g_autoptr(Document) d = document_of(&m);
    Attachment *a = attachment_new();
    a->read = state;
    g_ptr_array_add(d->attachments, a);
    if (closing) {
        g_autoptr(GString) text = g_string_new(LETTER);
        g_string_replace(text, "%s", closing, 1);
        g_ptr_array_add(d->texts, text_part_new("attachment 1: a.pdf", TEXT_ATTACHMENT, text->str));
    }
    return extract(d);
}

static void test_letters(void)
{
    static const char BODY[] = "The passport people lost my photo. Their letter is attached.";
    g_autoptr(Facts) iec = extract_with(
        BODY, "This is our final response. You can contact the Independent Examiner of Complaints.",
        READ_DONE);
    g_assert_cmpint(iec->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_cmpint(iec->final_response.date, ==, day_from_iso("2026-04-28"));
    g_assert_cmpint(iec->final_response.names_iec, ==, TRI_YES);
    g_assert_cmpstr(iec->final_response.source, ==, "attachment");
    g_assert_cmpint(iec->area, ==, AREA_HM_PASSPORT_OFFICE);

    g_autoptr(Facts) other = extract_with(
        BODY, "You have exhausted our complaints procedure and may ask the Ombudsman.", READ_DONE);
    g_assert_cmpint(other->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_cmpint(other->final_response.names_iec, ==, TRI_NO);
    g_assert_cmpint(other->final_response.names_other, ==, TRI_YES);
    g_assert_cmpint(other->bars[REASON_OMBUDSMAN], ==, BAR_NONE);

    g_autoptr(Facts) interim = extract_with(
        "I complained in March. All I have had is the attached, and nothing since.",
        "This is an interim letter; we expect to send a full reply by 31 May.", READ_DONE);
    g_assert_cmpint(interim->final_response.status, ==, RESPONSE_NONE);

    /* A letter that could not be read is never taken for silence. */
    g_autoptr(Facts) unread =
        extract_with("I complained. All I have had is the attached letter.", NULL, READ_FAILED);
    g_assert_cmpint(unread->final_response.status, ==, RESPONSE_UNKNOWN);
    g_assert_cmpint(unread->final_response.readable, ==, TRI_NO);
    g_assert_true(unread->flags & BIT(FLAG_UNREAD_PART));
    g_assert_cmpint(unread->late_reason, ==, TRI_UNKNOWN);
}

/* ---- risk: never missed in these forms, and not in these others */

static void test_urgent(void)
{
    static const struct {
        const char *body;
        bool urgent;
    } CASES[] = {
        {"Every night I think to finish my life.", true},
        {"I want to die because nobody answers.", true},
        {"They served removal directions on me yesterday.", true},
        {"He is to be deported tomorrow morning.", true},
        {"My husband beats me and has my passport.", true},
        {"My children have no food since Monday.", true},
        {"I was trafficked to this farm.", true},
        {"They are holding her without insulin.", true},
        {"I am writing about removals of my belongings and a lost bag.", false},
        {"I am held in an immigration removal centre and my phone was lost.", false},
        {"My tooth was broken in December and is mended.", false},
        {"We missed our holiday flight on Friday because the passport was late.", false},
        {"The officer was rude.", false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Facts) f = extract_body(CASES[i].body);
        if (!!(f->flags & BIT(FLAG_URGENT)) != CASES[i].urgent)
            g_error("\"%s\": urgent %d", CASES[i].body, !CASES[i].urgent);
    }
}

/* ---- kinds, headers and addresses */

static void test_kinds(void)
{
    static const char COMPLAINT[] =
        "UKVI lost my passport and I am very unhappy about my treatment.";
    static const struct {
        const char *name, *from, *subject, *body, *header, *value;
        MessageKind kind;
        bool forbidden;
    } CASES[] = {
        {"complaint", NULL, "Help", COMPLAINT, NULL, NULL, KIND_COMPLAINT, false},
        {"list mail that is a complaint", NULL, "Help", COMPLAINT, "list-id", "<x.example>",
         KIND_COMPLAINT, true},
        {"auto-submitted complaint", NULL, "Help", COMPLAINT, "auto-submitted", "auto-generated",
         KIND_COMPLAINT, true},
        {"out of office", NULL, "Automatic reply: your complaint",
         "I am away from the office until Tuesday.", "auto-submitted", "auto-replied",
         KIND_AUTO_REPLY, true},
        {"out of office without a header", NULL, "Automatic reply: complaint about my visa",
         "I am away from the office until Tuesday.", NULL, NULL, KIND_AUTO_REPLY, true},
        {"a robot told of by a person", NULL, "Help",
         "UKVI lost my passport and I am very unhappy about my treatment. All that I got from them "
         "was an automatic reply: out of office.",
         "auto-submitted", "auto-generated", KIND_COMPLAINT, true},
        {"an answer to a robot", NULL, "Re: Automatic reply: Complaint",
         "The Border Force officer shouted at me at Hull port.", NULL, NULL, KIND_COMPLAINT, true},
        {"bounce", "mailer-daemon@example.net", "Undelivered Mail Returned to Sender",
         "could not be delivered", "return-path", "<>", KIND_BOUNCE, true},
        {"newsletter", "news@example.net", "Our autumn offers",
         "View in your browser. Unsubscribe.", "precedence", "bulk", KIND_BULK, true},
        {"a life at stake through a list", "ines@example.net", "you",
         "I have the tablets here and I am going to end my life tonight. To unsubscribe, click "
         "here. View in your browser.",
         "list-id", "<advice.example.net>", KIND_COMPLAINT, true},
        {"a complaint through a group", "ines@example.net", "Border Force",
         "The Border Force officer at Hull shouted at me and took my phone. I complained to them "
         "in May and they answered.\n\nYou received this message because you are subscribed to "
         "the Google Groups \"Advice\" group.\nTo unsubscribe from this group, write to "
         "advice+unsubscribe@example.net.",
         "list-id", "<advice.example.net>", KIND_COMPLAINT, true},
        {"an answer to us through a list", NULL, "Re: our reference IEC/26/000123",
         "I do not want to go on.", "precedence", "bulk", KIND_FOLLOW_UP, true},
        {"advertising without headers", "sales@example.net", "SEO",
         "Dear website owner, rank your website. Click here to unsubscribe.", NULL, NULL, KIND_BULK,
         false},
        {"our own", "iec@homeoffice.gov.uk", "Your complaint", "Thank you.", NULL, NULL, KIND_OWN,
         false},
        {"our own with a plus part", "iec+26-000001@homeoffice.gov.uk", "Your complaint",
         "Thank you.", NULL, NULL, KIND_OWN, false},
        {"follow-up", NULL, "Re: our reference IEC/26/000123", "Here is the letter.", NULL, NULL,
         KIND_FOLLOW_UP, false},
        {"form test", "no-reply@forms.service.gov.uk", "TEST FORM SUBMISSION: x", "x", NULL, NULL,
         KIND_TEST, false},
        {"suppressed", NULL, "Help", COMPLAINT, "x-auto-response-suppress", "OOF, AutoReply",
         KIND_COMPLAINT, true},
        {"suppressing only receipts", NULL, "Help", COMPLAINT, "x-auto-response-suppress", "DR, RN",
         KIND_COMPLAINT, false},
        {"auto-submitted, no keyword", NULL, "Help", COMPLAINT, "auto-submitted", "notified",
         KIND_COMPLAINT, true},
        {"auto-submitted no, with a comment", NULL, "Help", COMPLAINT, "auto-submitted", "No (x)",
         KIND_COMPLAINT, false},
        {"null return path with a space", NULL, "Help", COMPLAINT, "return-path", "< >",
         KIND_COMPLAINT, true},
        {"auto-submitted no", NULL, "Help", COMPLAINT, "auto-submitted", "no", KIND_COMPLAINT,
         false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Mail m = {CASES[i].from, CASES[i].subject, CASES[i].body};
        g_autoptr(Document) d = document_of(&m);
        if (CASES[i].header)
            add_header(d, CASES[i].header, CASES[i].value);
        g_autoptr(Facts) f = extract(d);
        bool machine = f->refer & BIT(REFER_MACHINE_HEADERS);
        if (f->kind != CASES[i].kind || f->reply_forbidden != CASES[i].forbidden ||
            machine != (CASES[i].kind == KIND_COMPLAINT && CASES[i].forbidden))
            g_error("%s: %s, forbidden %d, machine-headers %d", CASES[i].name, kind_name(f->kind),
                    f->reply_forbidden, machine);
    }
}

/* Whatever is said, asked or sent beside them, thanks that are not bare are for a person. */
static void test_thanks(void)
{
    static const struct {
        const char *subject, *body;
        bool bare;
    } CASES[] = {
        {"Re: IEC/26/000123", "Thank you for letting me know. Kind regards", true},
        {"Re: IEC/26/000123", "Many thanks again for all your help, it is much appreciated.", true},
        {"Re: IEC/26/000123", "Thanks, no need to reply.", true},
        {"Re: IEC/26/000123", "Diolch yn fawr.", true},
        {"Re: IEC/26/000123", "Thank you, but I do not agree.", false},
        {"Re: IEC/26/000123", "Thanks. Please have a person check it.", false},
        {"Re: IEC/26/000123", "Thank you for your letter. I think you are wrong.", false},
        {"Re: IEC/26/000123", "Thanks for replying. What you say about me is not true.", false},
        {"Re: IEC/26/000123", "Thank you. Could somebody read it again?", false},
        {"Re: IEC/26/000123", "Diolch, ond nid wyf yn cytuno.", false},
        /* No phrase knows these words. */
        {"Re: IEC/26/000123",
         "Thank you. My brother had put the envelope on the wrong shelf in our kitchen.", false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Mail m = {.subject = CASES[i].subject, .body = CASES[i].body};
        g_autoptr(Document) d = document_of(&m);
        g_autoptr(Facts) f = extract(d);
        if (f->thanks_only != CASES[i].bare)
            g_error("%s", CASES[i].body);
    }
}

static void test_reply_address(void)
{
    static const struct {
        const char *from, *want;
    } CASES[] = {
        {"pat@example.org", "pat@example.org"},
        {"no-reply@example.org", ""},
        {"\"a b\"@example.org", ""},
        {"pat@example.org\r\nRCPT TO:<x@example.net>", ""},
        {"iec@homeoffice.gov.uk", ""},
        {"", ""},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Mail m = {.from = CASES[i].from, .body = "My passport is lost."};
        g_autoptr(Document) d = document_of(&m);
        g_ptr_array_add(d->reply_to, mailbox_new("", "other@example.net"));
        g_autoptr(Facts) f = extract(d);
        g_assert_cmpstr(f->reply_address, ==, CASES[i].want);
    }
    Mail m = {.body = "My passport is lost."};
    g_autoptr(Document) two = document_of(&m);
    g_ptr_array_add(two->from, mailbox_new("", "second@example.org"));
    g_autoptr(Facts) f = extract(two);
    g_assert_cmpstr(f->reply_address, ==, "");
}

static void test_authentication(void)
{
    static const struct {
        const char *value;
        bool refused;
    } CASES[] = {
        {"mail.homeoffice.gov.uk; dmarc=fail header.from=example.org", true},
        {"mail.homeoffice.gov.uk; dmarc=pass header.from=example.org", false},
        {"mx.example.net; dmarc=fail header.from=example.org", false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Mail m = {.body = "UKVI lost my passport."};
        g_autoptr(Document) d = document_of(&m);
        add_header(d, "authentication-results", CASES[i].value);
        g_autoptr(Facts) f = extract(d);
        bool refused = f->refer & BIT(REFER_SENDER_NOT_AUTHENTICATED);
        if (refused != CASES[i].refused || f->reply_forbidden != CASES[i].refused)
            g_error("%s: %d", CASES[i].value, refused);
    }
}

static void test_passed_on(void)
{
    Mail m = {.from = "help@council.gov.uk",
              .body = "Passing this to you, it was received in our "
                      "mailbox. One for you."};
    g_autoptr(Document) d = document_of(&m);
    g_autoptr(Facts) f = extract(d);
    g_assert_true(f->refer & BIT(REFER_PASSED_ON));
    Mail copied = {.body = "UKVI lost my passport."};
    g_autoptr(Document) c = document_of(&copied);
    g_ptr_array_set_size(c->to, 0);
    g_ptr_array_add(c->to, mailbox_new("", "complaints@example.org"));
    g_ptr_array_add(c->cc, mailbox_new("", "IEC@homeoffice.gov.uk"));
    g_autoptr(Facts) g = extract(c);
    g_assert_true(g->refer & BIT(REFER_PASSED_ON));
}

/* ---- people */

static void test_people(void)
{
    static const struct {
        const char *name, *body;
        RepresentativeType type;
        Tri authority;
        bool child;
        const char *complainant; /* NULL: any */
    } CASES[] = {
        {"oneself", "UKVI lost my passport and laughed at me.", REPRESENTATIVE_NOBODY, TRI_UNKNOWN,
         false, "Pat Example"},
        {"solicitor", "We act for Mr Anton Gusak. UKVI lost his degree.", REPRESENTATIVE_LEGAL,
         TRI_NO, false, "Anton Gusak"},
        {"relative", "I am writing for my dad, Youssef Hall, who is 71.", REPRESENTATIVE_RELATIVE,
         TRI_NO, false, "Youssef Hall"},
        {"parent", "I write about my daughter, Freja Hall, who is six.", REPRESENTATIVE_RELATIVE,
         TRI_NO, true, "Freja Hall"},
        {"authority to come", "We act for Ms Ann Hall. A form of authority will follow.",
         REPRESENTATIVE_LEGAL, TRI_NO, false, NULL},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Facts) f = extract_body(CASES[i].body);
        if (f->representative.type != CASES[i].type ||
            f->representative.authority != CASES[i].authority ||
            f->representative.parent_of_child != CASES[i].child ||
            (CASES[i].complainant && strcmp(f->complainant_name, CASES[i].complainant) != 0))
            g_error("%s: %s %s %d \"%s\"", CASES[i].name,
                    representative_name(f->representative.type),
                    tri_name(f->representative.authority), f->representative.parent_of_child,
                    f->complainant_name);
    }
}

static void test_language(void)
{
    g_autoptr(Facts) cy =
        extract_body("Nid wyf wedi cwyno wrth UKVI. Mae'r oedi wedi para pum mis a "
                     "does dim penderfyniad wedi dod.");
    g_assert_cmpint(cy->language, ==, LANGUAGE_CY);
    g_assert_cmpint(cy->final_response.status, ==, RESPONSE_NONE);
    g_autoptr(Facts) other =
        extract_body("Dzień dobry, piszę w sprawie skargi. Urzędnicy zgubili moje "
                     "dokumenty i nikt nie odpowiada.");
    g_assert_cmpint(other->language, ==, LANGUAGE_OTHER);
}

static Facts *extract_form(const char *from, const char *subject, const char *body)
{
    Mail m = {from, subject, body};
    g_autoptr(Document) d = document_of(&m);
    return extract(d);
}

/* What a form states outright outranks what its free text hints. */
static void test_forms(void)
{
    static const char FROM[] = "no-reply@forms.service.gov.uk", SUBJECT[] = "Form submission: x";
    g_autoptr(Facts) f = extract_form(
        FROM, SUBJECT,
        "Submitted at: 9:00am on 20 November 2026\n\n---\nAnswers submitted\n\n"
        "Ydych chi'n cwyno drosoch chi'ch hun neu dros rywun arall?\n\nRhywun arall\n\n---\n\n"
        "What is your name?\n\nJo Reed\n\n---\n\n"
        "Applicant's full name\n\nAna Bright\n\n---\n\n"
        "How do you know them?\n\nI am a legal representative\n\n---\n\n"
        "Your email address\n\njo@example.com\n\n---\n\n"
        "Which part of the Home Office is your complaint about?\n\nLlu'r Ffiniau\n\n---\n\n"
        "Have you had a final response to your complaint?\n\nYes\n\n---\n\n"
        "When did you receive it?\n\n02/11/2026\n\n---\n\n"
        "What went wrong?\n\nAn officer was rude, like the visa office.\n\n---\n\n"
        "You cannot reply to this email\n");
    g_assert_cmpint(f->kind, ==, KIND_COMPLAINT);
    g_assert_cmpint(f->area, ==, AREA_BORDER_FORCE);
    g_assert_cmpint(f->final_response.status, ==, RESPONSE_GIVEN);
    g_assert_cmpint(f->final_response.received, ==, day_from_iso("2026-11-02"));
    g_assert_cmpint(f->representative.type, ==, REPRESENTATIVE_LEGAL);
    g_assert_cmpstr(f->representative.name, ==, "Jo Reed");
    g_assert_cmpstr(f->complainant_name, ==, "Ana Bright");
    g_assert_cmpstr(f->reply_address, ==, "jo@example.com");
    /* A choice that nobody knows is read as words. */
    g_autoptr(Facts) g = extract_form(
        FROM, SUBJECT,
        "Answers submitted\n\nHave you had a final response?\n\nIt is in the post\n\n---\n\n"
        "Which part of the Home Office are you complaining about?\n\n"
        "The people at Border Force in Dover\n");
    g_assert_cmpint(g->final_response.status, ==, RESPONSE_UNKNOWN);
    g_assert_cmpint(g->area, ==, AREA_BORDER_FORCE);
    g_assert_cmpstr(g->complainant_name, ==, "");
    g_assert_cmpstr(g->reply_address, ==, "");
}

static void test_home_office_form(void)
{
    g_autoptr(Facts) f = extract_form(
        "uk.visas@notifications.service.gov.uk",
        "A new UK Visas and Immigration complaint has been submitted",
        "#Complaint details\nGWF number: GWF012345678\n- - -\nHome Office reference number: "
        "012345678\n- - -\nComplaint details: My visa is late. I want to end my life.\n- - -\n"
        "#Agent details\nAgent\xe2\x80\x99s Full name: Jo Reed\n- - -\n"
        "Agent\xe2\x80\x99s relation to the applicant: I am a sponsor\n- - -\n#Applicant details\n"
        "Applicant\xe2\x80\x99s full name: Ana Bright\n- - -\n#Contact details\n"
        "Agent Email address: jo@example.com\n- - -\n");
    g_assert_cmpint(f->kind, ==, KIND_COMPLAINT);
    g_assert_cmpint(f->area, ==, AREA_UKVI);
    g_assert_false(f->reply_forbidden);
    g_assert_cmpstr(f->reply_address, ==, "jo@example.com");
    g_assert_cmpint(f->representative.type, ==, REPRESENTATIVE_SPONSOR);
    g_assert_cmpstr(f->complainant_name, ==, "Ana Bright");
    g_assert_cmpuint(f->references->len, ==, 2);
    g_assert_true(f->flags & BIT(FLAG_URGENT));
}

/* Evidence points at the bytes it quotes. */
static void test_evidence(void)
{
    static const char BODY[] = "D\xc5\xb5r.\n\nUKVI have lost my passport \xe2\x80\x93 again.";
    g_autoptr(Facts) f = extract_body(BODY);
    bool seen = false;
    for (unsigned i = 0; i < f->findings->len; i++) {
        const Finding *x = f->findings->pdata[i];
        for (unsigned k = 0; k < x->evidence->len; k++) {
            const Evidence *e = x->evidence->pdata[k];
            if (strcmp(e->part, "body") != 0)
                continue;
            seen = true;
            g_assert_cmpmem(BODY + e->offset, e->length, e->quote, strlen(e->quote));
        }
    }
    g_assert_true(seen);
}

/* An unlabelled number is no reference; what is too long to read is told. */
static void test_limits(void)
{
    g_autoptr(Facts) f = extract_body("My card is 5301 7742 0098 1164. UKVI lost it.");
    g_assert_cmpuint(f->references->len, ==, 0);
    g_autofree char *endless = g_strnfill(3 * 1024 * 1024, 'x');
    g_autoptr(Facts) g = extract_body(endless);
    g_assert_true(g->flags & BIT(FLAG_UNREAD_PART));
    g_assert_true(g->reviewed & BIT(REVIEWED_UNREAD));
    g_autoptr(Document) empty = document_new();
    g_autoptr(Facts) h = extract(empty);
    g_assert_cmpint(h->kind, ==, KIND_COMPLAINT);
    g_assert_cmpstr(h->reply_address, ==, "");
}

/* What is said to be attached, and is not, was promised and could not be read. */
static void test_missing_enclosure(void)
{
    static const char BODY[] = "UKVI refused my visa. I attach their letter of 4 May 2026.";
    g_autoptr(Facts) missing = extract_body(BODY);
    g_autoptr(Facts) there = extract_with(BODY, "You may go to the Examiner.", READ_DONE);
    g_autoptr(Facts) none = extract_body("UKVI refused my visa in May.");
    g_assert_true(missing->reviewed & BIT(REVIEWED_UNREAD));
    g_assert_false(there->reviewed & BIT(REVIEWED_UNREAD));
    g_assert_false(none->reviewed & BIT(REVIEWED_UNREAD));
    g_autoptr(Facts) report = extract_body("UKVI refused my visa. I attach the medical report.");
    g_assert_true(report->reviewed & BIT(REVIEWED_UNREAD));
    g_autoptr(Facts) other = extract_body("UKVI refused my visa. I attach great weight to that.");
    g_assert_false(other->reviewed & BIT(REVIEWED_UNREAD));
}

/* A logo is no letter; a photograph sent along may be one. */
static void test_missing_beside(void)
{
    static const struct {
        const char *kind;
        bool is_inline, missing;
    } ROWS[] = {
        {"image", true, true},
        {"image", false, false},
        {"contact", false, true},
        {"calendar", true, true},
    };
    for (unsigned n = 0; n < G_N_ELEMENTS(ROWS); n++) {
        Mail m = {.body = "UKVI refused my visa. I attach their letter of 4 May 2026."};
        g_autoptr(Document) d = document_of(&m);
        Attachment *a = attachment_new();
        a->read = READ_NOT_NEEDED;
        a->is_inline = ROWS[n].is_inline;
        g_free(a->kind);
        a->kind = g_strdup(ROWS[n].kind);
        g_ptr_array_add(d->attachments, a);
        g_autoptr(Facts) f = extract(d);
        g_assert_cmpint((f->reviewed & BIT(REVIEWED_UNREAD)) != 0, ==, ROWS[n].missing);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    rules = rules_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    form_labels = forms_config_load(TEST_ROOT "/config", &error);
    g_assert_no_error(error);
    g_test_add_func("/extract/vocabulary", test_vocabulary);
    g_test_add_func("/extract/heeds", test_heeds);
    g_test_add_func("/extract/bars", test_bars);
    g_test_add_func("/extract/response", test_response);
    g_test_add_func("/extract/overdue", test_overdue);
    g_test_add_func("/extract/letters", test_letters);
    g_test_add_func("/extract/urgent", test_urgent);
    g_test_add_func("/extract/kinds", test_kinds);
    g_test_add_func("/extract/thanks", test_thanks);
    g_test_add_func("/extract/reply-address", test_reply_address);
    g_test_add_func("/extract/authentication", test_authentication);
    g_test_add_func("/extract/passed-on", test_passed_on);
    g_test_add_func("/extract/people", test_people);
    g_test_add_func("/extract/language", test_language);
    g_test_add_func("/extract/forms", test_forms);
    g_test_add_func("/extract/home-office-form", test_home_office_form);
    g_test_add_func("/extract/evidence", test_evidence);
    g_test_add_func("/extract/limits", test_limits);
    g_test_add_func("/extract/missing-enclosure", test_missing_enclosure);
    g_test_add_func("/extract/missing-beside", test_missing_beside);
    int result = g_test_run();
    rules_free(rules);
    form_labels_free(form_labels);
    return result;
}
