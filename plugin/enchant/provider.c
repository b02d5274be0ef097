/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provider.c - what Enchant calls: a provider, its dictionaries
 *
 * Runs inside other people's programs. Nothing here waits for the service, prints, or ends the
 * process. A broker and its dictionaries belong to one thread at a time, so does what is here;
 * brokers share nothing.
 */
#include "plugin/enchant/abi.h"
#include "plugin/enchant/own-words.h"
#include "plugin/enchant/speller.h"

#include "daemon/engine/lexicon.h"

/* The one symbol that the module shows; Enchant looks it up by its name. */
__attribute__((visibility("default"))) void *init_enchant_provider(void);

static PdSpeller *
speller_of(void *dict)
{
    return *pd_abi_dict_data(dict);
}

static int
on_check(void *dict, const char *word, size_t length)
{
    return pd_speller_check(speller_of(dict), word, length);
}

static char **
on_suggest(void *dict, const char *word, size_t length, size_t *ret_n)
{
    char **words = pd_speller_suggest(speller_of(dict), word, length);

    *ret_n = g_strv_length(words);
    return words;
}

static void
on_add_to_session(void *dict, const char *word, size_t length)
{
    pd_speller_add_to_session(speller_of(dict), word, length);
}

static void
on_add_to_personal(void *dict, const char *word, size_t length)
{
    pd_speller_add(speller_of(dict), word, length);
}

static void
on_add(void *dict, const char *word, size_t length)
{
    pd_speller_add_perhaps(speller_of(dict), word, length);
}

static void
on_remove_from_session(void *dict, const char *word, size_t length)
{
    pd_speller_remove_from_session(speller_of(dict), word, length);
}

static const char *
on_extra_word_characters(void *dict)
{
    return pd_speller_extra_characters(speller_of(dict));
}

static int
on_is_word_character(void *dict, uint32_t c, size_t place)
{
    return pd_speller_is_word_character(speller_of(dict), c, place);
}

static void
on_dispose(void *provider)
{
    g_clear_pointer((PdOwnWords **)pd_abi_provider_data(provider), pd_own_words_unref);
    pd_abi_provider_free(provider);
}

static void *
on_request_dict(void *provider, const char *tag)
{
    const PdAbiDictMethods methods = {
        .check = on_check,
        .suggest = on_suggest,
        .add_to_session = pd_abi_detect() == PD_ABI_2_2 ? on_add_to_session : on_add,
        .remove_from_session = on_remove_from_session,
        .get_extra_word_characters = on_extra_word_characters,
        .is_word_character = on_is_word_character,
    };
    g_autofree char *list = pd_abi_personal_list(tag);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdSpeller) speller = NULL;
    void *dict;

    if (!pd_lexicon_is_installed(tag))
        return NULL;
    speller = pd_speller_new(*pd_abi_provider_data(provider), tag, list, &error);
    if (speller == NULL) {
        pd_abi_set_error(provider, error->message);
        return NULL;
    }
    dict = pd_abi_dict_new(provider, tag, &methods, on_add_to_personal, speller);
    if (dict != NULL)
        (void)g_steal_pointer(&speller);
    return dict;
}

static void
on_dispose_dict(void *provider, void *dict)
{
    g_clear_pointer((PdSpeller **)pd_abi_dict_data(dict), pd_speller_free);
    pd_abi_dict_free(dict);
}

static int
on_dictionary_exists(void *provider, const char *tag)
{
    return pd_lexicon_is_installed(tag);
}

static const char *
on_identify(void *provider)
{
    return "proofd";
}

static const char *
on_describe(void *provider)
{
    return "proofd: Hunspell dictionaries and your own words";
}

static char **
on_list_dicts(void *provider, size_t *ret_n)
{
    char **names = pd_lexicon_languages();

    *ret_n = g_strv_length(names);
    return names;
}

void *
init_enchant_provider(void)
{
    static const PdAbiProviderMethods methods = {
        .dispose = on_dispose,
        .request_dict = on_request_dict,
        .dispose_dict = on_dispose_dict,
        .dictionary_exists = on_dictionary_exists,
        .identify = on_identify,
        .describe = on_describe,
        .list_dicts = on_list_dicts,
    };
    g_autoptr(PdOwnWords) words = pd_own_words_new();
    void *provider = pd_abi_provider_new(&methods, words);

    if (provider == NULL)
        g_debug("this version of Enchant is not one that proofd's provider knows");
    else
        (void)g_steal_pointer(&words);
    return provider;
}
