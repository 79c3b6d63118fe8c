/* Writing JSON text (RFC 8259) straight into a buf; reading is jansson's. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* "text" with quotes and escapes. s must be UTF-8; a bad byte becomes \ufffd. */
void json_put_str(struct buf *out, struct str s);
/* ,"key": with the comma left out after '{' or at the start. */
void json_put_key(struct buf *out, const char *key);
/* Members; each writes its key and value. */
void json_put_s(struct buf *out, const char *key, struct str value);
void json_put_z(struct buf *out, const char *key, const char *value);
void json_put_u(struct buf *out, const char *key, uint64_t value);
void json_put_i(struct buf *out, const char *key, int64_t value);
void json_put_bool(struct buf *out, const char *key, int value);
/* RFC 3339 UTC of a wall time. */
void json_put_time(struct buf *out, const char *key, int64_t wall_ms);
void json_put_id(struct buf *out, const char *key, uint64_t id);
