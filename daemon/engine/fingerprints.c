/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/fingerprints.h"

#include <string.h>
#include <textcat.h>

#define MAX_CANDIDATES 5 /* the library's own limit; beyond it, it says none */

struct PdFingerprints {
    void *textcat;
};

char *
pd_fingerprints_find(void)
{
    const char *own = g_getenv("PROOFD_FINGERPRINTS");
    const char *const *system = g_get_system_data_dirs();
    g_autoptr(GPtrArray) dirs = g_ptr_array_new_with_free_func(g_free);

    if (own != NULL)
        g_ptr_array_add(dirs, g_strconcat(own, "/", NULL));
    for (size_t i = 0; own == NULL && system[i] != NULL; i++)
        g_ptr_array_add(dirs, g_strconcat(system[i], "/libexttextcat/", NULL));
    for (guint i = 0; i < dirs->len; i++) {
        g_autofree char *index = g_strconcat(dirs->pdata[i], "fpdb.conf", NULL);

        if (g_file_test(index, G_FILE_TEST_IS_REGULAR))
            return g_strdup(dirs->pdata[i]);
    }
    return NULL;
}

char *
pd_fingerprints_code(const char *name)
{
    return g_ascii_strdown(name, (gssize)strcspn(name, "_-.@"));
}

PdFingerprints *
pd_fingerprints_new(const char *dir, const char *index, size_t min_bytes)
{
    void *textcat = special_textcat_Init(index, dir);
    PdFingerprints *self;

    if (textcat == NULL)
        return NULL;
    textcat_SetProperty(textcat, TCPROP_MINIMUM_DOCUMENT_SIZE, (sint4)min_bytes);
    self = g_new0(PdFingerprints, 1);
    self->textcat = textcat;
    return self;
}

void
pd_fingerprints_free(PdFingerprints *self)
{
    if (self == NULL)
        return;
    textcat_Done(self->textcat);
    g_free(self);
}

char **
pd_fingerprints_compare(PdFingerprints *self, const char *text, size_t length, size_t max_bytes)
{
    candidate_t *candidates = textcat_GetClassifyFullOutput(self->textcat);
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    int n;

    if (length > max_bytes)
        length = (size_t)(g_utf8_find_prev_char(text, text + max_bytes) - text);
    n = textcat_ClassifyFull(self->textcat, text, length, candidates); /* below 0: too short */
    for (int i = 0; n <= MAX_CANDIDATES && i < n; i++)
        g_ptr_array_add(codes, pd_fingerprints_code(candidates[i].name));
    textcat_ReleaseClassifyFullOutput(self->textcat, candidates);
    g_ptr_array_add(codes, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&codes), FALSE);
}
