/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- system calls --- */

/* By name: libseccomp knows which of them an architecture has. */
static const char *const allowed[] = {
    /* files */
    "access", "chdir", "close", "close_range", "copy_file_range", "dup", "dup2", "dup3",
    "faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fallocate", "fchdir", "fchmod",
    "fcntl", "fcntl64", "fdatasync", "flock", "fstat", "fstat64", "fstatat64", "fstatfs",
    "fstatfs64", "fsync", "ftruncate", "ftruncate64", "getcwd", "getdents", "getdents64",
    "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "lseek", "_llseek",
    "lstat", "lstat64", "mkdir", "mkdirat", "name_to_handle_at", "newfstatat", "open", "openat",
    "openat2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read",
    "readahead", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "sendfile",
    "sendfile64", "stat", "stat64", "statfs", "statfs64", "statx", "umask", "unlink", "unlinkat",
    "write", "writev",
    /* waiting */
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd", "eventfd2", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pselect6",
    "pselect6_time64", "select", "_newselect", "timerfd_create", "timerfd_gettime",
    "timerfd_settime", "timerfd_settime64",
    /* sockets; which ones can be made is below */
    "connect", "getpeername", "getsockname", "getsockopt", "recv", "recvfrom", "recvmmsg",
    "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown",
    "socketcall",
    /* memory; what makes some executable is below */
    "brk", "madvise", "membarrier", "memfd_create", "mincore", "mlock", "mremap", "msync",
    "munlock", "munmap",
    /* threads */
    "exit", "exit_group", "futex", "futex_time64", "futex_waitv", "get_robust_list", "getcpu",
    "gettid", "restart_syscall", "rseq", "sched_get_priority_max", "sched_get_priority_min",
    "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
    "set_robust_list", "set_thread_area", "get_thread_area", "set_tid_address", "set_tls",
    /* signals */
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait",
    "sigaction", "sigaltstack", "signalfd", "signalfd4", "sigprocmask", "sigreturn",
    /* time, and who and where we are */
    "arch_prctl", "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64",
    "clock_nanosleep", "clock_nanosleep_time64", "getegid", "getegid32", "geteuid", "geteuid32",
    "getgid", "getgid32", "getgroups", "getgroups32", "getpgid", "getpgrp", "getpid", "getppid",
    "getpriority", "getrandom", "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit",
    "getrusage", "getsid", "gettimeofday", "getuid", "getuid32", "nanosleep", "ugetrlimit", "prctl",
    "sysinfo", "time", "times", "uname"
};

#ifdef __s390__ /* its clone takes the stack first */
#define CLONE_FLAGS SCMP_A1
#else
#define CLONE_FLAGS SCMP_A0
#endif

/* As if they were unknown: the C library has another way. clone3's flags cannot be looked at. */
static const char *const unknown[] = { "clone3", "pidfd_open", "io_uring_setup" };

static int
allow(scmp_filter_ctx filter, const char *name, unsigned n, const struct scmp_arg_cmp *conditions)
{
    const int number = seccomp_syscall_resolve_name(name);

    if (number == __NR_SCMP_ERROR)
        return 0; /* an older libseccomp than this list */
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, n, conditions);
}

static int
add_lists(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
        const int code = allow(filter, allowed[i], 0, NULL);

        if (code != 0)
            return code;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        const int number = seccomp_syscall_resolve_name(unknown[i]);
        const int code = number == __NR_SCMP_ERROR
                             ? 0
                             : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0);

        if (code != 0)
            return code;
    }
    return 0;
}

/* Those that depend on an argument. */
static int
add_conditions(scmp_filter_ctx filter)
{
    const scmp_datum_t pid = (scmp_datum_t)getpid();
    const struct {
        const char *name;
        struct scmp_arg_cmp condition;
    } rules[] = {
        { "socket", SCMP_A0_32(SCMP_CMP_EQ, AF_UNIX) },
        { "socketpair", SCMP_A0_32(SCMP_CMP_EQ, AF_UNIX) },
        { "clone", CLONE_FLAGS(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD) },
        { "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
        { "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) },
        { "mmap2", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
        { "mmap2", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC) },
        { "mprotect", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
        { "prlimit64", SCMP_A2(SCMP_CMP_EQ, 0) }, /* asks, changes nothing */
        { "kill", SCMP_A0_32(SCMP_CMP_EQ, pid) }, /* abort() */
        { "tgkill", SCMP_A0_32(SCMP_CMP_EQ, pid) },
        { "ioctl", SCMP_A1_32(SCMP_CMP_EQ, FIONREAD) },
        { "ioctl", SCMP_A1_32(SCMP_CMP_EQ, FIONBIO) },
        { "ioctl", SCMP_A1_32(SCMP_CMP_EQ, FIOCLEX) },
        { "ioctl", SCMP_A1_32(SCMP_CMP_EQ, TCGETS) }, /* isatty() */
        { "ioctl", SCMP_A1_32(SCMP_CMP_EQ, TIOCGWINSZ) },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        const int code = allow(filter, rules[i].name, 1, &rules[i].condition);

        if (code != 0)
            return code;
    }
    return 0;
}

static void
release(scmp_filter_ctx *filter)
{
    if (*filter != NULL)
        seccomp_release(*filter);
}

static bool
limit_calls(GError **error)
{
    __attribute__((cleanup(release))) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int code = filter == NULL ? -ENOMEM : 0;

    if (code == 0)
        code = add_lists(filter);
    if (code == 0)
        code = add_conditions(filter);
    if (code == 0)
        code = seccomp_load(filter);
    if (code != 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the seccomp filter cannot be loaded: %s",
                    g_strerror(-code));
    return code == 0;
}

/* --- files --- */

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* Linux 6.2 */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define WORDS_RIGHTS                                               \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)

/* What a kernel of that version of Landlock can forbid: all but reading. */
static __u64
handled_rights(long version)
{
    __u64 rights = LANDLOCK_ACCESS_FS_EXECUTE | WORDS_RIGHTS | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                   LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

    if (version >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version < 3)
        rights &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

static void
allow_folder_of(int ruleset, const char *path, __u64 rights)
{
    g_autofree char *dir = g_path_get_dirname(path);
    struct landlock_path_beneath_attr rule = { .allowed_access = rights };

    (void)g_mkdir_with_parents(dir, 0700); /* where it fails, no word can be added, which says so */
    rule.parent_fd = open(dir, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

/* @ret_limited: (out): false: this kernel has no Landlock */
static bool
limit_files(const char *words_file, bool *ret_limited, GError **error)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    const __u64 handled = handled_rights(version);
    const struct landlock_ruleset_attr attr = { .handled_access_fs = handled };
    /* a link is followed to the file itself, which may lie elsewhere: people keep such files so */
    g_autofree char *real = realpath(words_file, NULL);
    bool ok;
    int ruleset;

    *ret_limited = version >= 1;
    if (version < 1)
        return true;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset >= 0) {
        const __u64 rights = handled & WORDS_RIGHTS;

        allow_folder_of(ruleset, words_file, rights);
        if (real != NULL)
            allow_folder_of(ruleset, real, rights);
    }
    ok = ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (!ok)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Landlock cannot be turned on: %s",
                    g_strerror(errno));
    if (ruleset >= 0)
        close(ruleset);
    return ok;
}

bool
pd_sandbox_enter(const char *words_file, const char **ret_parts, GError **error)
{
    bool files = false;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "privileges cannot be given up: %s",
                    g_strerror(errno));
        return false;
    }
    if (!limit_files(words_file, &files, error) || !limit_calls(error))
        return false;
    *ret_parts = files ? "seccomp, Landlock" : "seccomp";
    return true;
}
