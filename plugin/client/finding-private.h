/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finding-private.h - what only this folder may do with a finding
 */
#pragma once

#include <proofd-finding.h>

/*
 * @self: (transfer full). Returns: (transfer full): the same at another place; a copy where others
 * have it too, for whom it stays.
 */
ProofdFinding *proofd_finding_move(ProofdFinding *self, guint start);
