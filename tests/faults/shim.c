/* Fails, or ends the process at, the n-th call that writes under one folder. Preloaded into a process, armed by it through fault_arm. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
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

static int fate_of(int fd) {
    char link[64], path[4096];
    if (!under[0]) return NONE;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0) return NONE;
    path[size] = 0;
    return fate(path);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define FAIL(what) do { int w = (what); if (w > 0) { errno = w; return -1; } } while (0)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    int what = fate_of(fd);
    FAIL(what);
    return real(fd, data, what == SHORT && size > 1 ? size / 2 : size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    REAL(pwrite);
    int what = fate_of(fd);
    FAIL(what);
    return real(fd, data, what == SHORT && size > 1 ? size / 2 : size, place);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) {
    REAL(pwrite64);
    int what = fate_of(fd);
    FAIL(what);
    return real(fd, data, what == SHORT && size > 1 ? size / 2 : size, place);
}
int fsync(int fd) { REAL(fsync); FAIL(fate_of(fd)); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); FAIL(fate_of(fd)); return real(fd); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); FAIL(fate_of(fd)); return real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); FAIL(fate_of(fd)); return real(fd, size); }
int rename(const char *from, const char *to) { REAL(rename); FAIL(fate(to)); return real(from, to); }
int renameat(int a, const char *from, int b, const char *to) { REAL(renameat); FAIL(fate(to)); return real(a, from, b, to); }
int unlink(const char *path) { REAL(unlink); FAIL(fate(path)); return real(path); }
int unlinkat(int dir, const char *path, int flags) { REAL(unlinkat); FAIL(fate_of(dir)); return real(dir, path, flags); }
int link(const char *from, const char *to) { REAL(link); FAIL(fate(to)); return real(from, to); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); FAIL(fate(path)); return real(path, mode); }

#define OPENS(name, first_p, first_a)                                                   \
    int name(first_p const char *path, int flags, ...) {                                \
        REAL(name);                                                                     \
        mode_t mode = 0;                                                                \
        if (flags & (O_CREAT | O_TMPFILE)) {                                            \
            va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
            if (flags & O_CREAT) FAIL(fate(path));                                      \
        }                                                                               \
        return real(first_a path, flags, mode);                                         \
    }
#define COMMA ,
OPENS(open, , )
OPENS(open64, , )
OPENS(openat, int dir COMMA, dir COMMA)
OPENS(openat64, int dir COMMA, dir COMMA)
