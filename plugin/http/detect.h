/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * detect.h - which language a text is in
 *
 * libexttextcat compares the frequent letter groups of the text with those of languages (Cavnar and
 * Trenkle 1994). Some frequent languages compete even if they are not installed, so that a text in
 * none of those that are is not taken for one of them.
 */
#pragma once

#include <glib.h>

typedef struct PdHttpDetector PdHttpDetector;

/**
 * pd_http_detector_new:
 *
 * Fingerprints come from the directory $PROOFD_FINGERPRINTS if set, else libexttextcat/ in
 * $XDG_DATA_DIRS. They are read when first needed, in some milliseconds.
 *
 * Returns: (transfer full): never NULL
 */
PdHttpDetector *pd_http_detector_new(void);
void pd_http_detector_free(PdHttpDetector *self); /* NULL is fine */

/**
 * pd_http_detector_guess:
 * @codes: those that may be the answer, as "en"; the earlier one wins where several are as likely
 * @text: the first kilobyte counts
 * @ret_confidence: 0 to 1; less where other languages are as likely, or the text is short
 *
 * Returns: (transfer none) (nullable): one of @codes; NULL: it cannot tell
 */
const char *pd_http_detector_guess(PdHttpDetector *self, const char *const *codes, const char *text,
                                   double *ret_confidence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdHttpDetector, pd_http_detector_free)
