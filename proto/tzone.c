/* Time zones by name, kept once read; and sums with local time. */
#include "proto/tzone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "proto/tzone_file.h"

#define ZONEINFO "/usr/share/zoneinfo/"
#define NAME_MAX_BYTES 64
#define FILE_MAX_BYTES 65536
#define DAY_S 86400
/* Unix seconds beyond which no sum of ours may overflow (year 292,000). */
#define FAR_S ((int64_t)1 << 43)

struct tzone {
	char *name;
	uint16_t number;
	struct tz_file file;
};

/* All of these are the loop thread's. */
static struct dict *zones;      /* name -> struct tzone */
static struct tzone **numbered; /* zone n is at n - 1 */
static uint16_t nzones;

static void zone_free(struct tzone **zp)
{
	if (*zp == NULL)
		return;
	tz_file_done(&(*zp)->file);
	mem_free((*zp)->name);
	mem_free(*zp);
	*zp = NULL;
}

static bool is_name(struct str s)
{
	if (s.len == 0 || s.len > NAME_MAX_BYTES || s.p[0] == '/')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z');

		if (!alnum && (c == '\0' || strchr("_+-/", c) == NULL))
			return false;
		if (c == '/' && s.p[i - 1] == '/')
			return false; /* a file has one name here */
	}
	return true;
}

/* The whole file; its size, or 0 when there is none that can be a zone. */
static size_t read_file(struct str name, char out[FILE_MAX_BYTES])
{
	char path[sizeof(ZONEINFO) + NAME_MAX_BYTES];
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;

	(void)snprintf(path, sizeof(path), ZONEINFO "%.*s", STR_ARGS(name));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= FILE_MAX_BYTES) {
		while (got < FILE_MAX_BYTES && n > 0) {
			n = read(fd, out + got, FILE_MAX_BYTES - got);
			got += n > 0 ? (size_t)n : 0;
		}
	}
	(void)close(fd);
	return got;
}

/* The system has some 600 zones, or three times that with all its folders. */
static void number_give(struct tzone *z)
{
	must(nzones < UINT16_MAX);
	numbered = mem_resize(numbered, (nzones + 1u) * sizeof(*numbered));
	numbered[nzones++] = z;
	z->number = nzones;
}

const struct tzone *tzone_get(struct str name)
{
	must(name.p != NULL || name.len == 0);
	if (!is_name(name))
		return NULL;
	if (zones == NULL)
		zones = dict_new();
	struct tzone *have = dict_get(zones, name);

	if (have != NULL)
		return have;
	AUTO(mem_clear) char *bytes = mem_alloc(FILE_MAX_BYTES);
	AUTO(zone_free) struct tzone *z = mem_new(struct tzone);
	size_t len = read_file(name, bytes);

	if (tz_file_parse(str_bytes(bytes, len), &z->file) != 0)
		return NULL;
	z->name = str_z(name);
	number_give(z);
	(void)dict_set(zones, name, z);
	return TAKE(z);
}

uint16_t tzone_number(const struct tzone *z)
{
	return z == NULL ? 0 : z->number;
}

const struct tzone *tzone_numbered(uint16_t number)
{
	must(number <= nzones);
	return number == 0 ? NULL : numbered[number - 1];
}

const char *tzone_name(const struct tzone *z)
{
	must(z != NULL);
	return z->name;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t offset_at(const struct tzone *z, int64_t unix_s)
{
	return tz_file_offset(&z->file, MAX(MIN(unix_s, FAR_S), -FAR_S));
}

int32_t tzone_offset_s(const struct tzone *z, int64_t wall_ms)
{
	must(z != NULL);
	return offset_at(z, floor_div(wall_ms, 1000));
}

void tzone_forget(void)
{
	size_t pos = 0;
	struct str key;
	void *value;

	if (zones == NULL)
		return;
	while (dict_next(zones, &pos, &key, &value)) {
		struct tzone *z = value;

		zone_free(&z);
	}
	dict_free(&zones);
	mem_clear(&numbered);
	nzones = 0;
}

/* The seconds of the local clock, counted from 1970 as if it were UTC. */
static int64_t local_s(int32_t offset_s, int64_t wall_ms)
{
	return floor_div(wall_ms, 1000) + offset_s;
}

int tzone_minute_of_day(int32_t offset_s, int64_t wall_ms)
{
	int64_t s = local_s(offset_s, wall_ms);

	return (int)((s - floor_div(s, DAY_S) * DAY_S) / 60);
}

/* The first second in (low, high] from which on the offset is `after`. */
static int64_t jump_at(const struct tzone *z, int64_t low, int64_t high,
		       int32_t after)
{
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;

		if (offset_at(z, mid) == after)
			high = mid;
		else
			low = mid;
	}
	return high;
}

/*
 * The first second after `now` at which the local clock shows `local` (a
 * local time counted from 1970), or jumps over it; INT64_MAX: none. At most
 * one change of offset is expected within two days of either side.
 */
static int64_t when_shown(const struct tzone *z, int64_t local, int64_t now)
{
	int32_t before = offset_at(z, local - 2 * DAY_S);
	int32_t after = offset_at(z, local + 2 * DAY_S);
	int64_t early = local - MAX(before, after);
	int64_t late = local - MIN(before, after);
	bool shown_early = early + offset_at(z, early) == local;
	bool shown_late = late + offset_at(z, late) == local;
	int64_t jump;

	if (shown_early && early > now)
		return early;
	if (shown_late && late > now)
		return late;
	if (shown_early || shown_late)
		return INT64_MAX;
	jump = jump_at(z, early, late, after);
	return jump > now ? jump : INT64_MAX;
}

int64_t tzone_next(const struct tzone *z, int64_t wall_ms, int minute)
{
	must(z != NULL && minute >= 0 && minute < 1440);
	int64_t now = MAX(MIN(floor_div(wall_ms, 1000), FAR_S), -FAR_S);
	int64_t today = floor_div(now + offset_at(z, now), DAY_S);
	int64_t best = INT64_MAX;

	/* a clock set back may bring yesterday's evening once more */
	for (int64_t day = today - 1; day <= today + 3; day++) {
		int64_t local = day * DAY_S + minute * 60;

		best = MIN(best, when_shown(z, local, now));
	}
	/* no zone of this earth, but a file may say anything */
	return (best != INT64_MAX ? best : now + DAY_S) * 1000;
}

int64_t tzone_midnight(const struct tzone *z, int64_t wall_ms, unsigned back)
{
	must(z != NULL && back <= 366);
	int64_t now = MAX(MIN(floor_div(wall_ms, 1000), FAR_S), -FAR_S);
	int64_t day = floor_div(now + offset_at(z, now), DAY_S) - back;
	int64_t at = when_shown(z, day * DAY_S, INT64_MIN);

	return (at != INT64_MAX ? at : now - (back + 1) * (int64_t)DAY_S) *
	       1000;
}

unsigned tzone_weekday(int32_t offset_s, int64_t wall_ms)
{
	int64_t day = floor_div(local_s(offset_s, wall_ms), DAY_S);

	/* 1970 began on a Thursday */
	return (unsigned)(day + 3 - floor_div(day + 3, 7) * 7);
}

struct civil {
	int64_t year;
	unsigned month, day;
};

/* The date of a day counted from 1970, with years that begin in March. */
static struct civil civil_of(int64_t days)
{
	int64_t z = days + 719468, era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){ .year = yoe + era * 400 + (month <= 2),
			       .month = month,
			       .day = (unsigned)(doy - (153 * mp + 2) / 5 +
						 1) };
}

unsigned tzone_day_of_month(int32_t offset_s, int64_t wall_ms)
{
	return civil_of(floor_div(local_s(offset_s, wall_ms), DAY_S)).day;
}

void tzone_local_text(int32_t offset_s, int64_t wall_ms, char out[20])
{
	must(out != NULL);
	struct civil c = civil_of(floor_div(local_s(offset_s, wall_ms), DAY_S));
	int minute = tzone_minute_of_day(offset_s, wall_ms);

	out[0] = '\0';
	if (c.year < 0 || c.year > 9999)
		return; /* no date of ours */
	/* the remainders change nothing; they show the compiler the width */
	(void)snprintf(out, 20, "%04u-%02u-%02u %02u:%02u",
		       (unsigned)c.year % 10000, c.month % 100, c.day % 100,
		       (unsigned)minute / 60 % 100, (unsigned)minute % 60);
}
