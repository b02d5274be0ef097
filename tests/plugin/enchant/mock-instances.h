/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-instances.h - what Enchant 2.7 and later have in common: providers are instances
 *
 * After lib/provider.vala and lib/broker.vala of 2.8.2. Included once, behind the definition of
 * DICT, the type of a provider's dictionary, and of VERSION.
 */
#pragma once

#include "tests/plugin/enchant/mock.h"

#include <glib-object.h>
#include <string.h>

/* lib/enchant-provider.h, 2.8.2 and 1a974663 */
typedef struct _EnchantProvider EnchantProvider;
struct _EnchantProvider {
    GTypeInstance parent_instance;
    volatile int ref_count;
    void *priv;
    void *user_data;
    void *enchant_private_data;
    void *owner;
    void (*dispose)(EnchantProvider *me);
    DICT *(*request_dict)(EnchantProvider *me, const char *tag);
    void (*dispose_dict)(EnchantProvider *me, DICT *dict);
    int (*dictionary_exists)(EnchantProvider *me, const char *tag);
    const char *(*identify)(EnchantProvider *me);
    const char *(*describe)(EnchantProvider *me);
    char **(*list_dicts)(EnchantProvider *me, size_t *out_n_dicts);
};

static EnchantProvider *the_provider;
static char *the_error;
static const char *the_version = VERSION;

const char *enchant_get_version(void);
void enchant_provider_set_error(EnchantProvider *provider, const char *err);
char *enchant_get_user_config_dir(void);
GType enchant_provider_get_type(void);
EnchantProvider *enchant_provider_new(void);

const char *
enchant_get_version(void)
{
    return the_version;
}

void
enchant_provider_set_error(EnchantProvider *provider, const char *err)
{
    g_assert_true(provider->owner == MOCK_MARK && g_utf8_validate(err, -1, NULL));
    g_free(the_error);
    the_error = g_strdup(err);
}

char *
enchant_get_user_config_dir(void)
{
    return g_strdup(g_getenv("ENCHANT_CONFIG_DIR"));
}

/* As valac registers a class without a parent. */
static GType
register_type(const char *name, gsize size)
{
    const GTypeFundamentalInfo fundamental = { G_TYPE_FLAG_CLASSED | G_TYPE_FLAG_INSTANTIATABLE };
    const char *more = g_getenv("MOCK_LARGER"); /* the name of a type that has a field more */
    GTypeInfo info = { .class_size = sizeof(GTypeClass), .instance_size = (guint16)size };

    if (g_strcmp0(more, name) == 0)
        info.instance_size += sizeof(void *);
    return g_type_register_fundamental(g_type_fundamental_next(), name, &info, &fundamental, 0);
}

GType
enchant_provider_get_type(void)
{
    static GType type;

    if (type == 0)
        type = register_type("EnchantProvider", sizeof(EnchantProvider));
    return type;
}

EnchantProvider *
enchant_provider_new(void)
{
    EnchantProvider *p = (EnchantProvider *)g_type_create_instance(enchant_provider_get_type());

    p->ref_count = 1;
    p->priv = MOCK_MARK;
    return p;
}

static void
unref_provider(EnchantProvider *p)
{
    g_assert_true(p->priv == MOCK_MARK && p->owner == MOCK_MARK);
    g_assert_true(p->enchant_private_data == MOCK_MARK);
    if (--p->ref_count > 0)
        return;
    if (p->dispose != NULL)
        p->dispose(p);
    g_type_free_instance((GTypeInstance *)p);
}

static bool
instances_open(void *(*init)(void))
{
    EnchantProvider *p = init();

    if (p == NULL)
        return false;
    g_assert_cmpint(p->ref_count, ==, 1);
    g_assert_true(p->priv == MOCK_MARK);
    g_assert_true(p->enchant_private_data == NULL && p->owner == NULL);
    g_assert_true(p->request_dict && p->dispose_dict && p->list_dicts && p->dictionary_exists);
    g_assert_true(g_utf8_validate(p->identify(p), -1, NULL));
    g_assert_true(g_utf8_validate(p->describe(p), -1, NULL));
    p->enchant_private_data = MOCK_MARK;
    p->owner = MOCK_MARK;
    the_provider = p;
    return true;
}

static void
instances_close(void)
{
    g_assert_cmpint(the_provider->ref_count, ==, 1);
    unref_provider(g_steal_pointer(&the_provider));
    g_clear_pointer(&the_error, g_free);
}

static const char *
instances_error(void)
{
    return the_error;
}

static const char *
instances_identify(void)
{
    return the_provider->identify(the_provider);
}

static const char *
instances_describe(void)
{
    return the_provider->describe(the_provider);
}

static char **
instances_list_dicts(size_t *ret_n)
{
    return the_provider->list_dicts(the_provider, ret_n);
}

static int
instances_exists(const char *tag)
{
    return the_provider->dictionary_exists(the_provider, tag);
}

static int
instances_check(void *dict, const char *word, size_t length)
{
    return ((DICT *)dict)->check(dict, word, length);
}

static char **
instances_suggest(void *dict, const char *word, size_t length, size_t *ret_n)
{
    return ((DICT *)dict)->suggest(dict, word, length, ret_n);
}

static void
instances_add_to_session(void *dict, const char *word)
{
    ((DICT *)dict)->add_to_session(dict, word, strlen(word));
}

static void
instances_remove(void *dict, const char *word)
{
    ((DICT *)dict)->remove_from_session(dict, word, strlen(word));
}

static const char *
instances_extra_characters(void *dict)
{
    return ((DICT *)dict)->get_extra_word_characters(dict);
}

static int
instances_is_word_character(void *dict, uint32_t c, size_t place)
{
    return ((DICT *)dict)->is_word_character(dict, c, place);
}

#define INSTANCES_METHODS                                                                     \
    .open = instances_open, .close = instances_close, .error = instances_error,               \
    .identify = instances_identify, .describe = instances_describe,                           \
    .list_dicts = instances_list_dicts, .exists = instances_exists, .check = instances_check, \
    .suggest = instances_suggest, .add_to_session = instances_add_to_session,                 \
    .remove = instances_remove, .extra_characters = instances_extra_characters,               \
    .is_word_character = instances_is_word_character
