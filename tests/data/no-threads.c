/* A system that starts no more than MOST_THREADS threads in a process, as the C library sees it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *), void *with) {
    static int started;
    const char *most = getenv("MOST_THREADS");
    if (most && started >= atoi(most)) return EAGAIN;
    started++;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, how, work, with);
}
