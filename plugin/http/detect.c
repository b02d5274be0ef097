/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/detect.h"

#include "daemon/engine/fingerprints.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_COMPARED_BYTES 1000
#define MIN_COMPARED_BYTES 12
#define SURE_BYTES 60 /* of text for the highest confidence */
#define MAX_CONFIDENCE .99

struct PdHttpDetector {
    char *compared;               /* (nullable): the codes that are compared, joined */
    PdFingerprints *fingerprints; /* (nullable) */
};

PdHttpDetector *
pd_http_detector_new(void)
{
    return g_new0(PdHttpDetector, 1);
}

static void
unload(PdHttpDetector *self)
{
    g_clear_pointer(&self->fingerprints, pd_fingerprints_free);
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
        g_autofree char *code = pd_fingerprints_code(lines[i]);
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
        self->fingerprints = pd_fingerprints_new(dir, path, MIN_COMPARED_BYTES);
    g_unlink(path);
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
    dir = pd_fingerprints_find();
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

const char *
pd_http_detector_guess(PdHttpDetector *self, const char *const *codes, const char *text,
                       double *ret_confidence)
{
    g_auto(GStrv) likely = NULL;
    size_t length = strlen(text);

    *ret_confidence = 0;
    prepare(self, codes);
    if (self->fingerprints == NULL)
        return NULL;
    likely = pd_fingerprints_compare(self->fingerprints, text, length, MAX_COMPARED_BYTES);
    length = MIN(length, MAX_COMPARED_BYTES);
    for (size_t i = 0; codes[i] != NULL; i++)
        if (g_strv_contains((const char *const *)likely, codes[i])) {
            *ret_confidence =
                MAX_CONFIDENCE / g_strv_length(likely) * MIN((double)length / SURE_BYTES, 1);
            return codes[i];
        }
    return NULL;
}
