/* Time zones from the system's tzdata, read per zone (TZif, RFC 8536). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct tzone;

/* Loads and keeps a zone by name; the same name gives the same pointer. Only
 * names of A-Z a-z 0-9 _ + - / without ".." are looked for. NULL: unknown. */
const struct tzone *tzone_get(struct str name);
const char *tzone_name(const struct tzone *z);
/* Zones that are loaded have numbers from 1, for tables that keep one of a
 * million people; NULL is 0, and the other way round. */
uint16_t tzone_number(const struct tzone *z);
const struct tzone *tzone_numbered(uint16_t number);
/* Offset from UTC in seconds at that time (footer rule used after the last
 * transition). */
int32_t tzone_offset_s(const struct tzone *z, int64_t wall_ms);
/* Frees all zones (end of process, tests). */
void tzone_forget(void);

/* The zones a country calling code may mean ("44" -> Europe/London; "1" and
 * "7" -> many). Up to 12 names; returns how many, 0: unknown. */
unsigned tzone_of_country(struct str calling_code, const char *names[12]);

/* Minutes of the local day 0..1439, and the wall time at which the local
 * clock next shows `minute` (strictly later than now; a minute that a DST
 * jump skips comes as the first one after it). */
int tzone_minute_of_day(int32_t offset_s, int64_t wall_ms);
int64_t tzone_next(const struct tzone *z, int64_t wall_ms, int minute);
/* The wall time at which the local day began that is `back` days before the
 * present one (its first moment, should a DST jump skip midnight). */
int64_t tzone_midnight(const struct tzone *z, int64_t wall_ms, unsigned back);
/* 0 Monday .. 6 Sunday, and 1..31, of the local clock. */
unsigned tzone_weekday(int32_t offset_s, int64_t wall_ms);
unsigned tzone_day_of_month(int32_t offset_s, int64_t wall_ms);
/* Local "2026-11-22 18:40" of an offset, out[20]. */
void tzone_local_text(int32_t offset_s, int64_t wall_ms, char out[20]);
