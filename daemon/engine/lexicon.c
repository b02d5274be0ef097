/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lexicon.c - Hunspell behind an opaque type
 *
 * Hunspell trusts its files: it never fails to open one, and a wrong count of words in a .dic
 * makes it allocate as much. So the files are looked at first. It wants words in the dictionary's
 * own encoding and gives such words back.
 */
#include "daemon/engine/lexicon.h"

#include "daemon/engine/error.h"
#include "daemon/engine/hunspell-guard.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

#define MAX_WORD_CHARS 100 /* Hunspell's MAXWORDLEN, which it counts in bytes if encoded so */
#define MAX_WORD_BYTES 300 /* of UTF-8, to Hunspell */
#define MAX_KNOWN 32768    /* words remembered, in each of two generations */
#define MAX_SUGGESTED 2048
#define MAX_LANGUAGE_BYTES 64

/*
 * A table of bounded size: when the young one is full it becomes the old one, and what was not
 * asked for since is gone with the old one.
 */
typedef struct {
    GHashTable *young;
    GHashTable *old;
    guint max;
    GDestroyNotify free_value;
} Memory;

struct PdLexicon {
    PdHunspell *hunspell;
    char *name;
    GIConv to_dictionary; /* (GIConv)-1: the dictionary is UTF-8 */
    GIConv from_dictionary;
    char *word_characters; /* NULL: not asked for yet */
    Memory known;          /* word -> 1 + whether known */
    Memory suggested;      /* word -> GStrv */
};

static void
memory_init(Memory *self, guint max, GDestroyNotify free_value)
{
    self->max = max;
    self->free_value = free_value;
    self->young = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
    self->old = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
}

static void
memory_done(Memory *self)
{
    g_clear_pointer(&self->young, g_hash_table_unref);
    g_clear_pointer(&self->old, g_hash_table_unref);
}

/* Takes @value. */
static void
memory_put(Memory *self, char *taken_key, gpointer value)
{
    if (g_hash_table_size(self->young) >= self->max) {
        g_hash_table_unref(self->old);
        self->old = self->young;
        self->young = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, self->free_value);
    }
    g_hash_table_replace(self->young, taken_key, value);
}

static gpointer
memory_get(Memory *self, const char *key)
{
    gpointer value = g_hash_table_lookup(self->young, key);
    gpointer old_key;

    if (value != NULL || !g_hash_table_steal_extended(self->old, key, &old_key, &value))
        return value;
    memory_put(self, old_key, value);
    return value;
}

/* (transfer full): directories that may hold dictionaries. */
static char **
dictionary_dirs(void)
{
    const char *own = g_getenv("PROOFD_DICTIONARIES");
    const char *const *system = g_get_system_data_dirs();
    g_autoptr(GPtrArray) dirs = g_ptr_array_new();

    if (own != NULL && *own != '\0')
        return g_strsplit(own, G_SEARCHPATH_SEPARATOR_S, -1);
    g_ptr_array_add(dirs, g_build_filename(g_get_user_data_dir(), "hunspell", NULL));
    for (size_t i = 0; system[i] != NULL; i++) {
        g_ptr_array_add(dirs, g_build_filename(system[i], "hunspell", NULL));
        g_ptr_array_add(dirs, g_build_filename(system[i], "myspell", NULL));
        g_ptr_array_add(dirs, g_build_filename(system[i], "myspell", "dicts", NULL));
    }
    g_ptr_array_add(dirs, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&dirs), FALSE);
}

/*
 * Adds name -> path without suffix for each .aff with a .dic beside it; the first directory wins.
 */
static void
list_directory(const char *dir, GHashTable *found)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *name = NULL;
        g_autofree char *base = NULL;
        g_autofree char *dic = NULL;

        if (!g_str_has_suffix(entry, ".aff") || !g_utf8_validate(entry, -1, NULL))
            continue;
        name = g_strndup(entry, strlen(entry) - strlen(".aff"));
        base = g_build_filename(dir, name, NULL);
        dic = g_strconcat(base, ".dic", NULL);
        if (*name != '\0' && !g_hash_table_contains(found, name) &&
            g_file_test(dic, G_FILE_TEST_EXISTS))
            g_hash_table_insert(found, g_steal_pointer(&name), g_steal_pointer(&base));
    }
}

static GHashTable *
find_dictionaries(void)
{
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) dirs = dictionary_dirs();

    for (size_t i = 0; dirs[i] != NULL; i++)
        if (*dirs[i] != '\0')
            list_directory(dirs[i], found);
    return found;
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char **
sorted_names(GHashTable *found)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_strings);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char **
pd_lexicon_languages(void)
{
    g_autoptr(GHashTable) found = find_dictionaries();

    return sorted_names(found);
}

/* en-us.UTF-8 -> en_us: what dictionaries' names are compared with. */
static char *
normalize_language(const char *language)
{
    char *name = g_strdup(language);
    char *dot = strchr(name, '.');

    if (dot != NULL)
        *dot = '\0';
    return g_strdelimit(name, "-", '_');
}

static bool
same_language(const char *dictionary, const char *wanted)
{
    g_autofree char *name = normalize_language(dictionary);

    return g_ascii_strcasecmp(name, wanted) == 0;
}

static const char *
name_in_list(char *const *names, const char *wanted)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (same_language(names[i], wanted))
            return names[i];
    return NULL;
}

/* en -> en_US: ICU knows where most of a language's writers live. */
static char *
usual_region(const char *language)
{
    char full[ULOC_FULLNAME_CAPACITY], country[ULOC_COUNTRY_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;

    uloc_addLikelySubtags(language, full, sizeof full, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
        return NULL;
    uloc_getCountry(full, country, sizeof country, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING || *country == '\0')
        return NULL;
    return g_strconcat(language, "_", country, NULL);
}

/* Borrowed from @names; NULL: none fits. */
static const char *
choose_dictionary(char *const *names, const char *wanted)
{
    const char *name = name_in_list(names, wanted);
    g_autofree char *regional = NULL;
    g_autofree char *prefix = NULL;

    if (name != NULL || strchr(wanted, '_') != NULL)
        return name;
    regional = usual_region(wanted);
    name = regional != NULL ? name_in_list(names, regional) : NULL;
    prefix = g_strconcat(wanted, "_", NULL);
    for (size_t i = 0; name == NULL && names[i] != NULL; i++)
        if (g_ascii_strncasecmp(names[i], prefix, strlen(prefix)) == 0)
            name = names[i];
    return name;
}

static void
set_unknown_language(GError **error, const char *language, char *const *names)
{
    g_autofree char *installed = g_strjoinv(", ", (char **)names);

    if (*language == '\0' || strlen(language) > MAX_LANGUAGE_BYTES ||
        !g_utf8_validate(language, -1, NULL))
        language = "this name";
    g_set_error(error, PD_ERROR, PD_ERROR_UNKNOWN_LANGUAGE,
                "no dictionary for %s is installed (there is: %s)", language,
                *installed != '\0' ? installed : "none");
}

static bool
is_readable(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);

    if (file == NULL || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: cannot be read", path);
        return false;
    }
    return true;
}

/*
 * Hunspell allocates as many slots as the first line says, and knows no word at all if that line
 * is not a number.
 */
static bool
is_dic_sane(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    const char *bytes = file != NULL ? g_mapped_file_get_contents(file) : NULL;
    size_t size = file != NULL ? g_mapped_file_get_length(file) : 0;
    g_autofree char *line = NULL;
    guint64 count;

    line = bytes != NULL ? g_strndup(bytes, MIN(size, 64)) : g_strdup("");
    count = g_ascii_strtoull(g_str_has_prefix(line, "\xEF\xBB\xBF") ? line + 3 : line, NULL, 10);
    if (count == 0) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED,
                    "%s: its first line is not the number of its words", path);
        return false;
    }
    if (count > size) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED,
                    "%s: claims %" G_GUINT64_FORMAT " words in %zu bytes", path, count, size);
        return false;
    }
    return true;
}

/* Names that dictionaries use and iconv does not. */
static const char *
iconv_name(const char *encoding)
{
    static const char *const other[][2] = {
        { "microsoft-cp1251", "CP1251" },
        { "microsoft-cp1250", "CP1250" },
        { "TIS620-2533", "TIS-620" },
        { "TIS620", "TIS-620" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(other); i++)
        if (g_ascii_strcasecmp(encoding, other[i][0]) == 0)
            return other[i][1];
    return encoding;
}

static bool
open_encoding(PdLexicon *self, const char *aff, GError **error)
{
    const char *encoding = iconv_name(pd_hunspell_encoding(self->hunspell));

    if (g_ascii_strcasecmp(encoding, "UTF-8") == 0)
        return true;
    self->to_dictionary = g_iconv_open(encoding, "UTF-8");
    self->from_dictionary = g_iconv_open("UTF-8", encoding);
    if (self->to_dictionary == (GIConv)-1 || self->from_dictionary == (GIConv)-1) {
        g_autofree char *shown = g_strndup(encoding, MAX_LANGUAGE_BYTES);
        g_autofree char *valid = g_utf8_make_valid(shown, -1);

        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: unknown encoding \"%s\"", aff, valid);
        return false;
    }
    return true;
}

static bool
open_dictionary(PdLexicon *self, const char *base, GError **error)
{
    g_autofree char *aff = g_strconcat(base, ".aff", NULL);
    g_autofree char *dic = g_strconcat(base, ".dic", NULL);

    if (!is_readable(aff, error) || !is_readable(dic, error) || !is_dic_sane(dic, error))
        return false;
    self->hunspell = pd_hunspell_new(aff, dic);
    if (self->hunspell == NULL) {
        g_set_error(error, PD_ERROR, PD_ERROR_FAILED, "%s: Hunspell cannot load it", dic);
        return false;
    }
    return open_encoding(self, aff, error);
}

/* Borrowed from @names; NULL: none fits. */
static const char *
find_name(char *const *names, const char *language)
{
    g_autofree char *wanted = normalize_language(language);

    if (*wanted == '\0' || strlen(wanted) > MAX_LANGUAGE_BYTES)
        return NULL;
    return choose_dictionary(names, wanted);
}

PdLexicon *
pd_lexicon_new(const char *language, GError **error)
{
    g_autoptr(PdLexicon) self = NULL;
    g_autoptr(GHashTable) found = NULL;
    g_auto(GStrv) names = NULL;
    const char *name;

    g_return_val_if_fail(language != NULL && (error == NULL || *error == NULL), NULL);

    found = find_dictionaries();
    names = sorted_names(found);
    self = g_new0(PdLexicon, 1);
    self->to_dictionary = self->from_dictionary = (GIConv)-1;
    memory_init(&self->known, MAX_KNOWN, NULL);
    memory_init(&self->suggested, MAX_SUGGESTED, (GDestroyNotify)g_strfreev);
    name = find_name(names, language);
    if (name == NULL) {
        set_unknown_language(error, language, names);
        return NULL;
    }
    self->name = g_strdup(name);
    if (!open_dictionary(self, g_hash_table_lookup(found, name), error))
        return NULL;
    return g_steal_pointer(&self);
}

bool
pd_lexicon_is_installed(const char *language)
{
    g_auto(GStrv) names = NULL;

    g_return_val_if_fail(language != NULL, false);

    names = pd_lexicon_languages();
    return find_name(names, language) != NULL;
}

void
pd_lexicon_free(PdLexicon *self)
{
    if (self == NULL)
        return;
    pd_hunspell_free(self->hunspell);
    if (self->to_dictionary != (GIConv)-1)
        g_iconv_close(self->to_dictionary);
    if (self->from_dictionary != (GIConv)-1)
        g_iconv_close(self->from_dictionary);
    memory_done(&self->known);
    memory_done(&self->suggested);
    g_free(self->word_characters);
    g_free(self->name);
    g_free(self);
}

const char *
pd_lexicon_language(const PdLexicon *self)
{
    g_return_val_if_fail(self != NULL, NULL);

    return self->name;
}

/* What joins or parts letters: nothing to see in most languages, spelling in Persian and Indic. */
static bool
is_joiner(gunichar c)
{
    return c == 0x200C || c == 0x200D;
}

/* Characters that show nothing: a soft hyphen, joiners, a byte order mark. */
static bool
is_invisible(gunichar c)
{
    return c == 0xAD || c == 0x200B || is_joiner(c) || c == 0x2060 || c == 0xFEFF;
}

/* (transfer full): composed, straight apostrophes, nothing invisible but joiners if @joiners. */
static char *
plain_word(const char *word, bool joiners)
{
    g_autofree char *composed = NULL;
    g_autoptr(GString) plain = NULL;

    if (g_str_is_ascii(word))
        return g_strdup(word);
    composed = g_utf8_normalize(word, -1, G_NORMALIZE_NFC);
    if (composed == NULL)
        return g_strdup(word); /* not UTF-8: no dictionary has it */
    plain = g_string_new(NULL);
    for (const char *p = composed; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c == 0x2019)
            g_string_append_c(plain, '\'');
        else if (!is_invisible(c) || (joiners && is_joiner(c)))
            g_string_append_unichar(plain, c);
    }
    return g_string_free(g_steal_pointer(&plain), FALSE);
}

/* (transfer full): in the dictionary's encoding; NULL: cannot be written in it, or is too long. */
static char *
encode(PdLexicon *self, const char *word)
{
    g_autofree char *bytes = NULL;

    if (*word == '\0' || !g_utf8_validate(word, -1, NULL) ||
        g_utf8_strlen(word, -1) > MAX_WORD_CHARS)
        return NULL;
    if (self->to_dictionary == (GIConv)-1)
        return g_strdup(word);
    (void)g_iconv(self->to_dictionary, NULL, NULL, NULL, NULL); /* forget an earlier failure */
    bytes = g_convert_with_iconv(word, -1, self->to_dictionary, NULL, NULL, NULL);
    if (bytes == NULL || *bytes == '\0')
        return NULL;
    return g_steal_pointer(&bytes);
}

/* (transfer full): as UTF-8; NULL: the dictionary's bytes are not what it says they are. */
static char *
decode(PdLexicon *self, const char *bytes)
{
    if (self->from_dictionary == (GIConv)-1)
        return g_utf8_validate(bytes, -1, NULL) ? g_strdup(bytes) : NULL;
    (void)g_iconv(self->from_dictionary, NULL, NULL, NULL, NULL);
    return g_convert_with_iconv(bytes, -1, self->from_dictionary, NULL, NULL, NULL);
}

static bool
spell(PdLexicon *self, const char *word)
{
    g_autofree char *bytes = encode(self, word);

    return bytes != NULL && pd_hunspell_spell(self->hunspell, bytes);
}

/* A few dictionaries hold words with the curly apostrophe alone. */
static bool
spell_curly(PdLexicon *self, const char *plain)
{
    g_autoptr(GString) curly = NULL;

    if (strchr(plain, '\'') == NULL)
        return false;
    curly = g_string_new(plain);
    g_string_replace(curly, "'", "’", 0);
    return spell(self, curly->str);
}

/* As it is written, with its joiners; where it has none, the caller asks all the same. */
static bool
spell_joined(PdLexicon *self, const char *word)
{
    g_autofree char *joined = NULL;

    if (strstr(word, "\u200C") == NULL && strstr(word, "\u200D") == NULL)
        return false;
    joined = plain_word(word, true);
    return spell(self, joined);
}

bool
pd_lexicon_knows(PdLexicon *self, const char *word)
{
    g_autofree char *plain = NULL;
    gpointer answer;
    bool known;

    g_return_val_if_fail(self != NULL && word != NULL, false);

    if (strlen(word) > MAX_WORD_BYTES)
        return false;
    if (spell_joined(self, word))
        return true;
    plain = plain_word(word, false);
    answer = memory_get(&self->known, plain);
    if (answer != NULL)
        return GPOINTER_TO_INT(answer) == 2;
    known = spell(self, plain) || spell_curly(self, plain);
    memory_put(&self->known, g_steal_pointer(&plain), GINT_TO_POINTER(known ? 2 : 1));
    return known;
}

/* (transfer full): all that Hunspell proposes. */
static char **
ask_hunspell(PdLexicon *self, const char *plain)
{
    g_autofree char *bytes = encode(self, plain);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_auto(GStrv) list = bytes != NULL ? pd_hunspell_suggest(self->hunspell, bytes) : NULL;

    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        char *word = decode(self, list[i]);

        if (word == NULL || *word == '\0' || g_str_equal(word, plain) ||
            g_hash_table_contains(seen, word)) {
            g_free(word);
            continue;
        }
        g_hash_table_add(seen, word);
        g_ptr_array_add(words, word);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static char **
copy_first(char *const *words, size_t max)
{
    size_t n = MIN(g_strv_length((char **)words), max);
    char **copy = g_new0(char *, n + 1);

    for (size_t i = 0; i < n; i++)
        copy[i] = g_strdup(words[i]);
    return copy;
}

char **
pd_lexicon_suggest(PdLexicon *self, const char *word, size_t max)
{
    g_autofree char *plain = NULL;
    char **words;

    g_return_val_if_fail(self != NULL && word != NULL, NULL);

    if (strlen(word) > MAX_WORD_BYTES)
        return g_new0(char *, 1);
    plain = plain_word(word, false);
    words = memory_get(&self->suggested, plain);
    if (words == NULL) {
        words = ask_hunspell(self, plain);
        memory_put(&self->suggested, g_steal_pointer(&plain), words);
    }
    return copy_first(words, max);
}

const char *
pd_lexicon_word_characters(PdLexicon *self)
{
    g_return_val_if_fail(self != NULL, NULL);

    if (self->word_characters == NULL)
        self->word_characters = decode(self, pd_hunspell_word_characters(self->hunspell));
    if (self->word_characters == NULL)
        self->word_characters = g_strdup("");
    return self->word_characters;
}
