/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How many words of each sentence the English dictionary (en_US of 2020) knows is written down, so
 * that the test needs no dictionary.
 */
#include "daemon/engine/language.h"

#include <glib.h>
#include <string.h>

typedef struct {
    size_t n_known;
    size_t n_words;
    const char *text;
} Sentence;

static const Sentence foreign[] = {
    { 3, 10, "Ich habe gestern einen langen Brief an meine Mutter geschrieben." },
    { 2, 9, "Wir gehen heute Abend mit unseren Freunden ins Kino." },
    { 4, 9, "Der Zug nach Berlin hat leider zwanzig Minuten Verspätung." },
    { 3, 9, "Das ist nicht so gut, wie man denken könnte." },
    { 3, 9, "Könnten Sie mir bitte sagen, wo der Bahnhof ist?" },
    { 2, 7, "Guten Morgen, wie geht es Ihnen heute?" },
    { 2, 6, "Die Regierung hat neue Gesetze angekündigt." },
    { 2, 8, "Wenn es morgen regnet, bleiben wir zu Hause." },
    { 1, 6, "Vielen Dank für Ihre schnelle Antwort." },
    { 2, 8, "Kinder spielen gern im Garten hinter dem Haus." },
    { 2, 11, "Je suis allé au marché ce matin pour acheter des légumes." },
    { 3, 8, "Nous avons beaucoup travaillé pendant toute la semaine." },
    { 1, 9, "Est-ce que vous pouvez m'aider, s'il vous plaît ?" },
    { 5, 9, "Le train est arrivé avec une heure de retard." },
    { 2, 8, "Il fait très beau aujourd'hui, allons nous promener." },
    { 5, 11, "La plupart des gens ne savent pas ce qui les attend." },
    { 2, 7, "Elle a dit qu'elle viendrait demain soir." },
    { 3, 8, "Les enfants jouent dans la cour de l'école." },
    { 1, 6, "Merci beaucoup pour votre réponse rapide." },
    { 0, 7, "Я вчера написал длинное письмо своей маме." },
    { 0, 8, "Мы идём сегодня вечером в кино с друзьями." },
    { 0, 8, "Не могли бы вы сказать, где находится вокзал?" },
    { 0, 4, "Спасибо за быстрый ответ." },
    { 0, 1, "Спасибо!" },
    { 3, 9, "Ayer escribí una carta muy larga a mi madre." },
    { 4, 8, "Esta noche vamos al cine con nuestros amigos." },
    { 2, 8, "¿Podría decirme dónde está la estación, por favor?" },
    { 4, 8, "El tren llegó con una hora de retraso." },
    { 0, 6, "Muchas gracias por su rápida respuesta." },
    { 3, 9, "No creo que sea una buena idea hacerlo ahora." },
    { 5, 11, "La mayoría de la gente no sabe lo que le espera." },
    { 2, 9, "Ieri ho scritto una lunga lettera a mia madre." },
    { 2, 9, "Wij gaan vanavond met onze vrienden naar de bioscoop." },
    { 2, 9, "Ontem escrevi uma longa carta para a minha mãe." },
    { 2, 7, "Wczoraj napisałem długi list do mojej mamy." },
    { 5, 10, "Jag skrev ett långt brev till min mamma i går." },
    { 2, 8, "Lorem ipsum dolor sit amet, consectetur adipiscing elit." },
    { 0, 3, "東京は大きいです。" },
};

/* Names, errors, jargon, dialect: all for the checker. */
static const Sentence english[] = {
    { 0, 0, "" },
    { 0, 0, "42 !!!" },
    { 2, 5, "Available NAND aware filesystems: JFFS2, YAFFS." },
    { 5, 10, "Examples of Wasm hosts include Wasmtime, Wazero, WasmEdge, Wasmer, and NodeJS." },
    { 0, 2, "Kopinga Marae." },
    { 0, 3, "Rodion Romanovich Raskolnikov" },
    { 3, 6, "What causes Von Hippel-Lindau disease?" },
    { 2, 4, "In 2050 qvontity will deacrese." },
    { 2, 4, "Only abot twn percent." },
    { 6, 9, "Tarek Ziadé (Python Packaging): Tarek lives in Burgundy, France." },
    { 8, 11,
      "We translated \"lexical enjambment\" from terms \"encabalgamiento léxico\" or \"tmesis\"." },
    { 5, 8, "\"Ay,\" Hookey said, \"the first twa was angels.\"" },
    { 4, 6, "Yet Sringeri Srinivas was not happy." },
    { 3, 5, "THE CHEIF RECIEVED A LETTER." },
    { 4, 9, "Teh quik browm fox jmps ovr the lasy dog." },
    { 2, 8, "I hav nevr sen a moovie lik tht." },
    { 4, 6, "1970's chess engine CHEKMO-II + UCI adapter." },
};

static void
test_foreign(void)
{
    g_autoptr(PdLanguageGuard) guard = pd_language_guard_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
        const Sentence *s = &foreign[i];

        g_test_message("%s", s->text);
        g_assert_false(pd_language_guard_accepts(guard, "en_US", s->text, strlen(s->text),
                                                 s->n_words, s->n_known));
    }
}

static void
test_english(void)
{
    g_autoptr(PdLanguageGuard) guard = pd_language_guard_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(english); i++) {
        const Sentence *s = &english[i];

        g_test_message("%s", s->text);
        g_assert_true(pd_language_guard_accepts(guard, "en_US", s->text, strlen(s->text),
                                                s->n_words, s->n_known));
    }
}

/* A German text with an English sentence in it. */
static void
test_other_languages(void)
{
    g_autoptr(PdLanguageGuard) guard = pd_language_guard_new(NULL);
    const char *letter = "Thank you very much for the long letter.";
    const char *brief = "Vieln Dank fur den lanngen Breif von gestren.";
    const char *russian = "Спасибо вам за письмо.";

    g_assert_false(pd_language_guard_accepts(guard, "de_DE", letter, strlen(letter), 8, 1));
    g_assert_true(pd_language_guard_accepts(guard, "de_DE", brief, strlen(brief), 8, 3));
    g_assert_true(pd_language_guard_accepts(guard, "ru_RU", russian, strlen(russian), 4, 4));
    g_assert_false(pd_language_guard_accepts(guard, "ru_RU", letter, strlen(letter), 8, 0));
    g_assert_true(pd_language_guard_accepts(guard, "xx_YY", letter, strlen(letter), 8, 3));
}

/* Only what the dictionary knows nothing of, and other scripts. */
static void
test_without_fingerprints(void)
{
    const char *german = "Wir gehen heute Abend mit unseren Freunden ins Kino.";
    const char *russian = "Завтра будет дождь.";
    g_autoptr(PdLanguageGuard) guard = pd_language_guard_new(NULL);

    g_setenv("PROOFD_FINGERPRINTS", "/nonexistent", TRUE);
    g_assert_false(pd_language_guard_accepts(guard, "en_US", german, strlen(german), 9, 1));
    g_assert_true(pd_language_guard_accepts(guard, "en_US", german, strlen(german), 9, 3));
    g_assert_true(pd_language_guard_accepts(guard, "en_US", german, 22, 4, 0));
    g_assert_false(pd_language_guard_accepts(guard, "en_US", russian, strlen(russian), 3, 0));
    g_unsetenv("PROOFD_FINGERPRINTS");
}

static void
test_long_sentence(void)
{
    g_autoptr(PdLanguageGuard) guard = pd_language_guard_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 20000; i++)
        g_string_append(text, "не могли бы вы ");
    g_assert_false(pd_language_guard_accepts(guard, "en", text->str, text->len, 80000, 0));
    g_assert_true(pd_language_guard_accepts(guard, "ru", text->str, text->len, 80000, 20000));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/language/foreign", test_foreign);
    g_test_add_func("/language/english", test_english);
    g_test_add_func("/language/other-languages", test_other_languages);
    g_test_add_func("/language/without-fingerprints", test_without_fingerprints);
    g_test_add_func("/language/long-sentence", test_long_sentence);
    return g_test_run();
}
