/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-2.5.c - Enchant 2.5.0 to 2.6.9, after src/enchant-provider.h of 2.6.9 and NEWS of 2.5.0 */
#include <stddef.h>
#include <stdint.h>

#define VERSION "2.6.9"

struct str_enchant_dict {
    void *user_data;
    void *enchant_private_data;
    int (*check)(struct str_enchant_dict *me, const char *word, size_t len);
    char **(*suggest)(struct str_enchant_dict *me, const char *word, size_t len,
                      size_t *out_n_suggs);
    void (*add_to_session)(struct str_enchant_dict *me, const char *word, size_t len);
    void (*remove_from_session)(struct str_enchant_dict *me, const char *word, size_t len);
    const char *(*get_extra_word_characters)(struct str_enchant_dict *me);
    int (*is_word_character)(struct str_enchant_dict *me, uint32_t uc_in, size_t n);
};

#include "tests/plugin/enchant/mock-plain.h"

/* enchant_dict_add(): "also add the word to the session" */
static void
add(void *dict, const char *word)
{
    plain_add_to_session(dict, word);
    mock_list_add(tag_of(dict), word);
}

static void
drop(void *dict, const char *word)
{
    ((struct str_enchant_dict *)dict)->remove_from_session(dict, word, strlen(word));
}

const MockEnchant *
mock_enchant(const char *version)
{
    static const MockEnchant mock = { PLAIN_METHODS, .add = add, .remove = drop };

    the_version = version != NULL ? version : VERSION;
    return &mock;
}
