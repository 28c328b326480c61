/* SPDX-License-Identifier: MIT */
/*
 * replay.c - main for a fuzzer without libFuzzer: feeds it the empty input and every
 * file of the folders (or files) named on the command line. So the corpus is a test
 * that any compiler can run.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPLAY_MAX = 1 << 20 /* bytes of one input */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned passed, failed;

static void replay_file(const char *path)
{
    uint8_t *data = NULL; /* of the exact size: a read past the end is seen */
    uint8_t *room = malloc(REPLAY_MAX);
    FILE *f = fopen(path, "rb");
    size_t n = 0;

    if (f && room)
        n = fread(room, 1, REPLAY_MAX, f);
    if (!f || !room || ferror(f) || !(data = malloc(n ? n : 1))) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        failed++;
    } else {
        memcpy(data, room, n);
        LLVMFuzzerTestOneInput(data, n);
        passed++;
    }
    if (f)
        fclose(f);
    free(data);
    free(room);
}

static void replay_folder(const char *path, DIR *folder)
{
    char name[4096];
    const struct dirent *entry;

    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) <
            (int)sizeof name)
            replay_file(name);
        else
            failed++;
    }
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];

    LLVMFuzzerTestOneInput(nothing, 0);
    passed++;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);

        if (folder) {
            replay_folder(argv[i], folder);
            closedir(folder);
        } else {
            replay_file(argv[i]);
        }
    }
    printf("%s: %u passed, %u failed\n", argv[0], passed, failed);
    return failed ? 1 : 0;
}
