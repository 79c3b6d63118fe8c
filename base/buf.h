/* struct buf: bytes that grow, up to a limit given at the start. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Invariants: p is never NULL after buf_init, one byte past len is always
 * allocated and 0, so p is a C string. Once a write was refused (limit),
 * `full` stays set and all later writes are dropped: check it once at the end.
 */
struct buf {
	char *p;
	size_t len;
	size_t cap;
	size_t limit;
	bool full;
};

#define BUF_NO_LIMIT ((size_t)1 << 40)

void buf_init(struct buf *b, size_t limit);
void buf_done(struct buf *b);  /* frees; b may be all zero; clears it */
void buf_reset(struct buf *b); /* len = 0, full = false, keeps memory */
struct str buf_str(const struct buf *b);
char *buf_take(struct buf *b); /* the C string is yours; b is empty again */

void buf_put(struct buf *b, const void *p, size_t len);
void buf_str_put(struct buf *b, struct str s);
void buf_z(struct buf *b, const char *z);
void buf_c(struct buf *b, char c);
void buf_f(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v); /* big endian, as SMPP */
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
/* LEB128, for journal records. */
void buf_varint(struct buf *b, uint64_t v);
/* varint length, then the bytes. */
void buf_lstr(struct buf *b, struct str s);
/* room for at least n more bytes, without changing len; NULL if full */
void *buf_room(struct buf *b, size_t n);
/* drops n bytes from the front (moves the rest) */
void buf_eat(struct buf *b, size_t n);
/* keeps the first len bytes */
void buf_cut(struct buf *b, size_t len);

/* A reader over bytes. Any read past the end sets `bad` and gives 0. */
struct bufr {
	const uint8_t *p;
	size_t len;
	size_t at;
	bool bad;
};

struct bufr bufr_of(const void *p, size_t len);
uint8_t bufr_u8(struct bufr *r);
uint16_t bufr_u16(struct bufr *r);
uint32_t bufr_u32(struct bufr *r);
uint64_t bufr_u64(struct bufr *r);
uint64_t bufr_varint(struct bufr *r); /* more than 10 bytes is bad */
struct str bufr_bytes(struct bufr *r, size_t n);
struct str bufr_lstr(struct bufr *r);
size_t bufr_left(const struct bufr *r);
