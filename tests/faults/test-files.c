/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that go wrong while the service runs, or before: disk, home, model, dictionary. */
#include "dbus/protocol.h"
#include "tests/faults/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL_DISK "size=64k,mode=700"
#define PAGE 4096
#define KEPT_BYTES (64 * 1024 + 5) /* of a model file that is cut: its index is whole */

static char *
words_folder(const PdFixture *self)
{
    return pd_fixture_path(self, "data/proofd");
}

static void
assert_not_added(PdFixture *self, const char *word, const char *why)
{
    pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "AddWord",
                    g_variant_new("(s)", word), "Failed", why);
}

static void
assert_file_is(const char *folder, const char *expected)
{
    g_autofree char *path = g_build_filename(folder, "words.txt", NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

/* Takes all the room there is. */
static void
fill(const char *path)
{
    static const char zeros[PAGE];
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    g_assert_cmpint(fd, >=, 0);
    while (write(fd, zeros, sizeof zeros) > 0)
        continue;
    g_assert_cmpint(errno, ==, ENOSPC);
    close(fd);
}

static void
test_full_disk(PdFixture *self, gconstpointer data)
{
    g_autofree char *folder = words_folder(self);
    g_autofree char *filler = g_build_filename(folder, "filler", NULL);

    if (!pd_faults_mount(folder, SMALL_DISK)) {
        g_test_skip("may not mount a small disk");
        return;
    }
    pd_fixture_start(self, NULL);
    pd_faults_add_word(self, "Fediverse");
    fill(filler);
    assert_not_added(self, "Mastodon", g_strerror(ENOSPC));
    assert_file_is(folder, "Fediverse\n");
    pd_faults_assert_serves(self);
    g_assert_no_errno(g_unlink(filler));
    pd_faults_add_word(self, "Mastodon");
    assert_file_is(folder, "Fediverse\nMastodon\n");
    pd_fixture_stop(self);
    pd_faults_unmount(folder);
}

/* Read-only after the service has begun, and before another begins. */
static void
test_read_only_home(PdFixture *self, gconstpointer data)
{
    g_autofree char *folder = words_folder(self);

    if (!pd_faults_mount(folder, SMALL_DISK)) {
        g_test_skip("may not mount a file system that can be made read-only");
        return;
    }
    pd_fixture_start(self, NULL);
    pd_faults_add_word(self, "Fediverse");
    g_assert_true(pd_faults_make_read_only(folder));
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(GVariant) findings = NULL;

        assert_not_added(self, "Mastodon", g_strerror(EROFS));
        assert_file_is(folder, "Fediverse\n");
        pd_faults_assert_serves(self);
        findings = pd_fixture_check(self, "The Fediverse grows.", NULL);
        g_assert_cmpuint(g_variant_n_children(findings), ==, 0);
        pd_fixture_stop(self);
        pd_fixture_start(self, NULL);
    }
    pd_fixture_stop(self);
    pd_faults_unmount(folder);
}

/* --- the model --- */

static void
copy_folder(const char *from, const char *to)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    const char *name;

    g_assert_nonnull(dir);
    g_assert_no_errno(g_mkdir_with_parents(to, 0700));
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(from, name, NULL);
        g_autofree char *copy = g_build_filename(to, name, NULL);
        g_autoptr(GFile) source = g_file_new_for_path(path);
        g_autoptr(GFile) target = g_file_new_for_path(copy);
        g_autoptr(GError) error = NULL;

        g_file_copy(source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
        g_assert_no_error(error);
    }
}

/* The fixture's models are a copy from now on, which the test may spoil. */
static void
own_models(PdFixture *self)
{
    g_autofree char *models = pd_fixture_path(self, "models");
    g_autofree char *from = g_build_filename(self->models, "en", NULL);
    g_autofree char *to = g_build_filename(models, "en", NULL);

    copy_folder(from, to);
    g_free(self->models);
    self->models = g_steal_pointer(&models);
}

static char *
model_file(const PdFixture *self, const char *name)
{
    return g_build_filename(self->models, "en", name, NULL);
}

static void
assert_broken(PdFixture *self, const char *part)
{
    pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                    g_variant_new("(ss@a{sv})", "en_US", WRONG, pd_options(NULL)), "ModelBroken",
                    part);
}

static void
test_missing_model(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = NULL;

    own_models(self);
    path = model_file(self, data);
    g_assert_no_errno(g_unlink(path));
    pd_fixture_start(self, NULL);
    assert_broken(self, path);
    assert_broken(self, path); /* and says so again */
    pd_faults_add_word(self, "Fediverse");
}

static void
test_truncated_model(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = NULL;

    own_models(self);
    path = model_file(self, data);
    g_assert_no_errno(truncate(path, KEPT_BYTES));
    pd_fixture_start(self, NULL);
    assert_broken(self, path);
    pd_faults_add_word(self, "Fediverse");
}

/* As packages do it: a new file takes the name. The service goes on with the one it has. */
static void
test_replaced_model(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = NULL;
    g_autofree char *new = NULL;

    own_models(self);
    path = model_file(self, data);
    new = g_strconcat(path, ".new", NULL);
    pd_fixture_start(self, NULL);
    pd_faults_assert_serves(self);
    g_assert_true(g_file_set_contents(new, "no model", -1, NULL));
    g_assert_no_errno(g_rename(new, path));
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("In %u I recieve teh letters.", i);
        g_autoptr(GVariant) findings = pd_fixture_check(self, text, NULL);

        g_assert_cmpuint(g_variant_n_children(findings), >=, 2);
    }
}

/* As careless copying does it: other bytes in the file that is in use. What the service finds may
 * be wrong then; it reads no other memory. */
static void
test_overwritten_model(PdFixture *self, gconstpointer data)
{
    g_autofree char *path = NULL;
    g_autofree char *bytes = NULL;
    size_t length;
    int fd;

    own_models(self);
    path = model_file(self, data);
    pd_fixture_start(self, NULL);
    pd_faults_assert_serves(self);
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    for (unsigned byte = 0; byte < 256; byte += 85) {
        memset(bytes, (int)byte, length);
        fd = open(path, O_WRONLY | O_CLOEXEC);
        g_assert_cmpint(write(fd, bytes, length), ==, (gssize)length);
        close(fd);
        for (unsigned i = 0; i < 20; i++) {
            g_autofree char *text =
                g_strdup_printf("Their are %u%u Smith in there house.", byte, i);
            g_autoptr(GVariant) findings = pd_fixture_check(self, text, NULL);

            g_assert_cmpuint(g_variant_n_children(findings), <=, 8);
        }
    }
    pd_faults_assert_serves(self); /* spelling needs no model */
}

/* The same, shorter: there are no bytes any more where the service reads. It says why it ends, and
 * the next one says what is wrong with the file. */
static void
test_cut_model(PdFixture *self, gconstpointer data)
{
    static const char *const never[] = { "--idle-exit", "0", NULL };
    g_autofree char *path = NULL;
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    unsigned i = 0;

    own_models(self);
    path = model_file(self, data);
    self->service = pd_fixture_spawn(self, never, G_SUBPROCESS_FLAGS_STDERR_PIPE);
    pd_fixture_wait_name(self, true);
    pd_faults_add_word(self, "Fediverse");
    pd_faults_assert_serves(self);
    g_assert_no_errno(truncate(path, KEPT_BYTES));
    while (error == NULL) {
        g_autofree char *text = g_strdup_printf("Their are %u Smith in there house.", i++);
        g_autoptr(GVariant) reply = pd_fixture_call(
            self, "Check", g_variant_new("(ss@a{sv})", "en_US", text, pd_options(NULL)), &error);
    }
    g_assert_error(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
    g_subprocess_communicate_utf8(self->service, NULL, NULL, NULL, &output, NULL);
    pd_faults_wait_end(self);
    g_assert_nonnull(strstr(output, "became shorter while it was in use"));
    pd_fixture_start(self, NULL);
    assert_broken(self, path);
    pd_faults_add_word(self, "Mastodon");
}

/* --- dictionaries --- */

/* (transfer full): a folder with en_US of the system; NULL: it has none */
static char *
own_dictionaries(const PdFixture *self)
{
    static const char *const names[] = { "en_US.aff", "en_US.dic" };
    g_autofree char *folder = pd_fixture_path(self, "dictionaries");

    g_assert_no_errno(g_mkdir_with_parents(folder, 0700));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_build_filename("/usr/share/hunspell", names[i], NULL);
        g_autofree char *to = g_build_filename(folder, names[i], NULL);
        g_autofree char *bytes = NULL;
        size_t length;

        if (!g_file_get_contents(from, &bytes, &length, NULL))
            return NULL;
        g_assert_true(g_file_set_contents(to, bytes, (gssize)length, NULL));
    }
    return g_steal_pointer(&folder);
}

static void
test_dictionary_removed(PdFixture *self, gconstpointer data)
{
    g_autofree char *folder = own_dictionaries(self);
    g_autofree char *dic = folder != NULL ? g_build_filename(folder, "en_US.dic", NULL) : NULL;
    g_autofree char *moved = g_strconcat(dic != NULL ? dic : "", ".away", NULL);

    if (folder == NULL) {
        g_test_skip("needs the dictionary of en_US in /usr/share/hunspell");
        return;
    }
    g_setenv("PROOFD_DICTIONARIES", folder, TRUE);
    pd_fixture_start(self, NULL);
    pd_faults_assert_serves(self);
    g_assert_no_errno(g_rename(dic, moved));
    pd_faults_assert_serves(self); /* it is in memory */
    pd_fixture_stop(self);
    pd_fixture_start(self, NULL);
    pd_assert_fails(self->client, PD_DBUS_PATH, PD_DBUS_INTERFACE, "Check",
                    g_variant_new("(ss@a{sv})", "en_US", WRONG, pd_options(NULL)),
                    "UnknownLanguage", "no dictionary for en_US");
    g_assert_no_errno(g_rename(moved, dic)); /* installed again: no new start is needed */
    pd_faults_assert_serves(self);
    g_unsetenv("PROOFD_DICTIONARIES");
}

#define ADD_WITH(path, fn, data) \
    g_test_add("/faults/" path, PdFixture, data, pd_fixture_bus_up, fn, pd_fixture_down)
#define ADD(path, fn) ADD_WITH(path, fn, NULL)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("full-disk", test_full_disk);
    ADD("read-only-home", test_read_only_home);
    ADD_WITH("missing/weights", test_missing_model, "model.safetensors");
    ADD_WITH("missing/ngrams", test_missing_model, "ngrams.bin");
    ADD_WITH("truncated/weights", test_truncated_model, "model.safetensors");
    ADD_WITH("truncated/ngrams", test_truncated_model, "ngrams.bin");
    ADD_WITH("truncated/names", test_truncated_model, "names.txt");
    ADD_WITH("replaced/weights", test_replaced_model, "model.safetensors");
    ADD_WITH("replaced/ngrams", test_replaced_model, "ngrams.bin");
    ADD_WITH("overwritten/weights", test_overwritten_model, "model.safetensors");
    ADD_WITH("overwritten/ngrams", test_overwritten_model, "ngrams.bin");
    ADD_WITH("overwritten/names", test_overwritten_model, "names.txt");
    ADD_WITH("cut/weights", test_cut_model, "model.safetensors");
    ADD("dictionary-removed", test_dictionary_removed);
    return g_test_run();
}
