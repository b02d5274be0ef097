/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * abi.h - Enchant's interface to providers, in each layout that it has had since 2.2
 *
 * Enchant 2 has one module directory and one soname (libenchant-2.so.2) for all of its versions,
 * but changed what a module and the library hand each other four times, last inside 2.8. The
 * header of it, enchant-provider.h, is not installed since 2.8.11. So the layouts are written down
 * here, with where they were read, and which one counts is found out when the module is loaded: by
 * the symbols that the library in the process has, the sizes of its GLib types, and its version.
 *
 * Owners. Words come in as bytes with a length, not always with a NUL behind it. Lists of strings
 * that a provider returns are freed by Enchant with g_strfreev().
 */
#pragma once

#include <glib-object.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    PD_ABI_NONE, /* none that is known: this module stays out */
    /*
     * 2.2.0 to 2.4.0. Plain structs, which the provider allocates and frees. One hook for a word
     * that shall be kept, add_to_personal, and one for a word of this session.
     * Read in src/enchant-provider.h and src/lib.c of 2.2.15 and 2.3.3.
     */
    PD_ABI_2_2,
    /*
     * 2.5.0 to 2.6.9. The same, but words to keep come through add_to_session as well, and
     * remove_from_session takes add_to_exclude's part.
     * Read in src/enchant-provider.h and NEWS of 2.6.9.
     */
    PD_ABI_2_5,
    /*
     * 2.7.0 to 2.8.6. The library is written in Vala: providers and dictionaries are instances of
     * GLib types, which enchant_provider_new() and enchant_broker_new_dict() make. The broker owns
     * the dictionary.
     * Read in lib/enchant-provider.h, lib/dict.vala and lib/provider.vala of 2.8.2.
     */
    PD_ABI_2_7,
    /*
     * 2.8.7 to 2.8.10. The same layout, but request_dict() hands over a reference to what
     * enchant_dict_new() made; enchant_broker_new_dict() has another argument.
     * Read in lib/broker.vala at 40109974 and providers/enchant_hunspell.cpp of that time.
     */
    PD_ABI_2_8_7,
    /*
     * 2.8.11 on. What a provider fills in is an EnchantProviderDict, made by
     * enchant_provider_dict_new(), which refers to its provider.
     * Read in lib/enchant-provider.h and lib/provider-dict.vala at 1a974663, and, without a
     * header, in the symbols of 2.8.16.
     */
    PD_ABI_2_8_11,
} PdAbi;

/* What stands first in an instance of a fundamental type that valac wrote. */
typedef struct {
    GTypeInstance parent_instance;
    volatile int ref_count;
    gpointer priv;
} PdAbiInstance;

/* What a dictionary can be asked. @me: the dictionary; 0: the word is right, 1: not, -1: failed. */
typedef int (*PdAbiCheck)(void *me, const char *word, size_t length);
typedef char **(*PdAbiSuggest)(void *me, const char *word, size_t length, size_t *ret_n);
typedef void (*PdAbiWord)(void *me, const char *word, size_t length);
typedef const char *(*PdAbiExtraCharacters)(void *me);
typedef int (*PdAbiIsWordCharacter)(void *me, uint32_t c, size_t place);

/* The methods of a dictionary of PD_ABI_2_5 and all later ones, without a gap. */
typedef struct {
    PdAbiCheck check;
    PdAbiSuggest suggest;
    PdAbiWord add_to_session;
    PdAbiWord remove_from_session;
    PdAbiExtraCharacters get_extra_word_characters;
    PdAbiIsWordCharacter is_word_character;
} PdAbiDictMethods;

typedef struct { /* PD_ABI_2_2 */
    gpointer user_data;
    gpointer enchant_private_data;
    PdAbiCheck check;
    PdAbiSuggest suggest;
    PdAbiWord add_to_personal;
    PdAbiWord add_to_session;
    void (*store_replacement)(void *me, const char *wrong, size_t wrong_length, const char *right,
                              size_t right_length);
    PdAbiWord add_to_exclude;
    PdAbiExtraCharacters get_extra_word_characters;
    PdAbiIsWordCharacter is_word_character;
} PdAbiDict22;

typedef struct { /* PD_ABI_2_5 */
    gpointer user_data;
    gpointer enchant_private_data;
    PdAbiDictMethods methods;
} PdAbiDict25;

typedef struct { /* PD_ABI_2_7, PD_ABI_2_8_7 */
    PdAbiInstance instance;
    gpointer user_data;
    gpointer session;
    PdAbiDictMethods methods;
} PdAbiDict27;

typedef struct { /* PD_ABI_2_8_11 */
    PdAbiInstance instance;
    gpointer user_data;
    gpointer provider;
    char *language_tag;
    char *error;
    PdAbiDictMethods methods;
} PdAbiDict2811;

/* The methods of a provider: the same in all layouts. */
typedef struct {
    void (*dispose)(void *me);
    void *(*request_dict)(void *me, const char *tag);
    void (*dispose_dict)(void *me, void *dict);
    int (*dictionary_exists)(void *me, const char *tag);
    const char *(*identify)(void *me);
    const char *(*describe)(void *me);
    char **(*list_dicts)(void *me, size_t *ret_n);
} PdAbiProviderMethods;

typedef struct { /* PD_ABI_2_2, PD_ABI_2_5 */
    gpointer user_data;
    gpointer module;
    gpointer owner;
    PdAbiProviderMethods methods;
} PdAbiProvider22;

typedef struct { /* PD_ABI_2_7 and later */
    PdAbiInstance instance;
    gpointer user_data;
    gpointer module;
    gpointer owner;
    PdAbiProviderMethods methods;
} PdAbiProvider27;

/* Which one the library in this process has; looked at each time, nothing is remembered. */
PdAbi pd_abi_detect(void);

/**
 * pd_abi_provider_new:
 * @data: what pd_abi_provider_data() gives
 *
 * Returns: what init_enchant_provider() shall return; NULL: PD_ABI_NONE. @data is not taken then
 */
void *pd_abi_provider_new(const PdAbiProviderMethods *methods, gpointer data);
gpointer *pd_abi_provider_data(void *provider); /* borrowed: where it is kept */
/* To be called last in dispose(): frees it where that is the provider's task. */
void pd_abi_provider_free(void *provider);

/**
 * pd_abi_dict_new:
 * @methods: add_to_session is used in PD_ABI_2_2 for the session's words alone
 * @add_to_personal: for PD_ABI_2_2
 *
 * Returns: what request_dict() shall return; NULL: the library could not make it
 */
void *pd_abi_dict_new(void *provider, const char *tag, const PdAbiDictMethods *methods,
                      PdAbiWord add_to_personal, gpointer data);
gpointer *pd_abi_dict_data(void *dict); /* as pd_abi_provider_data() */
void pd_abi_dict_free(void *dict);      /* as pd_abi_provider_free(), in dispose_dict() */

/* What enchant_broker_get_error() shall say; @message is UTF-8. */
void pd_abi_set_error(void *provider, const char *message);

/* (transfer full): where Enchant keeps the words that were added to the dictionary of @tag. */
char *pd_abi_personal_list(const char *tag);
