/* Writing JSON text (RFC 8259) straight into a buf; reading is jansson's.
 * Commas put themselves: a value or key after anything but an opening or a
 * colon gets one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

void json_open(struct buf *b, char bracket); /* '{' or '[' */
void json_close(struct buf *b, char bracket);
void json_key(struct buf *b, const char *key);

/* Values. Bytes that are no UTF-8 become U+FFFD. */
void json_s(struct buf *b, struct str s);
void json_i(struct buf *b, int64_t v);
void json_u(struct buf *b, uint64_t v);
void json_bool(struct buf *b, bool v);
void json_none(struct buf *b);
void json_raw(struct buf *b, struct str json);  /* is JSON already */
void json_id(struct buf *b, uint64_t id);       /* "0k3..." */
void json_time(struct buf *b, int64_t wall_ms); /* RFC 3339 */
void json_hex(struct buf *b, const uint8_t *p, size_t len);

/* Members. _opt leaves out what is empty or 0. */
void json_ks(struct buf *b, const char *key, struct str s);
void json_kz(struct buf *b, const char *key, const char *z);
void json_ki(struct buf *b, const char *key, int64_t v);
void json_ku(struct buf *b, const char *key, uint64_t v);
void json_kb(struct buf *b, const char *key, bool v);
void json_kid(struct buf *b, const char *key, uint64_t id);
void json_kt(struct buf *b, const char *key, int64_t wall_ms);
void json_ks_opt(struct buf *b, const char *key, struct str s);
void json_kt_opt(struct buf *b, const char *key, int64_t wall_ms);
