/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of tests/golden come from model/training/reference.py. */
#include "model/error.h"
#include "model/wordpiece.h"

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define MODEL_DIR "..", "model", "data", "en"

static PdWordpiece *
load_shipped(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, MODEL_DIR, "vocab.txt", NULL);
    g_autoptr(GError) error = NULL;
    PdWordpiece *self = pd_wordpiece_load(path, &error);

    g_assert_no_error(error);
    return self;
}

static GArray *
cut(const PdWordpiece *self, const char *text, size_t length)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(PdPiece));

    pd_wordpiece_tokenize(self, text, length, pieces);
    return pieces;
}

static guint32
checksum(const GArray *pieces)
{
    guint32 sum = 2166136261u; /* FNV-1a of ids and ranges, 32 bits each, little-endian */

    for (guint i = 0; i < pieces->len; i++) {
        const PdPiece *piece = &g_array_index(pieces, PdPiece, i);
        guint32 values[] = { (guint32)piece->id, piece->start_bytes, piece->end_bytes };

        for (size_t v = 0; v < G_N_ELEMENTS(values); v++)
            for (int shift = 0; shift < 32; shift += 8)
                sum = (sum ^ (values[v] >> shift & 255)) * 16777619u;
    }
    return sum;
}

static void
test_sentences(void)
{
    g_autoptr(PdWordpiece) self = load_shipped();
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "sentences.txt.gz", NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, &error);
    g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GInputStream) plain = NULL;
    g_autoptr(GDataInputStream) lines = NULL;
    size_t n = 0, n_wrong = 0;

    g_assert_no_error(error);
    plain = g_converter_input_stream_new(G_INPUT_STREAM(raw), G_CONVERTER(gunzip));
    lines = g_data_input_stream_new(plain);
    for (;;) {
        gsize length;
        g_autofree char *line = g_data_input_stream_read_line(lines, &length, NULL, &error);
        g_autoptr(GArray) pieces = NULL;

        g_assert_no_error(error);
        if (line == NULL)
            break;
        g_assert_cmpuint(length, >, 9);
        pieces = cut(self, line + 9, length - 9);
        if (checksum(pieces) != g_ascii_strtoull(line, NULL, 16)) {
            g_test_message("line %zu differs: %s", n + 1, line + 9);
            n_wrong++;
        }
        n++;
    }
    g_assert_cmpuint(n, >=, 20000);
    g_assert_cmpuint(n_wrong, ==, 0);
}

static void
check_pieces(const PdWordpiece *self, size_t index, const char *text, size_t length,
             JsonArray *wanted)
{
    g_autoptr(GArray) pieces = cut(self, text, length);

    if (pieces->len * 3 != json_array_get_length(wanted))
        g_test_message("text %zu: %s", index, text);
    g_assert_cmpuint(pieces->len * 3, ==, json_array_get_length(wanted));
    for (guint i = 0; i < pieces->len; i++) {
        const PdPiece *piece = &g_array_index(pieces, PdPiece, i);

        g_assert_cmpint(piece->id, ==, json_array_get_int_element(wanted, 3 * i));
        g_assert_cmpint(piece->start_bytes, ==, json_array_get_int_element(wanted, 3 * i + 1));
        g_assert_cmpint(piece->end_bytes, ==, json_array_get_int_element(wanted, 3 * i + 2));
    }
}

static void
test_hard(void)
{
    g_autoptr(PdWordpiece) self = load_shipped();
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "wordpiece.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    JsonArray *texts;

    json_parser_load_from_file(parser, path, &error);
    g_assert_no_error(error);
    texts = json_node_get_array(json_parser_get_root(parser));
    g_assert_cmpuint(json_array_get_length(texts), >=, 80);
    for (guint i = 0; i < json_array_get_length(texts); i++) {
        JsonObject *entry = json_array_get_object_element(texts, i);
        const char *hex = json_object_get_string_member(entry, "text");
        g_autoptr(GString) text = g_string_new(NULL);

        for (; hex[0] != '\0'; hex += 2)
            g_string_append_c(
                text, (char)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1])));
        check_pieces(self, i, text->str, text->len, json_object_get_array_member(entry, "pieces"));
    }
}

/*
 * The text need not end in NUL, pieces are appended, and a long run of marks takes no quadratic
 * time.
 */
static void
test_bounds(void)
{
    g_autoptr(PdWordpiece) self = load_shipped();
    g_autoptr(GArray) pieces = cut(self, "one two", 3);
    g_autoptr(GString) marks = g_string_new("a");

    g_assert_cmpuint(pieces->len, ==, 1);
    pd_wordpiece_tokenize(self, "two", 3, pieces);
    g_assert_cmpuint(pieces->len, ==, 2);
    g_assert_cmpint(g_array_index(pieces, PdPiece, 1).id, ==, pd_wordpiece_id(self, "two"));
    for (int i = 0; i < 200000; i++)
        g_string_append(marks, i % 2 == 0 ? "\xcc\x81" : "\xcc\xa3");
    g_array_set_size(pieces, 0);
    pd_wordpiece_tokenize(self, marks->str, marks->len, pieces);
    g_assert_cmpuint(pieces->len, ==, 1);
    g_assert_cmpuint(g_array_index(pieces, PdPiece, 0).end_bytes, ==, 1);
}

static void
test_vocabulary(void)
{
    g_autoptr(PdWordpiece) self = load_shipped();

    g_assert_cmpuint(pd_wordpiece_n_tokens(self), ==, 30522);
    g_assert_cmpint(pd_wordpiece_id(self, "[UNK]"), ==, 100);
    g_assert_cmpint(pd_wordpiece_id(self, "##s"), >, 0);
    g_assert_cmpint(pd_wordpiece_id(self, "no such token"), ==, -1);
}

static void
test_damaged(void)
{
    static const struct {
        const char *text;
        gssize length;
        int code;
        const char *says;
    } cases[] = {
        { "[UNK]\n[CLS]\n\n[SEP]\n", -1, PD_MODEL_ERROR_FORMAT, "line 3: an empty token" },
        { "[UNK]\n[CLS]\n[SEP]\na\na\n", -1, PD_MODEL_ERROR_FORMAT, "line 5: the token" },
        { "[UNK]\n[CLS]\n", -1, PD_MODEL_ERROR_MISSING, "no token [SEP]" },
        { "", -1, PD_MODEL_ERROR_MISSING, "no token [UNK]" },
        { "[UNK]\n\xff\n", -1, PD_MODEL_ERROR_FORMAT, "not UTF-8" },
        { "[UNK]\na\0b\n", 10, PD_MODEL_ERROR_FORMAT, "NUL" },
    };
    g_autofree char *dir = g_dir_make_tmp("proofd-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "vocab.txt", NULL);
    g_autoptr(GError) missing = NULL;

    g_assert_null(pd_wordpiece_load(path, &missing));
    g_assert_error(missing, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(path, cases[i].text, cases[i].length, NULL));
        g_assert_null(pd_wordpiece_load(path, &error));
        g_assert_error(error, PD_MODEL_ERROR, cases[i].code);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_nonnull(strstr(error->message, cases[i].says));
    }
    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* Lines may end as on Windows, and the last one need not end. */
static void
test_line_ends(void)
{
    g_autofree char *dir = g_dir_make_tmp("proofd-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "vocab.txt", NULL);
    g_autoptr(PdWordpiece) self = NULL;

    g_assert_true(g_file_set_contents(path, "[UNK]\r\n[CLS]\r\n[SEP]\r\nend", -1, NULL));
    self = pd_wordpiece_load(path, NULL);
    g_assert_nonnull(self);
    g_assert_cmpint(pd_wordpiece_id(self, "end"), ==, 3);
    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/wordpiece/sentences", test_sentences);
    g_test_add_func("/model/wordpiece/hard", test_hard);
    g_test_add_func("/model/wordpiece/bounds", test_bounds);
    g_test_add_func("/model/wordpiece/vocabulary", test_vocabulary);
    g_test_add_func("/model/wordpiece/damaged", test_damaged);
    g_test_add_func("/model/wordpiece/line-ends", test_line_ends);
    return g_test_run();
}
