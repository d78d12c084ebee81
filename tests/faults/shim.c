/* Fails, or ends the process at, the n-th call that writes under one folder. Preloaded into a process, armed by it through fault_arm.
   With fault_record every such call is written to a trace with its bytes, from which tests/faults/power.py makes what a disk may hold
   after a power cut. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE = 0, KILL = -1, SHORT = -2 };

static char under[4096];
static volatile long at, seen;
static volatile int kind, forever;

void fault_arm(const char *folder, long n, int what, int always) {
    snprintf(under, sizeof under, "%s", folder);
    seen = 0, at = n, kind = what, forever = always;
}

long fault_seen(void) { return seen; }

/* What is to become of a call on this path: 0 to go on, else KILL, SHORT or a number of an error. */
static int fate(const char *path) {
    if (!under[0] || strncmp(path, under, strlen(under)) != 0) return NONE;
    long now = __sync_add_and_fetch(&seen, 1);
    if (kind == NONE || !(now == at || (forever && now > at))) return NONE;
    if (kind == KILL) kill(getpid(), SIGKILL);
    return kind;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, 4095);
    if (size <= 0) return 0;
    path[size] = 0;
    return 1;
}

static int fate_of(int fd) {
    char path[4096];
    return under[0] && path_of(fd, path) ? fate(path) : NONE;
}

/* The trace: one record a call, a line of text and the bytes written. */
static int trace = -1;
static pthread_mutex_t tracing = PTHREAD_MUTEX_INITIALIZER;

static void put_all(const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    for (const char *at = data; size;) {
        ssize_t done = real(trace, at, size);
        if (done <= 0) _exit(3);
        at += done, size -= done;
    }
}

static void record(const char *what, const char *path, const char *other, long place, const void *data, size_t size) {
    char line[9000];
    if (trace < 0 || (strncmp(path, under, strlen(under)) != 0 && path[0])) return;
    int length = snprintf(line, sizeof line, "%s\t%s\t%s\t%ld\t%zu\n", what, path, other, place, size);
    pthread_mutex_lock(&tracing);
    put_all(line, length);
    if (data) put_all(data, size);
    pthread_mutex_unlock(&tracing);
}

static void record_fd(const char *what, int fd, long place, const void *data, long size) {
    char path[4096];
    int kept = errno;
    if (trace >= 0 && size >= 0 && path_of(fd, path)) record(what, path, "", place, data, size);
    errno = kept;
}

static void record_at(const char *what, int dir, const char *path, const char *other, long place) {
    char folder[4096], whole[8300];
    int kept = errno;
    if (trace < 0) return;
    if (path[0] == '/') record(what, path, other, place, 0, 0);
    else if (dir != AT_FDCWD && path_of(dir, folder)) {
        snprintf(whole, sizeof whole, "%s/%s", folder, path);
        record(what, whole, other, place, 0, 0);
    }
    errno = kept;
}

void fault_record(const char *folder, const char *file) {
    snprintf(under, sizeof under, "%s", folder);
    kind = NONE;
    trace = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
}

void fault_note(long number) { record("note", "", "", number, 0, 0); }

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define FAIL(what) do { int w = (what); if (w > 0) { errno = w; return -1; } } while (0)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    int what = fate_of(fd);
    FAIL(what);
    ssize_t done = real(fd, data, what == SHORT && size > 1 ? size / 2 : size);
    if (trace >= 0 && done > 0) record_fd("write", fd, lseek(fd, 0, SEEK_CUR) - done, data, done);
    return done;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    FAIL(fate_of(fd));
    if (trace >= 0) return count ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0; /* fewer than asked for is allowed */
    return real(fd, parts, count);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    REAL(pwrite);
    int what = fate_of(fd);
    FAIL(what);
    ssize_t done = real(fd, data, what == SHORT && size > 1 ? size / 2 : size, place);
    record_fd("write", fd, place, data, done);
    return done;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) {
    REAL(pwrite64);
    int what = fate_of(fd);
    FAIL(what);
    ssize_t done = real(fd, data, what == SHORT && size > 1 ? size / 2 : size, place);
    record_fd("write", fd, place, data, done);
    return done;
}
ssize_t sendfile(int out, int in, off_t *place, size_t size) {
    REAL(sendfile);
    if (trace >= 0) { errno = EINVAL; return -1; } /* what copies goes on with write */
    return real(out, in, place, size);
}
ssize_t copy_file_range(int in, off64_t *a, int out, off64_t *b, size_t size, unsigned flags) {
    REAL(copy_file_range);
    if (trace >= 0) { errno = EXDEV; return -1; }
    return real(in, a, out, b, size, flags);
}
#define DONE(call, recorded) int done = call; if (done == 0 && trace >= 0) recorded; return done
int fsync(int fd) { REAL(fsync); FAIL(fate_of(fd)); DONE(real(fd), record_fd("sync", fd, 0, 0, 0)); }
int fdatasync(int fd) { REAL(fdatasync); FAIL(fate_of(fd)); DONE(real(fd), record_fd("sync", fd, 0, 0, 0)); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); FAIL(fate_of(fd)); DONE(real(fd, size), record_fd("size", fd, size, 0, 0)); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); FAIL(fate_of(fd)); DONE(real(fd, size), record_fd("size", fd, size, 0, 0)); }
int rename(const char *from, const char *to) { REAL(rename); FAIL(fate(to)); DONE(real(from, to), record("rename", from, to, 0, 0, 0)); }
int renameat(int a, const char *from, int b, const char *to) { REAL(renameat); FAIL(fate(to)); DONE(real(a, from, b, to), record_at("rename", a, from, to, 0)); }
int unlink(const char *path) { REAL(unlink); FAIL(fate(path)); DONE(real(path), record("unlink", path, "", 0, 0, 0)); }
int unlinkat(int dir, const char *path, int flags) { REAL(unlinkat); FAIL(fate_of(dir)); DONE(real(dir, path, flags), record_at(flags & AT_REMOVEDIR ? "rmdir" : "unlink", dir, path, "", 0)); }
int rmdir(const char *path) { REAL(rmdir); FAIL(fate(path)); DONE(real(path), record("rmdir", path, "", 0, 0, 0)); }
int link(const char *from, const char *to) { REAL(link); FAIL(fate(to)); DONE(real(from, to), record("link", from, to, 0, 0, 0)); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); FAIL(fate(path)); DONE(real(path, mode), record("mkdir", path, "", 0, 0, 0)); }

#define OPENS(name, first_p, first_a, dir)                                              \
    int name(first_p const char *path, int flags, ...) {                                \
        REAL(name);                                                                     \
        mode_t mode = 0;                                                                \
        if (flags & (O_CREAT | O_TMPFILE)) {                                            \
            va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
            if (flags & O_CREAT) FAIL(fate(path));                                      \
        }                                                                               \
        int fd = real(first_a path, flags, mode);                                       \
        if (fd >= 0 && flags & (O_CREAT | O_TRUNC)) record_at("open", dir, path, "", flags & O_TRUNC ? 1 : 0); \
        return fd;                                                                      \
    }
#define COMMA ,
OPENS(open, , , AT_FDCWD)
OPENS(open64, , , AT_FDCWD)
OPENS(openat, int dir COMMA, dir COMMA, dir)
OPENS(openat64, int dir COMMA, dir COMMA, dir)
