/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-plain.h - what Enchant 2.2 to 2.6 have in common: the broker, in plain C
 *
 * After src/lib.c of 2.2.15. Included once, behind the definition of struct str_enchant_dict and of
 * VERSION.
 */
#pragma once

#include "tests/plugin/enchant/mock.h"

#include <string.h>

/* src/enchant-provider.h, 2.2.15, 2.3.3, 2.6.9 */
struct str_enchant_provider {
    void *user_data;
    void *enchant_private_data;
    void *owner;
    void (*dispose)(struct str_enchant_provider *me);
    struct str_enchant_dict *(*request_dict)(struct str_enchant_provider *me, const char *tag);
    void (*dispose_dict)(struct str_enchant_provider *me, struct str_enchant_dict *dict);
    int (*dictionary_exists)(struct str_enchant_provider *me, const char *tag);
    const char *(*identify)(struct str_enchant_provider *me);
    const char *(*describe)(struct str_enchant_provider *me);
    char **(*list_dicts)(struct str_enchant_provider *me, size_t *out_n_dicts);
};

typedef struct {
    char *tag;
} Private; /* what enchant_private_data of a dictionary points to */

static struct str_enchant_provider *the_provider;
static char *the_error;
static const char *the_version = VERSION;

const char *enchant_get_version(void);
void enchant_provider_set_error(struct str_enchant_provider *provider, const char *err);
char *enchant_get_user_config_dir(void);

const char *
enchant_get_version(void)
{
    return the_version;
}

void
enchant_provider_set_error(struct str_enchant_provider *provider, const char *err)
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

static bool
plain_open(void *(*init)(void))
{
    struct str_enchant_provider *p = init();

    if (p == NULL)
        return false;
    g_assert_null(p->enchant_private_data);
    g_assert_null(p->owner);
    g_assert_true(p->dispose && p->request_dict && p->dispose_dict && p->identify && p->describe &&
                  p->list_dicts && p->dictionary_exists);
    p->enchant_private_data = MOCK_MARK;
    p->owner = MOCK_MARK;
    the_provider = p;
    return true;
}

static void
plain_close(void)
{
    g_assert_true(the_provider->enchant_private_data == MOCK_MARK);
    g_assert_true(the_provider->owner == MOCK_MARK);
    the_provider->dispose(the_provider);
    the_provider = NULL;
    g_clear_pointer(&the_error, g_free);
}

static const char *
plain_error(void)
{
    return the_error;
}

static const char *
plain_identify(void)
{
    return the_provider->identify(the_provider);
}

static const char *
plain_describe(void)
{
    return the_provider->describe(the_provider);
}

static char **
plain_list_dicts(size_t *ret_n)
{
    return the_provider->list_dicts(the_provider, ret_n);
}

static int
plain_exists(const char *tag)
{
    return the_provider->dictionary_exists(the_provider, tag);
}

static void *
plain_request(const char *tag)
{
    struct str_enchant_dict *dict = the_provider->request_dict(the_provider, tag);
    Private *private;

    if (dict == NULL)
        return NULL;
    g_assert_null(dict->enchant_private_data);
    private = g_new0(Private, 1);
    private->tag = g_strdup(tag);
    dict->enchant_private_data = private;
    return dict;
}

static void
plain_free_dict(void *dict)
{
    Private *private = ((struct str_enchant_dict *)dict)->enchant_private_data;

    g_free(private->tag);
    g_free(private);
    the_provider->dispose_dict(the_provider, dict);
}

static int
plain_check(void *dict, const char *word, size_t length)
{
    return ((struct str_enchant_dict *)dict)->check(dict, word, length);
}

static char **
plain_suggest(void *dict, const char *word, size_t length, size_t *ret_n)
{
    return ((struct str_enchant_dict *)dict)->suggest(dict, word, length, ret_n);
}

static const char *
tag_of(void *dict)
{
    return ((Private *)((struct str_enchant_dict *)dict)->enchant_private_data)->tag;
}

static void
plain_add_to_session(void *dict, const char *word)
{
    ((struct str_enchant_dict *)dict)->add_to_session(dict, word, strlen(word));
}

static const char *
plain_extra_characters(void *dict)
{
    return ((struct str_enchant_dict *)dict)->get_extra_word_characters(dict);
}

static int
plain_is_word_character(void *dict, uint32_t c, size_t place)
{
    return ((struct str_enchant_dict *)dict)->is_word_character(dict, c, place);
}

#define PLAIN_METHODS                                                                           \
    .open = plain_open, .close = plain_close, .error = plain_error, .identify = plain_identify, \
    .describe = plain_describe, .list_dicts = plain_list_dicts, .exists = plain_exists,         \
    .request = plain_request, .free_dict = plain_free_dict, .check = plain_check,               \
    .suggest = plain_suggest, .add_to_session = plain_add_to_session,                           \
    .extra_characters = plain_extra_characters, .is_word_character = plain_is_word_character
