/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hunspell-guard.cpp - the one file in C++: try and catch around Hunspell
 *
 * Its C interface would need the same, and does not tell WORDCHARS.
 */
#include "daemon/engine/hunspell-guard.h"

#include <glib.h>
#include <hunspell/hunspell.hxx>
#include <string>
#include <vector>

struct PdHunspell {
    PdHunspell(const char *aff, const char *dic) : hunspell(aff, dic)
    {
    }

    Hunspell hunspell;
};

PdHunspell *
pd_hunspell_new(const char *aff, const char *dic)
{
    try {
        return new PdHunspell(aff, dic);
    } catch (...) {
        return nullptr;
    }
}

void
pd_hunspell_free(PdHunspell *self)
{
    delete self;
}

const char *
pd_hunspell_encoding(PdHunspell *self)
{
    return self->hunspell.get_dict_encoding().c_str();
}

const char *
pd_hunspell_word_characters(PdHunspell *self)
{
    return self->hunspell.get_wordchars_cpp().c_str();
}

bool
pd_hunspell_spell(PdHunspell *self, const char *word)
{
    try {
        return self->hunspell.spell(std::string(word));
    } catch (...) {
        return false;
    }
}

char **
pd_hunspell_suggest(PdHunspell *self, const char *word)
{
    try {
        const std::vector<std::string> words = self->hunspell.suggest(word);
        char **list = g_new0(char *, words.size() + 1);

        for (size_t i = 0; i < words.size(); i++)
            list[i] = g_strdup(words[i].c_str());
        return list;
    } catch (...) {
        return nullptr;
    }
}
