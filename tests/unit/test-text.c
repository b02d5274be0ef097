/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/lines.h"
#include "daemon/engine/text.h"

#include <glib.h>
#include <string.h>

static PdSegmenter *
new_segmenter(const char *language)
{
    g_autoptr(GError) error = NULL;
    PdSegmenter *segmenter = pd_segmenter_new(language, &error);

    g_assert_no_error(error);
    g_assert_nonnull(segmenter);
    return segmenter;
}

/* The sentences of @text with "|" between them, line breaks shown as "/". */
static char *
sentences_of(const char *text)
{
    g_autoptr(PdSegmenter) segmenter = new_segmenter("en_US");
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    GString *out = g_string_new(NULL);

    pd_segmenter_sentences(segmenter, text, strlen(text), spans);
    for (guint i = 0; i < spans->len; i++) {
        PdSpan span = g_array_index(spans, PdSpan, i);

        g_assert_cmpuint(span.start, <, span.end);
        g_string_append(out, i > 0 ? "|" : "");
        g_string_append_len(out, text + span.start, (gssize)(span.end - span.start));
    }
    g_strdelimit(out->str, "\n", '/');
    return g_string_free(out, FALSE);
}

#define assert_sentences(text, want)               \
    do {                                           \
        g_autofree char *got = sentences_of(text); \
        g_assert_cmpstr(got, ==, want);            \
    } while (0)

static void
test_sentences_plain(void)
{
    assert_sentences("", "");
    assert_sentences(" \n\t ", "");
    assert_sentences("One. Two!  Three?", "One.|Two!|Three?");
    assert_sentences("no end", "no end");
    assert_sentences("It stopped.\"  (So did we.) Then...", "It stopped.\"|(So did we.)|Then...");
    assert_sentences("Wait... what? It was… odd.", "Wait... what?|It was… odd.");
    assert_sentences("He paid 3.50 dollars. Then left.", "He paid 3.50 dollars.|Then left.");
    assert_sentences("the end.Start of it", "the end.Start of it");
    assert_sentences("你好。我很好。", "你好。|我很好。");
}

static void
test_sentences_abbreviations(void)
{
    assert_sentences("Dr. Smith met Mr. Jones. He left.", "Dr. Smith met Mr. Jones.|He left.");
    assert_sentences("Cities, e.g. Paris, i.e. big ones. Yes.",
                     "Cities, e.g. Paris, i.e. big ones.|Yes.");
    assert_sentences("The U.S. Army came.", "The U.S. Army came.");
    assert_sentences("He lives in the U.S. She does not.", "He lives in the U.S.|She does not.");
    assert_sentences("Germany vs. France.", "Germany vs. France.");
    assert_sentences("See Fig. 3 and No. 5. No. Go.", "See Fig. 3 and No. 5.|No.|Go.");
    assert_sentences("J. R. R. Tolkien wrote it.", "J. R. R. Tolkien wrote it.");
    assert_sentences("Pens, paper, etc. The rest came later.",
                     "Pens, paper, etc.|The rest came later.");
    assert_sentences("It was Jan. 5 in St. Louis.", "It was Jan. 5 in St. Louis.");
}

static void
test_sentences_quotes(void)
{
    assert_sentences("“Really?” he asked. “Yes.” She left.",
                     "“Really?” he asked.|“Yes.”|She left.");
    assert_sentences("\"Stop!\" they cried.", "\"Stop!\" they cried.");
    assert_sentences("Go to https://x.org/a?b=c!d now. Yes.",
                     "Go to https://x.org/a?b=c!d now.|Yes.");
}

static void
test_sentences_wrapped(void)
{
    assert_sentences("This paragraph was wrapped by an editor at a width of\n"
                     "seventy characters, and so the sentence goes on. It even\n"
                     "ends in the third line.",
                     "This paragraph was wrapped by an editor at a width of/"
                     "seventy characters, and so the sentence goes on.|It even/"
                     "ends in the third line.");
    assert_sentences("This paragraph was wrapped by an editor at a width of\r\n"
                     "seventy characters, and so it goes on.",
                     "This paragraph was wrapped by an editor at a width of\r/"
                     "seventy characters, and so it goes on.");
    assert_sentences("We went through the whole of the country until we came to\n"
                     "Berlin, which was a surprise to every single one of us, and to\n"
                     "its people.",
                     "We went through the whole of the country until we came to/"
                     "Berlin, which was a surprise to every single one of us, and to/"
                     "its people.");
    assert_sentences("One paragraph without an end\n\nanother one",
                     "One paragraph without an end|another one");
}

static void
test_sentences_lines(void)
{
    assert_sentences("A title line\nThis is the text below the title, and it is much longer.",
                     "A title line|This is the text below the title, and it is much longer.");
    assert_sentences("Dear John,\nthank you for the letter that I had from you yesterday in\n"
                     "the morning.\nBest regards,\nMary",
                     "Dear John,|thank you for the letter that I had from you yesterday in/"
                     "the morning.|Best regards,|Mary");
    assert_sentences("Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you.",
                     "Roses are red,|Violets are blue,|Sugar is sweet,|And so are you.");
    assert_sentences("Shall I compare thee to a summer's day, my one and only love?\n"
                     "Thou art more lovely and more temperate than all the others are\n"
                     "Rough winds do shake the darling buds of May, and all the trees",
                     "Shall I compare thee to a summer's day, my one and only love?|"
                     "Thou art more lovely and more temperate than all the others are|"
                     "Rough winds do shake the darling buds of May, and all the trees");
    assert_sentences("221B Baker Street\nLondon\nEngland", "221B Baker Street|London|England");
}

static void
test_sentences_lists(void)
{
    assert_sentences("1. Open the file. Then close it.\n2. Go home.",
                     "1. Open the file.|Then close it.|2. Go home.");
    assert_sentences("a long line that introduces a list of things that we need to buy\n"
                     "- milk\n* bread\n• eggs\n(2) butter\nb) cheese",
                     "a long line that introduces a list of things that we need to buy|"
                     "- milk|* bread|• eggs|(2) butter|b) cheese");
    assert_sentences("> quoted by somebody who wrote a long line of text in his mail and\n"
                     "> went on\nand this is the answer",
                     "> quoted by somebody who wrote a long line of text in his mail and|"
                     "> went on|and this is the answer");
    assert_sentences("# A heading that is so long that it might as well have been wrapped\ntext",
                     "# A heading that is so long that it might as well have been wrapped|text");
}

/* The tokens of @sentence: kind and text. */
static char *
tokens_of(const char *sentence)
{
    g_autoptr(PdSegmenter) segmenter = new_segmenter("en_US");
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PdToken));
    PdSpan span = { 0, strlen(sentence) };
    GString *out = g_string_new(NULL);
    size_t at = 0;

    pd_segmenter_tokens(segmenter, sentence, span, tokens);
    for (guint i = 0; i < tokens->len; i++) {
        PdToken token = g_array_index(tokens, PdToken, i);

        g_assert_cmpuint(at, <=, token.start);
        g_assert_cmpuint(token.start, <, token.end);
        at = token.end;
        g_string_append_printf(out, "%s%c:%.*s", i > 0 ? " " : "", "WNPO"[token.kind],
                               (int)(token.end - token.start), sentence + token.start);
    }
    return g_string_free(out, FALSE);
}

#define assert_tokens(text, want)               \
    do {                                        \
        g_autofree char *got = tokens_of(text); \
        g_assert_cmpstr(got, ==, want);         \
    } while (0)

static void
test_tokens_words(void)
{
    assert_tokens("", "");
    assert_tokens("I don't know.", "W:I W:don't W:know P:.");
    assert_tokens("O’Neill’s dogs' tails", "W:O’Neill’s W:dogs P:' W:tails");
    assert_tokens("'tis y'all'd've", "W:'tis W:y'all'd've");
    assert_tokens("'Quoted' ‘words’", "P:' W:Quoted P:' P:‘ W:words P:’");
    assert_tokens("well-known word--word", "W:well P:- W:known W:word P:- P:- W:word");
    assert_tokens("end.Start", "W:end P:. W:Start");
    assert_tokens("time.so and/or", "W:time P:. W:so W:and P:/ W:or");
    assert_tokens("McDonald XIV été", "W:McDonald W:XIV W:été");
    assert_tokens("see:this a,b", "W:see P:: W:this W:a P:, W:b");
    assert_tokens("Wait... what?!", "W:Wait P:... W:what P:? P:!");
    assert_tokens("cafe\xCC\x81 co\xC2\xADop \xE2\x80\x8Bx", "W:cafe\xCC\x81 W:co\xC2\xADop W:x");
    assert_tokens("*bold* _under_ `x`", "P:* W:bold P:* P:_ W:under P:_ P:` W:x P:`");
    assert_tokens("Привет, мир", "W:Привет P:, W:мир");
    assert_tokens("東京は大きい。", "W:東京 W:は W:大きい P:。");
}

static void
test_tokens_numbers(void)
{
    assert_tokens("3 3.14 1,000 2nd 10kg 1990s", "N:3 N:3.14 N:1,000 N:2nd N:10kg N:1990s");
    assert_tokens("10:30 am, 10-15, 2024-01-05", "N:10:30 W:am P:, N:10-15 P:, N:2024-01-05");
    assert_tokens("$5.50 50% 1/2 5km/h 20°C", "P:$ N:5.50 N:50 P:% N:1/2 N:5km/h N:20°C");
    assert_tokens("5км/ч 5km/é", "N:5км/ч N:5km/é");
    assert_tokens("10minutes", "N:10 W:minutes");
    assert_tokens("3-year-old", "N:3 P:- W:year P:- W:old");
    assert_tokens("in 1999.", "W:in N:1999 P:.");
}

static void
test_tokens_opaque(void)
{
    assert_tokens("https://example.com/a(b)?q=1,2.", "O:https://example.com/a(b)?q=1,2 P:.");
    assert_tokens("(see http://x.org/y).", "P:( W:see O:http://x.org/y P:) P:.");
    assert_tokens("www.x.org, <mailto:a@b.c>", "O:www.x.org P:, P:< O:mailto:a@b.c P:>");
    assert_tokens("john.doe@x.org: /usr/bin ~/x C:\\x",
                  "O:john.doe@x.org P:: O:/usr/bin O:~/x O:C:\\x");
    assert_tokens("foo.txt main.c src/a.h", "O:foo.txt O:main.c O:src/a.h");
    assert_tokens("1.2.3 v2 v1.0-rc1", "O:1.2.3 O:v2 O:v1.0-rc1");
    assert_tokens("snake_case camelCase __init__", "O:snake_case O:camelCase O:__init__");
    assert_tokens("getElementById, iPhone", "O:getElementById P:, O:iPhone");
    assert_tokens("a::b f() printf(3) p->q", "O:a::b O:f() O:printf(3) O:p->q");
    assert_tokens("@name #tag $HOME --help -v", "O:@name O:#tag O:$HOME O:--help O:-v");
    assert_tokens("h264 B2B <br/> k=v", "O:h264 O:B2B O:<br/> O:k=v");
    assert_tokens("e.g. U.S. Ph.D. a.m.", "O:e.g. O:U.S. O:Ph.D. O:a.m.");
    assert_tokens(":-) <3 fine", "O::-) O:<3 W:fine");
    assert_tokens("ok 👍🏽!", "W:ok O:👍🏽 P:!");
    assert_tokens("👩‍👩‍👧🇩🇪", "O:👩‍👩‍👧🇩🇪");
}

/* @n lines of about 60 bytes, all different; each is a sentence, or none ends. */
static char *
lines_text(unsigned n, bool sentences)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, "Here is line number %u of a text without empty lines%s\n", i,
                               sentences ? "." : "");
    return g_string_free(text, FALSE);
}

static void
assert_units(const char *text, size_t longest)
{
    const size_t length = strlen(text);
    size_t n;

    for (size_t at = 0; at < length; at += n) {
        n = pd_lines_unit(text + at, length - at, NULL);
        g_assert_cmpuint(n, >, 0);
        g_assert_cmpuint(n, <=, longest);
        g_assert_cmpuint(pd_lines_unit(text + at, n, NULL), ==, n); /* nothing behind it counts */
    }
}

static void
test_units(void)
{
    g_autofree char *prose = lines_text(5000, true);
    g_autofree char *list = lines_text(5000, false);
    g_autofree char *line = lines_text(5000, true);
    g_autofree char *endless = lines_text(5000, false);

    g_assert_cmpuint(pd_lines_unit("One.\n\nTwo.\n", 12, NULL), ==, 6);
    g_assert_cmpuint(pd_lines_unit("One.\n \t\r\nTwo.\n", 14, NULL), ==, 9);
    g_assert_cmpuint(pd_lines_unit("\nTwo.", 5, NULL), ==, 1);
    g_assert_cmpuint(pd_lines_unit("One.\nTwo. Three.\n", 17, NULL), ==, 17);
    assert_units(prose, 4096);
    assert_units(list, 10000);
    g_strdelimit(line, "\n", ' ');
    assert_units(line, 12000);
    g_strdelimit(endless, "\n", ' ');
    assert_units(endless, 34000);
}

/* Units behind an edit are the same again after a few. */
static void
test_units_stay(void)
{
    g_autofree char *text = lines_text(2000, true);
    g_autofree char *longer =
        g_strconcat("A line before them all, which moves them.\n", text, NULL);
    const size_t moved = strlen(longer) - strlen(text);
    size_t a = 0, b = 0;
    unsigned n = 0;

    do {
        if (a + moved <= b || b == 0)
            a += pd_lines_unit(text + a, strlen(text + a), NULL);
        if (b < a + moved)
            b += pd_lines_unit(longer + b, strlen(longer + b), NULL);
        n++;
    } while (a + moved != b && n < 100);
    g_assert_cmpuint(n, <, 10);
    g_assert_cmpint(text[a], !=, '\0');
}

static void
test_sentences_of_units(void)
{
    g_autofree char *text = lines_text(3000, true);
    g_autoptr(PdSegmenter) segmenter = new_segmenter("en_US");
    g_autoptr(GArray) whole = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    g_autoptr(GArray) unit = g_array_new(FALSE, FALSE, sizeof(PdSpan));
    guint i = 0;
    size_t n;

    pd_segmenter_sentences(segmenter, text, strlen(text), whole);
    for (size_t at = 0; text[at] != '\0'; at += n) {
        n = pd_lines_unit(text + at, strlen(text + at), NULL);
        g_array_set_size(unit, 0);
        pd_segmenter_sentences(segmenter, text + at, n, unit);
        for (guint k = 0; k < unit->len; k++, i++) {
            g_assert_cmpuint(g_array_index(unit, PdSpan, k).start + at, ==,
                             g_array_index(whole, PdSpan, i).start);
            g_assert_cmpuint(g_array_index(unit, PdSpan, k).end + at, ==,
                             g_array_index(whole, PdSpan, i).end);
        }
    }
    g_assert_cmpuint(i, ==, whole->len);
    g_assert_cmpuint(i, ==, 3000);
}

/* Every kind of text that might be slow or go wrong: tokens stay in order and inside. */
static void
test_tokens_hostile(void)
{
    static const char *const parts[] = { "a",   "a.",   "'", "f(",  "@:/",     "http://", "_",
                                         "?! ", "我們", "😀", "a'",  "a\u00AD", "1.",      "\u0301",
                                         "\n",  "\r",   "-", "A. ", "\"",      "<",       "สวัส" };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(PdSegmenter) segmenter = new_segmenter("en_US");
        g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));
        g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PdToken));
        g_autoptr(GString) text = g_string_new(NULL);
        size_t at = 0;

        for (int n = 0; n < 20000; n++)
            g_string_append(text, parts[i]);
        pd_segmenter_sentences(segmenter, text->str, text->len, spans);
        for (guint s = 0; s < spans->len; s++)
            pd_segmenter_tokens(segmenter, text->str, g_array_index(spans, PdSpan, s), tokens);
        for (guint t = 0; t < tokens->len; t++) {
            PdToken token = g_array_index(tokens, PdToken, t);

            g_assert_cmpuint(at, <=, token.start);
            g_assert_cmpuint(token.start, <, token.end);
            g_assert_cmpuint(token.end, <=, text->len);
            g_assert_true(
                g_utf8_validate(text->str + token.start, (gssize)(token.end - token.start), NULL));
            at = token.end;
        }
    }
}

static void
test_segmenter_languages(void)
{
    static const char *const names[] = { "de_DE", "xx_YY", "", "../../etc", "en_US@x=y", "ja" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(PdSegmenter) segmenter = new_segmenter(names[i]);
        g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(PdSpan));

        pd_segmenter_sentences(segmenter, "Eins. Zwei.", 11, spans);
        g_assert_cmpuint(spans->len, ==, 2);
    }
}

static void
test_offsets(void)
{
    const char *text = "aé😀b"; /* 1 + 2 + 4 + 1 bytes */
    size_t bytes = 99;

    g_assert_true(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_CHARS, 3, &bytes));
    g_assert_cmpuint(bytes, ==, 7);
    g_assert_true(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_UTF16, 4, &bytes));
    g_assert_cmpuint(bytes, ==, 7);
    g_assert_true(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_UTF8, 8, &bytes));
    g_assert_cmpuint(bytes, ==, 8);
    g_assert_false(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_UTF16, 3, &bytes));
    g_assert_false(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_UTF8, 2, &bytes));
    g_assert_false(pd_text_offset_to_bytes(text, 8, PD_OFFSETS_CHARS, 5, &bytes));
    g_assert_cmpuint(bytes, ==, 8);
}

/* Character by character, what is counted many bytes at once. */
static void
test_offsets_of_long_text(void)
{
    static const gunichar chars[] = { 'a', 0xE9, 0x20AC, 0x1F600, '\n' };
    g_autoptr(GString) text = g_string_new(NULL);
    size_t at = 0;

    for (unsigned i = 0; i < 400; i++)
        g_string_append_unichar(text, chars[i * i % 7 % G_N_ELEMENTS(chars)]);
    for (size_t n_chars = 0, n_utf16 = 0; at < text->len; n_chars++) {
        const gunichar c = g_utf8_get_char(text->str + at);
        size_t bytes;

        g_assert_cmpuint(pd_text_units(text->str, at, PD_OFFSETS_CHARS), ==, n_chars);
        g_assert_cmpuint(pd_text_units(text->str, at, PD_OFFSETS_UTF16), ==, n_utf16);
        g_assert_true(
            pd_text_offset_to_bytes(text->str, text->len, PD_OFFSETS_CHARS, n_chars, &bytes));
        g_assert_cmpuint(bytes, ==, at);
        g_assert_true(
            pd_text_offset_to_bytes(text->str, text->len, PD_OFFSETS_UTF16, n_utf16, &bytes));
        g_assert_cmpuint(bytes, ==, at);
        g_assert_true(
            c < 0x10000 ||
            !pd_text_offset_to_bytes(text->str, text->len, PD_OFFSETS_UTF16, n_utf16 + 1, &bytes));
        n_utf16 += c < 0x10000 ? 1 : 2;
        at += (size_t)g_unichar_to_utf8(c, NULL);
    }
}

static void
test_offset_cursor(void)
{
    PdOffsetCursor cursor;

    pd_offset_cursor_init(&cursor, "aé😀b", PD_OFFSETS_UTF16);
    g_assert_cmpuint(pd_offset_cursor_at(&cursor, 3), ==, 2);
    g_assert_cmpuint(pd_offset_cursor_at(&cursor, 7), ==, 4);
    g_assert_cmpuint(pd_offset_cursor_at(&cursor, 1), ==, 1);
    pd_offset_cursor_init(&cursor, "aé😀b", PD_OFFSETS_CHARS);
    g_assert_cmpuint(pd_offset_cursor_at(&cursor, 8), ==, 4);
    pd_offset_cursor_init(&cursor, "aé😀b", PD_OFFSETS_UTF8);
    g_assert_cmpuint(pd_offset_cursor_at(&cursor, 7), ==, 7);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/units", test_units);
    g_test_add_func("/text/units-stay", test_units_stay);
    g_test_add_func("/text/sentences-of-units", test_sentences_of_units);
    g_test_add_func("/text/sentences/plain", test_sentences_plain);
    g_test_add_func("/text/sentences/abbreviations", test_sentences_abbreviations);
    g_test_add_func("/text/sentences/quotes", test_sentences_quotes);
    g_test_add_func("/text/sentences/wrapped", test_sentences_wrapped);
    g_test_add_func("/text/sentences/lines", test_sentences_lines);
    g_test_add_func("/text/sentences/lists", test_sentences_lists);
    g_test_add_func("/text/tokens/words", test_tokens_words);
    g_test_add_func("/text/tokens/numbers", test_tokens_numbers);
    g_test_add_func("/text/tokens/opaque", test_tokens_opaque);
    g_test_add_func("/text/tokens/hostile", test_tokens_hostile);
    g_test_add_func("/text/segmenter/languages", test_segmenter_languages);
    g_test_add_func("/text/offsets", test_offsets);
    g_test_add_func("/text/offsets-of-long-text", test_offsets_of_long_text);
    g_test_add_func("/text/offset-cursor", test_offset_cursor);
    return g_test_run();
}
