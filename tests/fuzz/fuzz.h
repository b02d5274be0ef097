/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz.h - what the fuzz targets share
 *
 * Each target is one file with LLVMFuzzerTestOneInput(), which libFuzzer calls with whatever it
 * makes up; without libFuzzer, replay.c calls it with the files of the corpus. A target asserts
 * what the header of the code under test promises.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv); /* once, before all inputs */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* borrowed: a folder of this process, removed when it ends */
const char *fuzz_folder(void);

/* (transfer full): the path of the file @name there, which now holds these bytes */
char *fuzz_write(const char *name, const uint8_t *data, size_t size);

/* (transfer full): valid UTF-8 without NUL, with U+FFFD for what is not */
char *fuzz_text(const uint8_t *data, size_t size);
