#include "config/linear.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LANES = 8,     /* classes summed side by side */
    ROW_BITS = 18, /* of a slot, below the key's other bits */
    BATCH = 64,
    SUMMED = 16, /* rows whose sum no weight can carry out of its lane */
    WEIGHT_MAX = INT16_MAX / SUMMED - 1,
};
G_STATIC_ASSERT(LINEAR_FEATURES_MAX < 1 << ROW_BITS);
G_STATIC_ASSERT(BATCH % SUMMED == 0);

typedef int16_t Lanes __attribute__((vector_size(LANES * sizeof(int16_t))));

/* Most features of a text are unknown and end at the filter, which stays in the cache. */
struct Linear {
    uint64_t digest;
    char **classes;
    unsigned n, width; /* width: n in lanes */
    int16_t bias[LINEAR_CLASSES_MAX];
    uint8_t guess[256]; /* a class by its first two letters, where two do not share them */
    uint32_t slot_mask, filter_mask;
    uint64_t *slots;  /* a key's upper bits over its row; 0: free */
    uint64_t *filter; /* a bit a key, at least eight bits for each feature */
    Lanes *rows;      /* `width` each, the first unused */
    uint32_t n_rows, features;
};

static GQuark linear_quark(void)
{
    return g_quark_from_static_string("iecd-linear");
}

/* Up to eight bytes as a number, without a loop: of fewer, some are in it twice. */
static uint64_t bytes_of(const char *p, size_t n)
{
    uint32_t a = 0, b = 0;
    if (n >= 4) {
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
    } else if (n) {
        a = (unsigned char)p[0] | (uint32_t)(unsigned char)p[n / 2] << 8;
        b = (unsigned char)p[n - 1];
    }
    return (uint64_t)b << 32 | a;
}

uint64_t linear_token(const char *token, size_t length)
{
    uint64_t h = linear_join(LINEAR_START, length);
    for (; length > 8; token += 8, length -= 8)
        h = linear_join(h, bytes_of(token, 8));
    return linear_join(h, bytes_of(token, length));
}

static uint64_t key_of(const char *feature)
{
    uint64_t key = LINEAR_START;
    for (const char *end; *feature; feature = *end ? end + 1 : end) {
        end = strchrnul(feature, ' ');
        key = linear_join(key, linear_token(feature, (size_t)(end - feature)));
    }
    return key;
}

static bool filter_has(const Linear *m, uint64_t key)
{
    return m->filter[(key >> 40 & m->filter_mask) / 64] >> (key >> 40 & 63) & 1;
}

/* The slot of the key, or the free one where it belongs. */
static uint64_t *slot_of(const Linear *m, uint64_t key)
{
    uint32_t at = (uint32_t)(key >> 20) & m->slot_mask;
    while (m->slots[at] && m->slots[at] >> ROW_BITS != key >> ROW_BITS)
        at = (at + 1) & m->slot_mask;
    return &m->slots[at];
}

static void prefetch(const Linear *m, uint64_t key)
{
    __builtin_prefetch(&m->slots[(uint32_t)(key >> 20) & m->slot_mask]);
}

static const Lanes *row_at(const Linear *m, uint64_t slot)
{
    return m->rows + (slot & ((1u << ROW_BITS) - 1)) * m->width;
}

static uint8_t *guess_of(Linear *m, const char *name)
{
    return &m->guess[((unsigned char)name[0] * 7 + (unsigned char)(name[0] ? name[1] : 0)) &
                     (G_N_ELEMENTS(m->guess) - 1)];
}

/* The class named at *at, which moves behind it and its colon; sought first where a class that
 * begins so stands. */
static int read_class(Linear *m, const char **at)
{
    unsigned k = *guess_of(m, *at);
    for (unsigned i = 0; i < m->n; i++, k = k + 1 < m->n ? k + 1 : 0) {
        const char *name = m->classes[k], *p = *at;
        while (*name && *name == *p)
            name++, p++;
        if (!*name && *p == ':') {
            *at = p + 1;
            return (int)k;
        }
    }
    return -1;
}

static bool read_classes(Linear *m, const char *names)
{
    if (m->classes)
        return false;
    m->classes = g_strsplit(names, " ", -1);
    m->n = g_strv_length(m->classes);
    m->width = (m->n + LANES - 1) / LANES;
    if (m->n == 0 || m->n > LINEAR_CLASSES_MAX)
        return false;
    for (unsigned k = 0; k < m->n; k++)
        *guess_of(m, m->classes[k]) = (uint8_t)k;
    return true;
}

static bool read_weight(const char **at, int16_t *out)
{
    const char *p = *at;
    bool minus = *p == '-';
    int v = 0;
    for (p += minus; (unsigned char)(*p - '0') < 10 && v <= WEIGHT_MAX; p++)
        v = v * 10 + (*p - '0');
    bool ok = p > *at + minus && v <= WEIGHT_MAX;
    *at = p;
    *out = (int16_t)(minus ? -v : v);
    return ok;
}

static bool read_bias(Linear *m, const char *text)
{
    for (unsigned i = 0; i < m->n; i++, text += *text == ' ')
        if (!read_weight(&text, &m->bias[i]))
            return false;
    return *text == '\0';
}

static bool read_feature(Linear *m, char *line)
{
    char *tab = strchr(line, '\t');
    if (!tab || m->n == 0 || m->n_rows + 1 == m->features)
        return false;
    *tab = '\0';
    uint64_t key = key_of(line);
    prefetch(m, key); /* needed when the weights are read */
    if (!m->rows)
        m->rows = g_malloc0((size_t)m->features * m->width * sizeof *m->rows);
    int16_t *row = (int16_t *)(m->rows + (size_t)++m->n_rows * m->width);
    for (const char *p = tab + 1; *p; p += *p == ' ') {
        int class = read_class(m, &p);
        if (class < 0 || !read_weight(&p, &row[class]))
            return false;
    }
    uint64_t *slot = slot_of(m, key);
    if (*slot)
        return false;
    *slot = key >> ROW_BITS << ROW_BITS | m->n_rows;
    m->filter[(key >> 40 & m->filter_mask) / 64] |= UINT64_C(1) << (key >> 40 & 63);
    return true;
}

static bool read_line(Linear *m, char *line)
{
    if (!*line || *line == '#')
        return true;
    if (!strncmp(line, "classes ", 8))
        return read_classes(m, line + 8);
    if (!strncmp(line, "bias ", 5))
        return read_bias(m, line + 5);
    return read_feature(m, line);
}

static uint32_t power_of_two(uint32_t least)
{
    uint32_t n = 64;
    while (n < least)
        n *= 2;
    return n;
}

static Linear *linear_new(uint32_t lines)
{
    Linear *m = g_new0(Linear, 1);
    m->features = lines + 1; /* at most; row 0 is unused */
    m->slot_mask = power_of_two(lines + lines / 3) - 1;
    m->filter_mask = power_of_two(lines * 8) - 1;
    m->slots = g_new0(uint64_t, m->slot_mask + 1);
    m->filter = g_new0(uint64_t, m->filter_mask / 64 + 1);
    return m;
}

/* Lines of the file, and a digest of its bytes. A file is read in small pieces, twice: pages that
 * a process touches first cost more than the bytes on them. */
static uint32_t count_lines(FILE *f, uint64_t *digest)
{
    uint64_t piece[2048];
    uint32_t lines = 1;
    for (size_t n; (memset(piece, 0, sizeof piece), n = fread(piece, 1, sizeof piece, f));) {
        for (size_t i = 0; i < (n + 7) / 8; i++)
            *digest = linear_join(*digest, piece[i]);
        *digest = linear_join(*digest, n);
        const char *end = (const char *)piece + n;
        for (const char *p = (const char *)piece; (p = memchr(p, '\n', (size_t)(end - p))); p++)
            lines++;
    }
    return lines;
}

/* The number of the line that cannot be read, 0 none. */
static uint32_t read_lines(Linear *m, FILE *f)
{
    g_autofree char *buffer = NULL; /* of malloc, as g_malloc's is */
    size_t room = 0;
    uint32_t number = 1;
    for (ssize_t n; (n = getline(&buffer, &room, f)) >= 0; number++) {
        if (n && buffer[n - 1] == '\n')
            buffer[--n] = '\0';
        if (strlen(buffer) != (size_t)n || !read_line(m, buffer))
            return number;
    }
    return 0;
}

Linear *linear_load(const char *path, GError **error)
{
    FILE *f = fopen(path, "re");
    if (!f) {
        g_set_error(error, linear_quark(), 0, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    uint64_t digest = LINEAR_START;
    uint32_t lines = count_lines(f, &digest), fault = 0;
    bool fits = lines <= LINEAR_FEATURES_MAX && !ferror(f);
    g_autoptr(Linear) m = fits ? linear_new(lines) : NULL;
    rewind(f);
    if (m) {
        m->digest = digest;
        fault = read_lines(m, f);
        fits = !ferror(f);
    }
    fclose(f);
    if (fits && !fault)
        return g_steal_pointer(&m);
    if (fault)
        g_set_error(error, linear_quark(), 0, "%s:%u: no line of a model; run make train", path,
                    fault);
    else
        g_set_error(error, linear_quark(), 0, "%s: cannot be read, or has over %d lines", path,
                    LINEAR_FEATURES_MAX);
    return NULL;
}

uint64_t linear_digest(const Linear *m)
{
    return m->digest;
}

bool linear_expect(const Linear *m, const char *const *names, GError **error)
{
    if (m->classes && g_strv_equal((const char *const *)m->classes, names))
        return true;
    g_autofree char *want = g_strjoinv(" ", (char **)names);
    g_set_error(error, linear_quark(), 0, "the model's classes are not: %s; run make train", want);
    return false;
}

void linear_free(Linear *m)
{
    if (!m)
        return;
    g_strfreev(m->classes);
    g_free(m->slots);
    g_free(m->filter);
    g_free(m->rows);
    g_free(m);
}

void linear_begin(const Linear *m, LinearSum *sum)
{
    for (unsigned i = 0; i < LINEAR_CLASSES_MAX; i++)
        sum->of[i] = m->bias[i];
}

static void add_rows(const Linear *m, const Lanes *const *rows, unsigned n, LinearSum *sum)
{
    for (unsigned lane = 0; lane < m->width; lane++) {
        int32_t *of = sum->of + (size_t)lane * LANES;
        for (unsigned i = 0; i < n;) {
            Lanes some = {0};
            for (unsigned end = MIN(n, i + SUMMED); i < end; i++)
                some += rows[i][lane];
            for (unsigned k = 0; k < LANES; k++)
                of[k] += some[k];
        }
    }
}

void linear_add(const Linear *m, const uint64_t *keys, unsigned n, LinearSum *sum)
{
    uint64_t maybe[BATCH];
    const Lanes *rows[BATCH];
    for (unsigned done = 0; done < n; done += BATCH) {
        unsigned end = MIN(n, done + BATCH), n_maybe = 0, n_rows = 0;
        for (unsigned i = done; i < end; i++) {
            maybe[n_maybe] = keys[i];
            n_maybe += filter_has(m, keys[i]);
        }
        for (unsigned i = 0; i < n_maybe; i++)
            prefetch(m, maybe[i]);
        for (unsigned i = 0; i < n_maybe; i++) {
            uint64_t slot = *slot_of(m, maybe[i]);
            rows[n_rows] = row_at(m, slot);
            __builtin_prefetch(rows[n_rows]);
            n_rows += slot != 0;
        }
        add_rows(m, rows, n_rows, sum);
    }
}
