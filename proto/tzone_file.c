/* TZif files: the transitions of a zone, read with every length checked. */
#include "proto/tzone_file.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define TRANSITIONS_MAX 2000
#define OFFSET_MAX 93599 /* RFC 8536 3.2: less than 26 hours */

struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

/* One header of 44 bytes. False: not one, or beyond any real zone. */
static bool read_header(struct bufr *r, struct counts *out)
{
	struct str magic = bufr_bytes(r, 4);
	uint8_t version = bufr_u8(r);

	(void)bufr_bytes(r, 15);
	out->isut = bufr_u32(r);
	out->isstd = bufr_u32(r);
	out->leap = bufr_u32(r);
	out->time = bufr_u32(r);
	out->type = bufr_u32(r);
	out->chars = bufr_u32(r);
	return !r->bad && str_eq(magic, STR("TZif")) && version >= '2' &&
	       out->time <= TRANSITIONS_MAX && out->type <= 256 &&
	       out->chars <= 4096 && out->leap <= 1024 && out->isut <= 256 &&
	       out->isstd <= 256;
}

/* The block of version 1, which has 32-bit times, is stepped over. */
static void skip_old(struct bufr *r, const struct counts *c)
{
	(void)bufr_bytes(r, (size_t)c->time * 5 + c->type * 6 + c->chars +
				    c->leap * 8 + c->isstd + c->isut);
}

static bool read_times(struct bufr *r, struct tz_file *f, uint8_t *types)
{
	for (unsigned i = 0; i < f->n; i++) {
		f->at[i] = (int64_t)bufr_u64(r);
		if (i > 0 && f->at[i] <= f->at[i - 1])
			return false;
	}
	for (unsigned i = 0; i < f->n; i++)
		types[i] = bufr_u8(r);
	return !r->bad;
}

static bool read_types(struct bufr *r, struct tz_file *f, uint32_t n,
		       const uint8_t *types)
{
	int32_t offset[256] = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		offset[i] = (int32_t)bufr_u32(r);
		(void)bufr_u16(r); /* is it daylight time; its name */
		if (offset[i] < -OFFSET_MAX || offset[i] > OFFSET_MAX)
			return false;
	}
	f->first_s = offset[0];
	for (unsigned i = 0; i < f->n; i++) {
		if (types[i] >= n)
			return false;
		f->offset_s[i] = offset[types[i]];
	}
	return !r->bad;
}

/* The rule between two new lines at the end. */
static bool read_footer(struct bufr *r, struct tz_rule *out)
{
	struct str rest = bufr_bytes(r, bufr_left(r)), rule;

	if (rest.len < 2 || rest.p[0] != '\n')
		return false;
	rest = str_from(rest, 1);
	if (str_find(rest, '\n') == rest.len)
		return false;
	(void)str_cut(rest, '\n', &rule);
	return tz_rule_parse(rule, out) == 0;
}

int tz_file_parse(struct str bytes, struct tz_file *out)
{
	must(out != NULL && (bytes.p != NULL || bytes.len == 0));
	struct bufr r = bufr_of(bytes.p, bytes.len);
	AUTO(tz_file_done) struct tz_file f = { 0 };
	uint8_t types[TRANSITIONS_MAX];
	struct counts c;

	if (!read_header(&r, &c))
		return -EBADMSG;
	skip_old(&r, &c);
	/* with leap seconds the times are no longer Unix times */
	if (!read_header(&r, &c) || c.type == 0 || c.leap != 0)
		return -EBADMSG;
	f.n = c.time;
	f.at = mem_array(f.n, sizeof(*f.at));
	f.offset_s = mem_array(f.n, sizeof(*f.offset_s));
	if (!read_times(&r, &f, types) || !read_types(&r, &f, c.type, types))
		return -EBADMSG;
	(void)bufr_bytes(&r, (size_t)c.chars + c.isstd + c.isut);
	if (r.bad || !read_footer(&r, &f.rule))
		return -EBADMSG;
	*out = f;
	f = (struct tz_file){ 0 };
	return 0;
}

void tz_file_done(struct tz_file *f)
{
	must(f != NULL);
	mem_free(f->at);
	mem_free(f->offset_s);
	*f = (struct tz_file){ 0 };
}

int32_t tz_file_offset(const struct tz_file *f, int64_t unix_s)
{
	must(f != NULL);
	unsigned low = 0, high = f->n;

	if (f->rule.present && (f->n == 0 || unix_s >= f->at[f->n - 1]))
		return tz_rule_offset(&f->rule, unix_s);
	while (low < high) { /* the first transition after unix_s */
		unsigned mid = low + (high - low) / 2;

		if (f->at[mid] <= unix_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? f->first_s : f->offset_s[low - 1];
}
