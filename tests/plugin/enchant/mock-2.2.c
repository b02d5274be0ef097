/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-2.2.c - Enchant 2.2.0 to 2.4.0, after src/enchant-provider.h, src/lib.c of 2.2.15, 2.3.3 */
#include <stddef.h>
#include <stdint.h>

#define VERSION "2.3.3"

struct str_enchant_dict {
    void *user_data;
    void *enchant_private_data;
    int (*check)(struct str_enchant_dict *me, const char *word, size_t len);
    char **(*suggest)(struct str_enchant_dict *me, const char *word, size_t len,
                      size_t *out_n_suggs);
    void (*add_to_personal)(struct str_enchant_dict *me, const char *word, size_t len);
    void (*add_to_session)(struct str_enchant_dict *me, const char *word, size_t len);
    void (*store_replacement)(struct str_enchant_dict *me, const char *mis, size_t mis_len,
                              const char *cor, size_t cor_len);
    void (*add_to_exclude)(struct str_enchant_dict *me, const char *word, size_t len);
    const char *(*get_extra_word_characters)(struct str_enchant_dict *me);
    int (*is_word_character)(struct str_enchant_dict *me, uint32_t uc_in, size_t n);
};

#include "tests/plugin/enchant/mock-plain.h"

/* enchant_dict_add() */
static void
add(void *dict, const char *word)
{
    struct str_enchant_dict *d = dict;

    mock_list_add(tag_of(dict), word);
    if (d->add_to_personal)
        d->add_to_personal(d, word, strlen(word));
}

/* enchant_dict_remove() */
static void
drop(void *dict, const char *word)
{
    struct str_enchant_dict *d = dict;

    if (d->add_to_exclude)
        d->add_to_exclude(d, word, strlen(word));
}

const MockEnchant *
mock_enchant(const char *version)
{
    static const MockEnchant mock = { PLAIN_METHODS, .has_personal_hook = true, .add = add,
                                      .remove = drop };

    the_version = version != NULL ? version : VERSION;
    return &mock;
}
