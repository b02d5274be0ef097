/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.c - how a text is to be checked
 */
#include "dbus/protocol.h"

#include <proofd-options.h>

struct _ProofdOptions {
    GObject parent;
    char *level;
    char *format;
    char *variant;
    char *offsets;
    char **disable;
    char **words;
    int max_candidates;
    gboolean wait;
};

enum {
    PROP_LEVEL = 1,
    PROP_FORMAT,
    PROP_VARIANT,
    PROP_OFFSETS,
    PROP_DISABLE,
    PROP_WORDS,
    PROP_MAX_CANDIDATES,
    PROP_WAIT,
};

G_DEFINE_TYPE(ProofdOptions, proofd_options, G_TYPE_OBJECT)

static void
set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    ProofdOptions *self = PROOFD_OPTIONS(object);

    switch (id) {
    case PROP_LEVEL:
        proofd_options_set_level(self, g_value_get_string(value));
        break;
    case PROP_FORMAT:
        proofd_options_set_format(self, g_value_get_string(value));
        break;
    case PROP_VARIANT:
        proofd_options_set_variant(self, g_value_get_string(value));
        break;
    case PROP_OFFSETS:
        proofd_options_set_offsets(self, g_value_get_string(value));
        break;
    case PROP_DISABLE:
        proofd_options_set_disable(self, g_value_get_boxed(value));
        break;
    case PROP_WORDS:
        proofd_options_set_words(self, g_value_get_boxed(value));
        break;
    case PROP_MAX_CANDIDATES:
        self->max_candidates = g_value_get_int(value);
        break;
    case PROP_WAIT:
        self->wait = g_value_get_boolean(value);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    ProofdOptions *self = PROOFD_OPTIONS(object);

    switch (id) {
    case PROP_LEVEL:
        g_value_set_string(value, self->level);
        break;
    case PROP_FORMAT:
        g_value_set_string(value, self->format);
        break;
    case PROP_VARIANT:
        g_value_set_string(value, self->variant);
        break;
    case PROP_OFFSETS:
        g_value_set_string(value, self->offsets);
        break;
    case PROP_DISABLE:
        g_value_set_boxed(value, self->disable);
        break;
    case PROP_WORDS:
        g_value_set_boxed(value, self->words);
        break;
    case PROP_MAX_CANDIDATES:
        g_value_set_int(value, self->max_candidates);
        break;
    case PROP_WAIT:
        g_value_set_boolean(value, self->wait);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
finalize(GObject *object)
{
    ProofdOptions *self = PROOFD_OPTIONS(object);

    g_free(self->level);
    g_free(self->format);
    g_free(self->variant);
    g_free(self->offsets);
    g_strfreev(self->disable);
    g_strfreev(self->words);
    G_OBJECT_CLASS(proofd_options_parent_class)->finalize(object);
}

static void
proofd_options_class_init(ProofdOptionsClass *class)
{
    static const char *const strings[] = { "level", "format", "variant", "offsets" };
    static const char *const lists[] = { "disable", "words" };
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
    GObjectClass *object = G_OBJECT_CLASS(class);

    object->set_property = set_property;
    object->get_property = get_property;
    object->finalize = finalize;
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        g_object_class_install_property(object, PROP_LEVEL + i,
                                        g_param_spec_string(strings[i], NULL, NULL, NULL, flags));
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        g_object_class_install_property(
            object, PROP_DISABLE + i, g_param_spec_boxed(lists[i], NULL, NULL, G_TYPE_STRV, flags));
    g_object_class_install_property(
        object, PROP_MAX_CANDIDATES,
        g_param_spec_int("max-candidates", NULL, NULL, -1, PD_MAX_CANDIDATES, -1, flags));
    g_object_class_install_property(object, PROP_WAIT,
                                    g_param_spec_boolean("wait", NULL, NULL, TRUE, flags));
}

static void
proofd_options_init(ProofdOptions *self)
{
    self->max_candidates = -1;
    self->wait = TRUE;
}

ProofdOptions *
proofd_options_new(void)
{
    return g_object_new(PROOFD_TYPE_OPTIONS, NULL);
}

void
proofd_options_set_level(ProofdOptions *self, const char *level)
{
    char *copy = g_strdup(level);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_free(self->level);
    self->level = copy;
}

const char *
proofd_options_get_level(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return self->level;
}

void
proofd_options_set_format(ProofdOptions *self, const char *format)
{
    char *copy = g_strdup(format);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_free(self->format);
    self->format = copy;
}

const char *
proofd_options_get_format(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return self->format;
}

void
proofd_options_set_variant(ProofdOptions *self, const char *variant)
{
    char *copy = g_strdup(variant);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_free(self->variant);
    self->variant = copy;
}

const char *
proofd_options_get_variant(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return self->variant;
}

void
proofd_options_set_offsets(ProofdOptions *self, const char *offsets)
{
    char *copy = g_strdup(offsets);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_free(self->offsets);
    self->offsets = copy;
}

const char *
proofd_options_get_offsets(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return self->offsets;
}

void
proofd_options_set_disable(ProofdOptions *self, const char *const *disable)
{
    char **copy = g_strdupv((char **)disable);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_strfreev(self->disable);
    self->disable = copy;
}

const char *const *
proofd_options_get_disable(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return (const char *const *)self->disable;
}

void
proofd_options_set_words(ProofdOptions *self, const char *const *words)
{
    char **copy = g_strdupv((char **)words);

    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    g_strfreev(self->words);
    self->words = copy;
}

const char *const *
proofd_options_get_words(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), NULL);
    return (const char *const *)self->words;
}

void
proofd_options_set_max_candidates(ProofdOptions *self, int max_candidates)
{
    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    self->max_candidates = CLAMP(max_candidates, -1, PD_MAX_CANDIDATES);
}

int
proofd_options_get_max_candidates(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), -1);
    return self->max_candidates;
}

void
proofd_options_set_wait(ProofdOptions *self, gboolean wait)
{
    g_return_if_fail(PROOFD_IS_OPTIONS(self));
    self->wait = wait;
}

gboolean
proofd_options_get_wait(ProofdOptions *self)
{
    g_return_val_if_fail(PROOFD_IS_OPTIONS(self), TRUE);
    return self->wait;
}
