/* SPDX-License-Identifier: MIT */
/*
 * library.c - GMime loaded by name: see library.h.
 */
#include "bounce/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* Of libgmime-3.0-0 and of no other: the number is its promise of stability. */
#define GMIME_FILE "libgmime-3.0.so.0"

static struct bounce_gmime doors;
static bool is_open;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool find(void *library, const char *name, void *door, size_t size)
{
    void *symbol = dlsym(library, name);

    /* ISO C knows no cast from an object to a function; POSIX promises the same size.
     */
    _Static_assert(sizeof symbol == sizeof doors.g_mime_init, "dlsym of functions");
    memcpy(door, &symbol, size);
    return symbol != NULL;
}

static void open_library(void)
{
    void *library = dlopen(GMIME_FILE, RTLD_NOW | RTLD_LOCAL);

    if (!library)
        return;
    is_open = true;
#define G(name) \
    is_open = find(library, #name, &doors.name, sizeof doors.name) && is_open;
    BOUNCE_GMIME_CALLS(G)
#undef G
    if (is_open)
        doors.g_mime_init();
}

const struct bounce_gmime *bounce_gmime(void)
{
    pthread_once(&once, open_library);
    if (!is_open)
        errno = ELIBACC; /* "Can not access a needed shared library" */
    return is_open ? &doors : NULL;
}
