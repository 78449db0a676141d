/* A disk that is slow to say that it has written: every sync of the process takes DELAY_US longer. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void) {
    const char *delay = getenv("DELAY_US");
    if (delay) usleep((useconds_t)atoi(delay));
}

int fsync(int fd) {
    wait_longer();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    wait_longer();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
