/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core-dump.h - no core dumps of programs that hold what users write
 */
#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

/*
 * For the beginning of main(). Other processes of the user cannot read the memory then, either. The
 * limit alone would not do: systemd-coredump and apport are called whatever it is. What the program
 * starts may raise it again.
 */
static inline void
pd_forbid_core_dumps(void)
{
    struct rlimit limit;

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &limit);
    }
}
