/* A file system without locks, or without memory that processes share, as the C library sees it:
 * what some network mounts are. NO_LOCKS, NO_LOCKS_BELOW and NO_SHARED_MEMORY choose what is missing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int lacks(const char *what) { return getenv(what) != NULL; }

static int lacks_locks(int fd) {
    const char *below = getenv("NO_LOCKS_BELOW");
    if (!below) return lacks("NO_LOCKS");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return length > 0 && (path[length] = 0, strncmp(path, below, strlen(below)) == 0);
}

int flock(int fd, int operation) {
    static int (*real)(int, int);
    if (lacks_locks(fd)) {
        errno = ENOLCK;
        return -1;
    }
    if (!real) real = dlsym(RTLD_NEXT, "flock");
    return real(fd, operation);
}

static int control(const char *name, int fd, int command, void *argument) {
    if (lacks_locks(fd) && (command == F_SETLK || command == F_SETLKW || command == F_GETLK)) {
        errno = ENOLCK;
        return -1;
    }
    int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name);
    return real(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl", fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl64", fd, command, argument);
}

static void *map(const char *name, void *at, size_t length, int protection, int flags, int fd, off_t offset) {
    if (lacks("NO_SHARED_MEMORY") && (flags & MAP_SHARED) && fd >= 0) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    void *(*real)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, name);
    return real(at, length, protection, flags, fd, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
    return map("mmap", at, length, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
    return map("mmap64", at, length, protection, flags, fd, offset);
}
