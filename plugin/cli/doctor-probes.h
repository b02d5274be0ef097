/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor-probes.h - whether proofd is turned on in programs that no line of a file says it of
 *
 * Each is asked only where the program and our part for it are installed. @ret_text: what was
 * found; @ret_remedy: what to do, left alone if nothing; both (transfer full).
 */
#pragma once

#include "plugin/cli/doctor.h"

PdHealth pd_probe_gedit(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_enchant(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_lsp(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_vscode(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_http(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_libreoffice(PdDoctor *doctor, char **ret_text, char **ret_remedy);
PdHealth pd_probe_watch(PdDoctor *doctor, char **ret_text, char **ret_remedy);
