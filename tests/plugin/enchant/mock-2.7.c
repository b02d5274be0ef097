/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-2.7.c - Enchant 2.7.0 to 2.8.10, after lib/enchant-provider.h and lib/dict.vala of 2.8.2
 *
 * With OWNED defined, from 2.8.7 on: after lib/broker.vala at 40109974, where request_dict() hands
 * over a reference and enchant_broker_new_dict() takes one.
 */
#include <glib-object.h>
#include <stddef.h>
#include <stdint.h>

#define DICT struct _EnchantDict
#ifdef OWNED
#define VERSION "2.8.10"
#else
#define VERSION "2.8.2"
#endif

typedef struct _EnchantDict {
    GTypeInstance parent_instance;
    volatile int ref_count;
    void *priv;
    void *user_data;
    void *enchant_private_data;
    int (*check)(struct _EnchantDict *me, const char *word, size_t len);
    char **(*suggest)(struct _EnchantDict *me, const char *word, size_t len, size_t *out_n_suggs);
    void (*add_to_session)(struct _EnchantDict *me, const char *word, size_t len);
    void (*remove_from_session)(struct _EnchantDict *me, const char *word, size_t len);
    const char *(*get_extra_word_characters)(struct _EnchantDict *me);
    int (*is_word_character)(struct _EnchantDict *me, uint32_t uc_in, size_t n);
} EnchantDict;

#include "tests/plugin/enchant/mock-instances.h"

typedef struct {
    char *language_tag;
    EnchantProvider *provider; /* a reference */
} EnchantSession;

GType enchant_dict_get_type(void);
EnchantDict *enchant_dict_new(void);

GType
enchant_dict_get_type(void)
{
    static GType type;

    if (type == 0)
        type = register_type("EnchantDict", sizeof(EnchantDict));
    return type;
}

EnchantDict *
enchant_dict_new(void)
{
    EnchantDict *dict = (EnchantDict *)g_type_create_instance(enchant_dict_get_type());

    dict->ref_count = 1;
    dict->priv = MOCK_MARK;
    return dict;
}

#ifdef OWNED
EnchantDict *enchant_broker_new_dict(void *broker, EnchantDict *dict);

EnchantDict *
enchant_broker_new_dict(void *broker, EnchantDict *dict)
{
    g_assert_not_reached(); /* the broker's own affair */
}
#else
static EnchantDict *last_new; /* what the broker's set has got */
EnchantDict *enchant_broker_new_dict(void *broker);

EnchantDict *
enchant_broker_new_dict(void *broker)
{
    g_assert_true(broker == MOCK_MARK);
    last_new = enchant_dict_new();
    return last_new;
}
#endif

static void *
request(const char *tag)
{
    EnchantDict *dict = the_provider->request_dict(the_provider, tag);
    EnchantSession *session;

    if (dict == NULL)
        return NULL;
#ifndef OWNED
    g_assert_true(dict == last_new);
#endif
    g_assert_cmpint(dict->ref_count, ==, 1);
    g_assert_true(dict->priv == MOCK_MARK && dict->enchant_private_data == NULL);
    session = g_new0(EnchantSession, 1);
    session->language_tag = g_strdup(tag);
    session->provider = the_provider;
    the_provider->ref_count++;
    dict->enchant_private_data = session;
    return dict;
}

/* enchant_broker_free_dict(), and ~EnchantDict */
static void
free_dict(void *data)
{
    EnchantDict *dict = data;
    EnchantSession *session = dict->enchant_private_data;

    g_assert_cmpint(dict->ref_count, ==, 1);
    g_assert_true(dict->priv == MOCK_MARK);
    session->provider->dispose_dict(session->provider, dict);
    g_assert_true(dict->enchant_private_data == session);
    unref_provider(session->provider);
    g_free(session->language_tag);
    g_free(session);
    g_type_free_instance((GTypeInstance *)dict);
}

static void
add(void *dict, const char *word)
{
    instances_add_to_session(dict, word);
    mock_list_add(((EnchantSession *)((EnchantDict *)dict)->enchant_private_data)->language_tag,
                  word);
}

const MockEnchant *
mock_enchant(const char *version)
{
    static const MockEnchant mock = { INSTANCES_METHODS, .dict_type = "EnchantDict",
                                      .request = request, .free_dict = free_dict, .add = add };

    the_version = version != NULL ? version : VERSION;
    return &mock;
}
