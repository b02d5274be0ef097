/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof doctor: the programs in which people write. A row each; what a row cannot say has a
 * function of its own, here or in doctor-probes.c.
 */
#include "plugin/cli/doctor-find.h"
#include "plugin/cli/doctor-probes.h"
#include "plugin/cli/doctor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_PLACES 10
#define VIM_PLUGINS \
    "$data/vim/vimfiles/plugin/proofd.vim", "$data/vim/vimfiles/pack/*/*/*/plugin/proofd.vim"

typedef struct {
    const char *id, *title;
    const char *programs[4];     /* one of them is in PATH, or it is missing; none: our own */
    const char *parts[N_PLACES]; /* our side of it: one of these places; none: it needs none */
    const char *package;         /* which has our side */
    const char *files[N_PLACES]; /* the user's settings, of which one turns it on */
    const char *pattern;         /* ... by a line such as this; NULL: nothing to turn on */
    const char *comment;         /* ... that does not begin so */
    const char *remedy;          /* turns it on; @FILE@: the first of files; @EXAMPLE@ */
    const char *new_remedy;      /* (nullable): instead, where none of files is there yet */
    const char *add_on;          /* (nullable): instead of remedy, a package that turns it on */
    const char *example;         /* (nullable): of ours, by its name */
    /* (nullable): instead of pattern; fills in text and remedy, both (transfer full) */
    PdHealth (*probe)(PdDoctor *doctor, char **ret_text, char **ret_remedy);
} Client;

static const Client clients[] = {
    { .id = "neovim",
      .title = "Neovim",
      .programs = { "nvim" },
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .files = { VIM_PLUGINS, "$data/nvim/site/plugin/proofd.vim",
                 "$data/nvim/site/pack/*/*/*/plugin/proofd.vim", "$config/nvim/init.*",
                 "$config/nvim/lua/*.lua", "$config/nvim/lua/*/*.lua", "$config/nvim/plugin/*",
                 "$config/nvim/lsp/*", "$config/nvim/pack/*/*/*/plugin/proofd.vim" },
      .pattern = "proofd",
      .comment = "--",
      .add_on = "vim-proofd" },
    { .id = "vim",
      .title = "Vim",
      .programs = { "vim", "gvim" },
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .files = { VIM_PLUGINS, "$home/.vim/pack/*/*/*/plugin/proofd.vim", "$home/.vim/plugin/*.vim",
                 "$home/.vim/vimrc", "$home/.vimrc" },
      .pattern = "proofd",
      .comment = "\"",
      .add_on = "vim-proofd" },
    { .id = "emacs",
      .title = "Emacs",
      .programs = { "emacs" },
      .parts = { "$data/emacs/site-lisp/proofd.el", "$data/emacs/site-lisp/elpa*/proofd-*",
                 "$home/.emacs.d/elpa/proofd-*", "$config/emacs/elpa/proofd-*" },
      .package = "elpa-proofd",
      .files = { "$home/.emacs", "$home/.emacs.el", "$home/.emacs.d/init.el",
                 "$config/emacs/init.el" },
      .pattern = "proofd",
      .comment = ";",
      .remedy = "echo \"(require 'proofd) (global-proofd-mode)\" >> @FILE@" },
    { .id = "gedit",
      .title = "gedit",
      .programs = { "gedit" },
      .parts = { "$data/gedit/plugins/proofd.plugin", "$lib/gedit/plugins/proofd.plugin",
                 "$lib/*/gedit/plugins/proofd.plugin" },
      .package = "gedit-plugin-proofd",
      .probe = pd_probe_gedit },
    { .id = "enchant",
      .title = "Enchant",
      .programs = { "enchant-lsmod-2", "gnome-text-editor", "evolution", "epiphany" },
      .probe = pd_probe_enchant },
    { .id = "lsp",
      .title = "proofd-lsp",
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .probe = pd_probe_lsp },
    { .id = "kate",
      .title = "Kate",
      .programs = { "kate" },
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .files = { "$config/kate/lspclient/settings.json" },
      .pattern = "proofd-lsp",
      .remedy = "kate @FILE@ @EXAMPLE@",
      .new_remedy = "install -D -m 644 @EXAMPLE@ @FILE@",
      .example = "kate.json" },
    { .id = "helix",
      .title = "Helix",
      .programs = { "hx", "helix" },
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .files = { "$config/helix/languages.toml" },
      .pattern = "proofd-lsp",
      .comment = "#",
      .remedy = "cat @EXAMPLE@ >> @FILE@",
      .example = "helix.toml" },
    { .id = "vscode",
      .title = "VS Code",
      .programs = { "code", "codium", "code-oss" },
      .parts = { "$path/proofd-lsp" },
      .package = "proofd-lsp",
      .probe = pd_probe_vscode },
    { .id = "http",
      .title = "proofd-http",
      .parts = { "$path/proofd-http" },
      .package = "proofd-http",
      .probe = pd_probe_http },
    { .id = "libreoffice",
      .title = "LibreOffice",
      .programs = { "soffice", "libreoffice" },
      .parts = { "$path/proofd-http" },
      .package = "proofd-http",
      .probe = pd_probe_libreoffice },
    { .id = "editor",
      .title = "proof-editor",
      .parts = { "$path/proof-editor" },
      .package = "proof-editor" },
    { .id = "watch",
      .title = "proofd-watch",
      .parts = { "$path/proofd-watch" },
      .package = "proofd-watch",
      .probe = pd_probe_watch },
};

/* (nullable): the first program of the client that is installed */
static char *
find_program(const Client *self)
{
    char *path = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(self->programs) && path == NULL; i++) {
        if (self->programs[i] != NULL)
            path = g_find_program_in_path(self->programs[i]);
    }
    return path;
}

/* (nullable): the file of the user's that turns it on */
static char *
find_setting(const Client *self)
{
    for (size_t i = 0; i < N_PLACES && self->files[i] != NULL; i++) {
        g_auto(GStrv) paths = pd_find_all(self->files[i]);

        for (char **path = paths; *path != NULL; path++) {
            if (pd_file_matches(*path, self->pattern, self->comment))
                return g_strdup(*path);
        }
    }
    return NULL;
}

/* (transfer full) */
static char *
replace(const char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);

    return g_strjoinv(with, parts);
}

/* (nullable): what turns it on, written for the file that is there */
static char *
remedy_for(const Client *self)
{
    g_autofree char *there = pd_find_any(self->files, N_PLACES);
    bool is_new = there == NULL && self->new_remedy != NULL;
    const char *remedy = is_new ? self->new_remedy : self->remedy;
    g_autofree char *file = NULL, *shown = NULL, *folder = NULL;
    g_autofree char *example = NULL, *with_file = NULL, *line = NULL, *shown_folder = NULL;

    if (self->add_on != NULL)
        return pd_install_command(self->add_on, false);
    file = there != NULL ? g_steal_pointer(&there) : pd_find_default(self->files[0]);
    shown = pd_find_shorten(file);
    example = pd_find_example(self->example != NULL ? self->example : "");
    with_file = replace(remedy, "@FILE@", shown);
    line = replace(with_file, "@EXAMPLE@", example);
    folder = g_path_get_dirname(file);
    if (is_new || g_file_test(folder, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&line);
    shown_folder = g_path_get_dirname(shown);
    return g_strdup_printf("mkdir -p %s && %s", shown_folder, line);
}

static void
look_at_setting(PdDoctor *doctor, const Client *self)
{
    g_autofree char *file = self->pattern != NULL ? find_setting(self) : NULL;
    g_autofree char *shown = file != NULL ? pd_find_shorten(file) : NULL;
    g_autofree char *text = NULL, *remedy = NULL;

    if (self->pattern == NULL) {
        pd_doctor_tell(doctor, self->id, self->title, PD_HEALTH_OK, _("installed"), NULL);
    } else if (file != NULL) {
        text = g_strdup_printf(_("set up in %s"), shown);
        pd_doctor_tell(doctor, self->id, self->title, PD_HEALTH_OK, text, NULL);
    } else {
        remedy = remedy_for(self);
        pd_doctor_tell(doctor, self->id, self->title, PD_HEALTH_OFF,
                       _("installed, but not turned on"), remedy);
    }
}

static void
look_at(PdDoctor *doctor, const Client *self)
{
    g_autofree char *program = find_program(self);
    g_autofree char *part = pd_find_any(self->parts, N_PLACES);
    g_autofree char *text = NULL, *remedy = NULL;

    if (self->programs[0] != NULL && program == NULL) {
        pd_doctor_tell(doctor, self->id, self->title, PD_HEALTH_MISSING, _("not installed"), NULL);
    } else if (self->parts[0] != NULL && part == NULL) {
        remedy = pd_install_command(self->package, false);
        text = self->programs[0] != NULL
                   ? g_strdup_printf(_("installed, but %s is not"), self->package)
                   : g_strdup(_("not installed"));
        pd_doctor_tell(doctor, self->id, self->title, PD_HEALTH_MISSING, text, remedy);
    } else if (self->probe != NULL) {
        PdHealth health = self->probe(doctor, &text, &remedy);

        pd_doctor_tell(doctor, self->id, self->title, health, text, remedy);
    } else {
        look_at_setting(doctor, self);
    }
}

void
pd_doctor_look_at_clients(PdDoctor *self)
{
    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
        look_at(self, &clients[i]);
}
