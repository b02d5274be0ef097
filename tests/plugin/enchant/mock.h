/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock.h - a libenchant-2.so.2 of one generation, small enough to be read
 *
 * Each mock-*.c is a shared library of that soname. It has its own definitions of what it shares
 * with a provider, written from the sources of the versions that it names, the functions that such
 * a version exports to providers, and calls a provider in the same order. Fields that only the
 * library may change are filled with marks, and looked at before they go.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    bool has_personal_hook; /* a provider is told which words to keep */
    const char *dict_type;  /* GLib type of a provider's dictionary; NULL: a plain struct */
    /* Makes a broker with one provider; @init: init_enchant_provider. False: it is not valid */
    bool (*open)(void *(*init)(void));
    void (*close)(void);        /* frees all */
    const char *(*error)(void); /* of the broker; NULL: none */
    const char *(*identify)(void);
    const char *(*describe)(void);
    char **(*list_dicts)(size_t *ret_n);
    int (*exists)(const char *tag);
    void *(*request)(const char *tag); /* NULL: the provider has none */
    void (*free_dict)(void *dict);
    int (*check)(void *dict, const char *word, size_t length);
    char **(*suggest)(void *dict, const char *word, size_t length, size_t *ret_n);
    void (*add)(void *dict, const char *word);
    void (*add_to_session)(void *dict, const char *word);
    void (*remove)(void *dict, const char *word);
    const char *(*extra_characters)(void *dict);
    int (*is_word_character)(void *dict, uint32_t c, size_t place);
} MockEnchant;

/* (borrowed); @version: which it says it is; NULL: its own */
const MockEnchant *mock_enchant(const char *version);

/* (transfer full): $ENCHANT_CONFIG_DIR/TAG.dic, where an Enchant keeps the words to keep. */
static inline char *
mock_list_path(const char *tag)
{
    g_autofree char *name = g_strconcat(tag, ".dic", NULL);

    return g_build_filename(g_getenv("ENCHANT_CONFIG_DIR"), name, NULL);
}

/* (transfer full): its lines, none where there is no such file */
static inline char **
mock_list_words(const char *tag)
{
    g_autofree char *path = mock_list_path(tag);
    g_autofree char *text = NULL;

    (void)g_file_get_contents(path, &text, NULL, NULL);
    return g_strsplit(text != NULL ? text : "", "\n", -1);
}

static inline void
mock_list_add(const char *tag, const char *word)
{
    g_autofree char *path = mock_list_path(tag);
    g_autofree char *more = NULL;
    g_autofree char *text = NULL;

    (void)g_file_get_contents(path, &text, NULL, NULL);
    more = g_strconcat(text != NULL ? text : "", word, "\n", NULL);
    g_assert_true(g_file_set_contents(path, more, -1, NULL));
}

#define MOCK_MARK ((void *)(uintptr_t)0x5a5a5a5a) /* in what a provider must leave alone */
