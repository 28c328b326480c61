/* SPDX-License-Identifier: MIT */
/*
 * inputs.c - folders and maildirs as lists of files.
 */
#include "cli/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Takes `path`, which malloc made. */
static enum ac_status add(struct cli_inputs *in, char *path)
{
    if (path && in->n == in->cap) {
        size_t cap = in->cap ? 2 * in->cap : 64;
        char **grown = realloc(in->path, cap * sizeof *grown);

        if (!grown) {
            free(path);
            return AC_ENOMEM;
        }
        in->path = grown;
        in->cap = cap;
    }
    if (!path)
        return AC_ENOMEM;
    in->path[in->n++] = path;
    return AC_OK;
}

static char *join(const char *folder, const char *name)
{
    size_t n = strlen(folder);
    const char *slash = n && folder[n - 1] == '/' ? "" : "/";
    size_t size = n + strlen(name) + 2;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s%s%s", folder, slash, name);
    return path;
}

/* The regular files of one folder. */
static enum ac_status add_files(struct cli_inputs *in, const char *folder)
{
    DIR *d = opendir(folder);
    enum ac_status status = AC_OK;
    struct dirent *e;

    if (!d)
        return AC_EIO;
    while (status == AC_OK && (e = readdir(d))) {
        struct stat st;
        char *path;

        if (e->d_name[0] == '.')
            continue;
        path = join(folder, e->d_name);
        if (path && (stat(path, &st) != 0 || !S_ISREG(st.st_mode)))
            free(path);
        else
            status = add(in, path);
    }
    closedir(d);
    return status;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum ac_status cli_inputs_list(const char *path, struct cli_inputs *out)
{
    static const char *const maildir[] = { "cur", "new" };

    *out = (struct cli_inputs){ .is_folder = is_folder(path) };
    if (!out->is_folder)
        return add(out, strdup(path));
    TRY(add_files(out, path));
    for (size_t i = 0; i < sizeof maildir / sizeof *maildir; i++) {
        char *folder = join(path, maildir[i]);
        enum ac_status status = !folder             ? AC_ENOMEM
                                : is_folder(folder) ? add_files(out, folder)
                                                    : AC_OK;

        free(folder);
        TRY(status);
    }
    if (out->n)
        qsort(out->path, out->n, sizeof *out->path, by_bytes);
    return AC_OK;
}

void cli_inputs_free(struct cli_inputs *in)
{
    for (size_t i = 0; i < in->n; i++)
        free(in->path[i]);
    free(in->path);
    *in = (struct cli_inputs){ 0 };
}
