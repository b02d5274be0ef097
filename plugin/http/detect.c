/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/detect.h"

#include <glib/gstdio.h>
#include <libexttextcat/textcat.h>
#include <string.h>
#include <unistd.h>

#define MAX_COMPARED_BYTES 1000
#define MIN_COMPARED_BYTES 12
#define SURE_BYTES 60 /* of text for the highest confidence */
#define MAX_CONFIDENCE .99
#define MAX_CANDIDATES 5 /* libexttextcat's own limit; beyond it, it says none */

struct PdHttpDetector {
    char *compared; /* (nullable): the codes that are compared, joined */
    void *textcat;  /* (nullable) */
};

PdHttpDetector *
pd_http_detector_new(void)
{
    return g_new0(PdHttpDetector, 1);
}

static void
unload(PdHttpDetector *self)
{
    if (self->textcat != NULL)
        textcat_Done(self->textcat);
    self->textcat = NULL;
    g_clear_pointer(&self->compared, g_free);
}

void
pd_http_detector_free(PdHttpDetector *self)
{
    if (self == NULL)
        return;
    unload(self);
    g_free(self);
}

/* (transfer full): "en" of "en--utf8" */
static char *
base_code(const char *name)
{
    return g_ascii_strdown(name, (gssize)strcspn(name, "_-.@"));
}

/* (transfer full) (nullable): the directory of the fingerprints, with a slash */
static char *
find_fingerprints(void)
{
    const char *own = g_getenv("PROOFD_FINGERPRINTS");
    const char *const *dirs = g_get_system_data_dirs();

    if (own != NULL)
        return g_strconcat(own, "/", NULL);
    for (size_t i = 0; dirs[i] != NULL; i++) {
        g_autofree char *dir = g_build_filename(dirs[i], "libexttextcat", NULL);

        if (g_file_test(dir, G_FILE_TEST_IS_DIR))
            return g_strconcat(dir, "/", NULL);
    }
    return NULL;
}

/* (transfer full): the lines "en.lm  en--utf8" of the library's index that are of @codes */
static char *
select_lines(const char *dir, const char *const *codes)
{
    g_autofree char *path = g_strconcat(dir, "fpdb.conf", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GString) selected = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL))
        lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
        g_autofree char *code = base_code(lines[i]);
        g_autofree char *file = g_strndup(lines[i], strcspn(lines[i], " \t"));
        g_autofree char *fingerprint = g_strconcat(dir, file, NULL);

        if (g_strv_contains(codes, code) && g_file_test(fingerprint, G_FILE_TEST_IS_REGULAR))
            g_string_append_printf(selected, "%s\n", lines[i]);
    }
    return g_string_free(g_steal_pointer(&selected), FALSE);
}

/* The library reads its index from a file alone. */
static void
load(PdHttpDetector *self, const char *dir, const char *index)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("proofd-languages-XXXXXX", &path, NULL);

    if (fd < 0)
        return;
    g_close(fd, NULL);
    if (g_file_set_contents(path, index, -1, NULL))
        self->textcat = special_textcat_Init(path, dir);
    g_unlink(path);
    if (self->textcat != NULL)
        textcat_SetProperty(self->textcat, TCPROP_MINIMUM_DOCUMENT_SIZE, MIN_COMPARED_BYTES);
}

/* Have the fingerprints of @codes, and of languages that many texts are in. */
static void
prepare(PdHttpDetector *self, const char *const *codes)
{
    static const char *const frequent[] = { "en", "es", "de", "fr", "it", "pt", "ru",
                                            "nl", "pl", "sv", "zh", "ja", "ar", NULL };
    g_autofree char *joined = g_strjoinv(",", (char **)codes);
    g_autofree char *dir = NULL, *index = NULL;
    g_autoptr(GPtrArray) compared = g_ptr_array_new();

    if (g_strcmp0(joined, self->compared) == 0)
        return;
    unload(self);
    self->compared = g_steal_pointer(&joined);
    dir = find_fingerprints();
    if (dir == NULL)
        return;
    for (size_t i = 0; frequent[i] != NULL; i++)
        g_ptr_array_add(compared, (gpointer)frequent[i]);
    for (size_t i = 0; codes[i] != NULL; i++)
        g_ptr_array_add(compared, (gpointer)codes[i]);
    g_ptr_array_add(compared, NULL);
    index = select_lines(dir, (const char *const *)compared->pdata);
    if (*index != '\0')
        load(self, dir, index);
}

/* The first of @codes among the @n candidates */
static const char *
choose(const char *const *codes, const candidate_t *candidates, int n)
{
    for (size_t i = 0; codes[i] != NULL; i++)
        for (int k = 0; k < n; k++) {
            g_autofree char *code = base_code(candidates[k].name);

            if (g_str_equal(code, codes[i]))
                return codes[i];
        }
    return NULL;
}

const char *
pd_http_detector_guess(PdHttpDetector *self, const char *const *codes, const char *text,
                       double *ret_confidence)
{
    size_t length = strlen(text);
    candidate_t *candidates;
    const char *code = NULL;
    int n;

    *ret_confidence = 0;
    prepare(self, codes);
    if (self->textcat == NULL)
        return NULL;
    if (length > MAX_COMPARED_BYTES)
        length = (size_t)(g_utf8_find_prev_char(text, text + MAX_COMPARED_BYTES) - text);
    candidates = textcat_GetClassifyFullOutput(self->textcat);
    n = textcat_ClassifyFull(self->textcat, text, length, candidates);
    if (n > 0 && n <= MAX_CANDIDATES)
        code = choose(codes, candidates, n);
    textcat_ReleaseClassifyFullOutput(self->textcat, candidates);
    if (code != NULL)
        *ret_confidence = MAX_CONFIDENCE / n * MIN((double)length / SURE_BYTES, 1);
    return code;
}
