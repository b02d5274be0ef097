/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-2.8.11.c - Enchant 2.8.11 on, after lib/enchant-provider.h, lib/provider-dict.vala and
 * lib/dict.vala at 1a974663
 */
#include <glib-object.h>
#include <stddef.h>
#include <stdint.h>

#define DICT struct _EnchantProviderDict
#define VERSION "2.8.16"

typedef struct _EnchantProviderDict {
    GTypeInstance parent_instance;
    volatile int ref_count;
    void *priv;
    void *user_data;
    struct _EnchantProvider *provider;
    char *language_tag;
    char *error;
    int (*check)(struct _EnchantProviderDict *me, const char *word, size_t len);
    char **(*suggest)(struct _EnchantProviderDict *me, const char *word, size_t len,
                      size_t *out_n_suggs);
    void (*add_to_session)(struct _EnchantProviderDict *me, const char *word, size_t len);
    void (*remove_from_session)(struct _EnchantProviderDict *me, const char *word, size_t len);
    const char *(*get_extra_word_characters)(struct _EnchantProviderDict *me);
    int (*is_word_character)(struct _EnchantProviderDict *me, uint32_t uc_in, size_t n);
} EnchantProviderDict;

#include "tests/plugin/enchant/mock-instances.h"

GType enchant_provider_dict_get_type(void);
EnchantProviderDict *enchant_provider_dict_new(EnchantProvider *provider, const char *tag);
void *enchant_broker_new_dict(void *broker, void *session);
GType enchant_dict_get_type(void);

GType
enchant_provider_dict_get_type(void)
{
    static GType type;

    if (type == 0)
        type = register_type("EnchantProviderDict", sizeof(EnchantProviderDict));
    return type;
}

/* The session of a program, which no provider sees: another size, and an older name. */
GType
enchant_dict_get_type(void)
{
    g_assert_not_reached();
}

void *
enchant_broker_new_dict(void *broker, void *session)
{
    g_assert_not_reached();
}

EnchantProviderDict *
enchant_provider_dict_new(EnchantProvider *provider, const char *tag)
{
    EnchantProviderDict *dict =
        (EnchantProviderDict *)g_type_create_instance(enchant_provider_dict_get_type());

    dict->ref_count = 1;
    dict->priv = MOCK_MARK;
    dict->provider = provider;
    provider->ref_count++;
    dict->language_tag = g_strdup(tag);
    return dict;
}

/* Since 2.8.15, a provider is told all words of the list when a dictionary is opened. */
static void
add_listed(EnchantProviderDict *dict)
{
    g_auto(GStrv) words = mock_list_words(dict->language_tag);

    for (size_t i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            dict->add_to_session(dict, words[i], strlen(words[i]));
}

static void *
request(const char *tag)
{
    EnchantProviderDict *dict = the_provider->request_dict(the_provider, tag);

    if (dict == NULL)
        return NULL;
    g_assert_cmpint(dict->ref_count, ==, 1);
    g_assert_true(dict->priv == MOCK_MARK && dict->provider == the_provider);
    g_assert_cmpstr(dict->language_tag, ==, tag);
    g_assert_null(dict->error);
    add_listed(dict);
    return dict;
}

/* enchant_broker_free_dict(), and ~EnchantProviderDict */
static void
free_dict(void *data)
{
    EnchantProviderDict *dict = data;

    g_assert_cmpint(dict->ref_count, ==, 1);
    g_assert_true(dict->priv == MOCK_MARK && dict->provider == the_provider);
    dict->provider->dispose_dict(dict->provider, dict);
    unref_provider(dict->provider);
    g_free(dict->language_tag);
    g_free(dict->error);
    g_type_free_instance((GTypeInstance *)dict);
}

/* EnchantDict.add(): the list first since 2.8.15, and then the session. */
static void
add(void *dict, const char *word)
{
    mock_list_add(((EnchantProviderDict *)dict)->language_tag, word);
    instances_add_to_session(dict, word);
}

const MockEnchant *
mock_enchant(const char *version)
{
    static const MockEnchant mock = { INSTANCES_METHODS, .dict_type = "EnchantProviderDict",
                                      .request = request, .free_dict = free_dict, .add = add };

    the_version = version != NULL ? version : VERSION;
    return &mock;
}
