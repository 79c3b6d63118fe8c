/* The log: an event name, then key=value. One failure, one line.
 * Numbers of people are masked here, whatever the caller wrote: any run of
 * 7 to 15 digits that follows '+', and every value given by KV_ADDR. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum kv_kind {
	KV_KIND_STR,
	KV_KIND_U64,
	KV_KIND_I64,
	KV_KIND_HEX,
	KV_KIND_ADDR,
	KV_KIND_ID
};

struct kv {
	const char *key;
	enum kv_kind kind;
	struct str s;
	uint64_t u;
};

#define KV_S(k, z) ((struct kv){ (k), KV_KIND_STR, str_of(z), 0 })
#define KV_STR(k, v) ((struct kv){ (k), KV_KIND_STR, (v), 0 })
#define KV_U(k, v) ((struct kv){ (k), KV_KIND_U64, STR_NONE, (uint64_t)(v) })
#define KV_I(k, v) \
	((struct kv){ (k), KV_KIND_I64, STR_NONE, (uint64_t)(int64_t)(v) })
#define KV_HEX(k, v) ((struct kv){ (k), KV_KIND_HEX, STR_NONE, (uint64_t)(v) })
#define KV_ID(k, v) ((struct kv){ (k), KV_KIND_ID, STR_NONE, (uint64_t)(v) })
/* A phone number or other address: written as its first 4 and last 2. */
#define KV_ADDR(k, v) ((struct kv){ (k), KV_KIND_ADDR, (v), 0 })

/* event is "noun.verb". Thread-safe. Costs nothing below the level. */
#define log_write(level, event, ...)                                           \
	do {                                                                   \
		if ((level) >= log_threshold) {                                \
			const struct kv log_kv[] = { __VA_ARGS__ };            \
			log_line((level), (event), log_kv, ARRAY_LEN(log_kv)); \
		}                                                              \
	} while (0)
#define log_debug(event, ...) log_write(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_write(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_write(LOG_ERROR, event, __VA_ARGS__)

extern enum log_level log_threshold;

void log_line(enum log_level level, const char *event, const struct kv *kv,
	      size_t n);
/* Where lines go: fd 2 at start. Lines are buffered per call of log_flush
 * (the loop calls it at the end of a turn); warnings flush at once. */
void log_open(int fd, enum log_level level);
void log_flush(void);
/* "debug", "info", "warn", "error"; -EINVAL */
MUST_USE int log_level_parse(struct str s, enum log_level *out);

/* Masks one address into out[size]: "+447…**01"; of less than 8 characters
 * nothing is left. 16 bytes are enough for ASCII. */
void log_mask(struct str addr, char *out, size_t size);
