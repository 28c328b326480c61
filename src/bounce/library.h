/* SPDX-License-Identifier: MIT */
/*
 * library.h - the doors of GMime that this room uses, opened when the first message
 * comes.
 *
 * GMime and GLib, linked as usual, cost every start of the program 1.4 ms of CPU, more
 * than a whole audit; no archive is there to link them from (docs/decisions/0005). So
 * they are loaded by name, and an audit without a bounce never meets them.
 */
#ifndef BOUNCE_LIBRARY_H
#define BOUNCE_LIBRARY_H

#include <gmime/gmime.h>

/* clang-format off */
#define BOUNCE_GMIME_CALLS(G)                                                   \
    G(g_mime_init) G(g_mime_parser_new_with_stream)                             \
    G(g_mime_parser_construct_message) G(g_mime_stream_mem_new_with_buffer)     \
    G(g_mime_stream_mem_new) G(g_mime_stream_mem_get_byte_array)                \
    G(g_mime_message_get_mime_part) G(g_mime_message_part_get_message)          \
    G(g_mime_object_get_headers) G(g_mime_object_get_content_type)              \
    G(g_mime_content_type_get_media_type)                                       \
    G(g_mime_content_type_get_media_subtype)                                    \
    G(g_mime_content_type_get_parameter)                                        \
    G(g_mime_multipart_get_count) G(g_mime_multipart_get_part)                  \
    G(g_mime_multipart_get_prologue) G(g_mime_part_get_content)                 \
    G(g_mime_data_wrapper_write_to_stream)                                      \
    G(g_mime_part_get_type) G(g_mime_multipart_get_type)                        \
    G(g_mime_message_part_get_type)                                             \
    G(g_type_check_instance_is_a) G(g_object_unref) G(g_free)
/* clang-format on */

struct bounce_gmime {
#define G(name) __typeof__(&name) name;
    BOUNCE_GMIME_CALLS(G)
#undef G
};

/* The library, loaded once for the whole program; NULL, and errno, where it is not
 * installed. */
const struct bounce_gmime *bounce_gmime(void);

#endif
