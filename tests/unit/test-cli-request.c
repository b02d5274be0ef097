/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/json-writer.h"
#include "plugin/cli/line-reader.h"
#include "plugin/cli/request.h"
#include "plugin/cli/say.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

static void
test_good(void)
{
    static const struct {
        const char *line, *id, *text, *language;
    } rows[] = {
        { "{\"id\":\"a\",\"text\":\"x y\"}", "\"a\"", "x y", NULL },
        { " { \"text\" : \"\" , \"id\" : 7 } ", "7", "", NULL },
        { "{\"id\":1.50,\"text\":\"t\"}", "1.50", "t", NULL },
        { "{\"id\":-12e3,\"text\":\"t\"}", "-12e3", "t", NULL },
        { "{\"id\":12345678901234567890123,\"text\":\"t\"}", "12345678901234567890123", "t", NULL },
        { "{\"id\":\"a\\\"b\\u00e9\",\"text\":\"t\"}", "\"a\\\"b\\u00e9\"", "t", NULL },
        { "{\"id\":1,\"text\":\"\\ud83d\\ude00 \\n\"}", "1", "\360\237\230\200 \n", NULL },
        { "{\"id\":1,\"text\":\"t\",\"language\":\"de_DE\",\"more\":[1,{\"id\":2}]}", "1", "t",
          "de_DE" },
        { "{\"more\":{\"id\":2},\"id\":1,\"text\":\"id\"}", "1", "id", NULL },
        { "{\"id\":1,\"text\":\"back\\\\u0000\"}", "1", "back\\u0000", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(PdRequest) request = { 0 };
        g_autoptr(GError) error = NULL;

        g_assert_true(pd_request_parse(rows[i].line, strlen(rows[i].line), &request, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(request.id, ==, rows[i].id);
        g_assert_cmpstr(request.text, ==, rows[i].text);
        g_assert_cmpstr(request.language, ==, rows[i].language);
    }
}

static void
test_bad(void)
{
    static const struct {
        const char *line, *id, *message;
    } rows[] = {
        { "", NULL, "not a JSON object" },
        { "foo", NULL, "not JSON" },
        { "{/*\"*/\"id\":1,\"text\":\"t\"}", NULL, "comment" },
        { "{'id':1,\"text\":\"t\"}", NULL, "string in '" },
        { "{\"id\":1,\"text\":\"\\377\"}", NULL, "escape" },
        { "{\"id\":1,\"text\":\"\\u\"\",[[", NULL, "escape" },
        { "{}{\"id\":1,\"text\":\"t\"}", NULL, "more than one value" },
        { "9{\"id\":1,\"text\":\"t\"}", NULL, "more than one value" },
        { "[]", NULL, "not a JSON object" },
        { "{\"id\":\"a\"", NULL, "not JSON" },
        { "{\"text\":\"t\"}", NULL, "no \"id\"" },
        { "{\"id\":null,\"text\":\"t\"}", NULL, "neither a string nor a number" },
        { "{\"id\":true,\"text\":\"t\"}", NULL, "neither a string nor a number" },
        { "{\"id\":[1],\"text\":\"t\"}", NULL, "neither a string nor a number" },
        { "{\"id\":\"a\"}", "\"a\"", "no \"text\"" },
        { "{\"id\":\"a\",\"text\":5}", "\"a\"", "\"text\" is not a string" },
        { "{\"id\":\"a\",\"text\":\"t\",\"language\":5}", "\"a\"", "\"language\" is not a string" },
        { "{\"id\":\"a\",\"text\":\"\\u0000\"}", NULL, "NUL" },
        { "{\"id\":\"a\",\"text\":\"\\ud800\"}", NULL, "surrogate" },
        { "{\"id\":\"a\",\"text\":\"\\ud800\\u0041\"}", NULL, "surrogate" },
        { "{\"id\":\"a\",\"text\":\"\\udc00\"}", NULL, "surrogate" },
        { "{\"id\":\"\\ud800", NULL, "surrogate" },
        { "{\"id\":\"a\\", NULL, "not JSON" },
        { "{\"id\":", NULL, "not JSON" },
        { "{\"id\":\"a\",\"text\":\"\xff\"}", NULL, "not UTF-8 at byte 18" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(PdRequest) request = { 0 };
        g_autoptr(GError) error = NULL;
        /* a copy of the exact length: reading past it would be seen */
        g_autofree char *line = g_memdup2(rows[i].line, strlen(rows[i].line) + 1);

        g_assert_false(pd_request_parse(line, strlen(line), &request, &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, rows[i].message));
        g_assert_cmpstr(request.id, ==, rows[i].id);
    }
}

static void
test_deep(void)
{
    g_autofree char *deep = g_strnfill(1000000, '[');
    g_auto(PdRequest) request = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(pd_request_parse(deep, strlen(deep), &request, &error));
    g_assert_nonnull(strstr(error->message, "nested"));
}

/* Every prefix, and every byte changed, of a good line: whatever comes out, nothing breaks. */
static void
test_damaged(void)
{
    static const char good[] =
        "{\"id\":\"\\ud83d\\ude00\",\"text\":\"a\\\"b\",\"language\":\"en\"}";

    for (size_t length = 0; length < strlen(good); length++) {
        g_autofree char *line = g_strndup(good, length);
        g_auto(PdRequest) request = { 0 };

        g_assert_false(pd_request_parse(line, length, &request, NULL));
    }
    for (size_t i = 0; i < strlen(good); i++) {
        g_autofree char *line = g_strdup(good);

        for (int byte = 1; byte < 256; byte++) {
            g_auto(PdRequest) request = { 0 };

            line[i] = (char)byte;
            if (pd_request_parse(line, strlen(line), &request, NULL))
                g_assert_nonnull(request.id);
        }
    }
}

static void
test_writer(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    PdJson json = PD_JSON_INIT(out);

    pd_json_begin(&json, NULL, '{');
    pd_json_string(&json, "a\"", "\\ \n \001 \x7f é \xff");
    pd_json_begin(&json, "b", '[');
    pd_json_double(&json, NULL, 0.97);
    pd_json_double(&json, NULL, 1);
    pd_json_double(&json, NULL, -10.25);
    pd_json_end(&json, ']');
    pd_json_bool(&json, "c", false);
    pd_json_size(&json, "d", 12);
    pd_json_begin(&json, "e", '{');
    pd_json_end(&json, '}');
    pd_json_end(&json, '}');
    g_assert_cmpstr(out->str, ==,
                    "{\"a\\\"\":\"\\\\ \\n \\u0001 \\u007f é \357\277\275\","
                    "\"b\":[0.97,1.0,-10.25],\"c\":false,\"d\":12,\"e\":{}}");
}

static void
test_lines(void)
{
    static const char input[] = "one\r\n\nlong line\n12345678\nlast";
    g_autoptr(PdLineReader) reader = NULL;
    g_autoptr(GString) line = g_string_new(NULL);
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(write(ends[1], input, strlen(input)), ==, (gssize)strlen(input));
    close(ends[1]);
    reader = pd_line_reader_new(ends[0], 8);
    g_assert_false(pd_line_reader_is_ready(reader));
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_READ);
    g_assert_cmpstr(line->str, ==, "one");
    g_assert_true(pd_line_reader_is_ready(reader));
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_READ);
    g_assert_cmpstr(line->str, ==, "");
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_TOO_LONG);
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_READ);
    g_assert_cmpstr(line->str, ==, "12345678");
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_READ);
    g_assert_cmpstr(line->str, ==, "last");
    g_assert_cmpuint(pd_line_reader_bytes(reader), ==, strlen(input));
    g_assert_cmpint(pd_line_reader_next(reader, line, NULL), ==, PD_LINE_END);
    close(ends[0]);
}

static void
test_nearest(void)
{
    static const char *const names[] = { "check", "batch", "help", NULL };

    g_assert_cmpstr(pd_nearest("chekc", names), ==, "check");
    g_assert_cmpstr(pd_nearest("batches", names), ==, "batch");
    g_assert_cmpstr(pd_nearest("hlp", names), ==, "help");
    g_assert_null(pd_nearest("letter.txt", names));
    g_assert_null(pd_nearest("hi", names));
    g_assert_null(pd_nearest("a name far longer than any command of any program can be", names));
}

static void
test_printable(void)
{
    g_autofree char *text = pd_printable("a\033[2Jb\n\xff \342\200\256x é");

    g_assert_cmpstr(text, ==, "a\uFFFD[2Jb\uFFFD\uFFFD \uFFFDx é");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/request/good", test_good);
    g_test_add_func("/cli/request/bad", test_bad);
    g_test_add_func("/cli/request/deep", test_deep);
    g_test_add_func("/cli/request/damaged", test_damaged);
    g_test_add_func("/cli/json-writer", test_writer);
    g_test_add_func("/cli/line-reader", test_lines);
    g_test_add_func("/cli/nearest", test_nearest);
    g_test_add_func("/cli/printable", test_printable);
    return g_test_run();
}
