/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/cli/diff.h"
#include "plugin/cli/fix.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static void
add(GPtrArray *findings, guint start, guint length, const char *replacement)
{
    ProofdFinding *finding =
        proofd_finding_new(start, length, "spelling", 0.9, "", "spelling/unknown");

    if (replacement != NULL)
        g_ptr_array_add(finding->candidates, proofd_candidate_new(replacement, 1, "replace"));
    g_ptr_array_add(findings, finding);
}

static GPtrArray *
new_findings(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)proofd_finding_unref);
}

static void
check_fixed(const char *text, GPtrArray *findings, const char *fixed)
{
    g_autoptr(GPtrArray) edits = pd_fix_edits(text, findings);
    g_autoptr(GString) result = pd_fix_apply(text, strlen(text), edits);

    g_assert_cmpstr(result->str, ==, fixed);
}

static void
check_one(const char *text, guint start, guint length, const char *replacement, const char *fixed)
{
    g_autoptr(GPtrArray) findings = new_findings();

    add(findings, start, length, replacement);
    check_fixed(text, findings, fixed);
}

static void
test_one(void)
{
    check_one("I recieve it", 2, 7, "receive", "I receive it");
    check_one("日本 wrd", 3, 3, "word", "日本 word");
    check_one("go school", 3, 0, "to ", "go to school");
    check_one("nothing known", 0, 7, NULL, "nothing known");
}

/* A word that goes takes one space along, whichever side the finding left one on. */
static void
test_deletion(void)
{
    check_one("the the cat", 4, 3, "", "the cat");
    check_one("the the cat", 3, 4, "", "the cat");
    check_one("the the cat", 4, 4, "", "the cat");
    check_one("the cat the", 8, 3, "", "the cat");
    check_one("the the.", 4, 3, "", "the.");
    check_one("so the cat", 0, 2, "", "the cat");
    check_one("a\nso the cat", 2, 2, "", "a\nthe cat");
    check_one("word .", 4, 1, "", "word.");
    check_one("a,,b", 1, 1, "", "a,b");
    check_one("only", 0, 4, "", "");
}

static void
test_overlap(void)
{
    g_autoptr(GPtrArray) findings = new_findings();

    add(findings, 0, 5, "first");
    add(findings, 3, 4, "second");
    add(findings, 9, 0, "in ");
    add(findings, 9, 0, "on "); /* at one place, the first */
    add(findings, 9, 4, "word");
    check_fixed("abcde fg wxyz", findings, "first fg in wxyz");
    g_ptr_array_set_size(findings, 0);
    add(findings, 2, 0, "x");
    add(findings, 2, 0, "y");
    check_fixed("abcd", findings, "abxcd");
}

/* What patch(1) makes of the diff is what the edits make of the text. */
static void
check_patch(const char *name, const char *text, GPtrArray *findings)
{
    g_autofree char *directory = g_dir_make_tmp("proofd-diff-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *patch = g_build_filename(directory, "changes", NULL);
    g_autoptr(GPtrArray) edits = pd_fix_edits(text, findings);
    g_autoptr(GString) fixed = pd_fix_apply(text, strlen(text), edits);
    g_autofree char *diff = pd_diff(name, text, strlen(text), edits);
    g_autofree char *patched = NULL, *output = NULL;
    const char *arguments[] = { "patch", "-p0", "-f", "-i", "changes", "--no-backup-if-mismatch",
                                "-F0",   NULL };
    g_autoptr(GError) error = NULL;
    int status = -1;

    g_file_set_contents(path, text, -1, NULL);
    g_file_set_contents(patch, diff, -1, NULL);
    g_spawn_sync(directory, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                 NULL, &status, &error);
    g_assert_no_error(error);
    g_test_message("%s%s", diff, output);
    g_assert_cmpint(status, ==, 0);
    g_assert_true(g_file_get_contents(path, &patched, NULL, NULL));
    g_assert_cmpstr(patched, ==, fixed->str);
    g_unlink(path);
    g_unlink(patch);
    g_rmdir(directory);
}

static void
check_patch_one(const char *text, guint start, guint length, const char *replacement)
{
    g_autoptr(GPtrArray) findings = new_findings();

    add(findings, start, length, replacement);
    check_patch("text", text, findings);
}

static void
test_patch(void)
{
    check_patch_one("one\n", 0, 3, "two");
    check_patch_one("one", 0, 3, "two");
    check_patch_one("a\nb\nc\nd\ne\nf\ng\nh\ni\n", 8, 1, "E");
    check_patch_one("a\nb\nc\nd\ne\nf\ng\nh\ni", 16, 1, "I");
    check_patch_one("a\nb\nc\nd\ne\nf\ng\nh\ni", 0, 1, "A");
    check_patch_one("the\nthe cat\n", 3, 4, "");    /* joins two lines */
    check_patch_one("a\nthe cat\nend\n", 2, 8, ""); /* takes a whole line out */
    check_patch_one("a\nb\n", 1, 3, "");            /* the last line end goes */
    check_patch_one("a\nb", 3, 0, "\nmore\nlines");
    check_patch_one("a\r\nwrd\r\n", 3, 3, "word");
    check_patch_one("one\n", 4, 0, "at the end\n");
}

static void
test_patch_names(void)
{
    static const char *const names[] = { "a b.txt", "t\"q\".txt", "é ü.txt", "back\\slash",
                                         "line\nbreak" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GPtrArray) findings = new_findings();

        add(findings, 0, 1, "x");
        check_patch(names[i], "a\nb\n", findings);
    }
}

static void
test_patch_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (int round = 0; round < 150; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GPtrArray) findings = new_findings();
        guint n = g_rand_int_range(rand, 1, 120);

        for (guint i = 0; i < n; i++) {
            static const char *const parts[] = { "a", "b", " ", "\n", "\n", "é", "word\n" };

            g_string_append(text, parts[g_rand_int_range(rand, 0, G_N_ELEMENTS(parts))]);
        }
        n = g_utf8_strlen(text->str, -1);
        for (guint at = 0; at < n; at += g_rand_int_range(rand, 1, 40)) {
            static const char *const parts[] = { "", "X", "new\n", "\n" };

            add(findings, at, g_rand_int_range(rand, 0, MIN(6, n - at) + 1),
                parts[g_rand_int_range(rand, 0, G_N_ELEMENTS(parts))]);
        }
        check_patch("text", text->str, findings);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/fix/one", test_one);
    g_test_add_func("/cli/fix/deletion", test_deletion);
    g_test_add_func("/cli/fix/overlap", test_overlap);
    g_test_add_func("/cli/diff/patch", test_patch);
    g_test_add_func("/cli/diff/names", test_patch_names);
    g_test_add_func("/cli/diff/random", test_patch_random);
    return g_test_run();
}
