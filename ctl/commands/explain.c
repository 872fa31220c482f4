#include "ctl/commands/explain.h"
#include "ctl/commands/command.h"
#include "ctl/commands/judgement_json.h"
#include "ctl/commands/marks.h"
#include "ctl/commands/rule_lines.h"
#include "daemon/casework/decide.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Underlined only for eyes: in a file the brackets say the same. See no-color.org. */
static MarkStyle style_here(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool plain = (no_color && no_color[0]) || !term || !strcmp(term, "dumb");
    return isatty(STDOUT_FILENO) && !plain ? MARK_UNDERLINE : MARK_BRACKETS;
}

static void print_head(const Explained *e)
{
    g_autofree char *file = safe_text(e->file);
    printf("%s\n", file);
    for (unsigned n = 0; n < e->document->from->len; n++) {
        const Mailbox *m = e->document->from->pdata[n];
        g_autofree char *name = safe_text(m->name), *address = safe_text(m->address);
        printf("  %-15s %s%s<%s>\n", "from", name, name[0] ? " " : "", address);
    }
    judgement_words_print(e->facts, e->judgement, e->received_at);
    printf("  %-15s %s\n", "because", decide_line_words(e->judgement->line));
    printf("  %-15s %s\n", "rules", e->facts->rules_version);
}

/* Every place in `part` that a finding rests on; findings are numbered from 1. */
static GArray *marks_in(const Facts *facts, const char *part)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    for (unsigned n = 0; n < facts->findings->len; n++) {
        const Finding *f = facts->findings->pdata[n];
        for (unsigned k = 0; k < f->evidence->len; k++) {
            const Evidence *e = f->evidence->pdata[k];
            Mark m = {e->offset, e->length, n + 1};
            if (!strcmp(e->part, part))
                g_array_append_val(marks, m);
        }
    }
    return marks;
}

static void print_text(const Explained *e, const TextPart *t, MarkStyle style)
{
    g_autoptr(GArray) marks = marks_in(e->facts, t->part);
    g_autofree char *part = safe_text(t->part), *origin = safe_text(t->origin);
    g_autofree char *text = marks_text(t->text, marks, style);
    if (!text[0])
        return;
    printf("\n  -- %s%s%s", part, origin[0] ? ", by " : "", origin);
    if (t->confidence < 100)
        printf(" (read from a picture, %u%% sure)", t->confidence);
    printf("\n%s", text);
}

static const char *says_of(const GPtrArray *rules, const char *id)
{
    for (unsigned n = 0; n < rules->len; n++) {
        const RuleLine *r = rules->pdata[n];
        if (!strcmp(r->id, id))
            return r->says;
    }
    return NULL;
}

static void print_evidence(const Evidence *e)
{
    g_autofree char *part = safe_text(e->part), *quote = safe_text(e->quote);
    g_strdelimit(quote, "\n\t", ' ');
    printf("         %s: \"%s\"\n", part, quote);
}

static void print_finding(const Explained *e, unsigned n)
{
    const Finding *f = e->facts->findings->pdata[n];
    g_autofree char *rule = safe_text(f->rule), *fact = safe_text(f->fact);
    g_autofree char *value = safe_text(f->value);
    const char *says = says_of(e->rules, f->rule);
    printf("  %4u   %s = %s  [%s]\n", n + 1, fact, value, rule);
    if (says)
        printf("         %s\n", says);
    for (unsigned k = 0; k < f->evidence->len; k++)
        print_evidence(f->evidence->pdata[k]);
    if (f->evidence->len == 0)
        puts("         (from the shape of the message, not its words)");
}

void explain_texts_print(const Document *d)
{
    for (unsigned n = 0; n < d->texts->len; n++) {
        const TextPart *t = d->texts->pdata[n];
        g_autofree char *part = safe_text(t->part), *origin = safe_text(t->origin);
        g_autofree char *text = safe_text(t->text);
        if (text[0])
            printf("\n  -- %s%s%s\n%s\n", part, origin[0] ? ", by " : "", origin, text);
    }
}

void explain_print(const Explained *e)
{
    print_head(e);
    explain_words_print(e);
}

void explain_words_print(const Explained *e)
{
    MarkStyle style = style_here();
    for (unsigned n = 0; n < e->document->texts->len; n++)
        print_text(e, e->document->texts->pdata[n], style);
    if (e->facts->findings->len)
        puts("\n  Findings");
    for (unsigned n = 0; n < e->facts->findings->len; n++)
        print_finding(e, n);
    putchar('\n');
}
