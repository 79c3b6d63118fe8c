/* Figures that another system counts: told as business events, added to the
 * measures of their month. What is told later for the same figure, month and
 * parts takes the place of what was told before. */
#include "campaigns/event_types.h"
#include "campaigns/events_impl.h"
#include "model/figure.h"
#include "proto/text.h"

/* A count has so many bits: two of them are one mark. */
#define COUNT_BITS 31
#define COUNT_MAX ((UINT64_C(1) << COUNT_BITS) - 1)

#define PART_MAX 128 /* bytes of a branch, department, channel, item */
#define MONTH_FIRST "2000-01"

enum figure_part {
	PART_BRANCH,
	PART_DEPARTMENT,
	PART_CHANNEL,
	PART_ITEM,
	PARTS
};

static const char *const part_names[PARTS] = { "branch", "department",
					       "channel", "item" };

struct reported {
	const struct figure *figure;
	struct str parts[PARTS];
	char numbers[PARTS][32];
	char month[MEASURE_MONTH + 1];
	uint64_t n, of;
};

/* ---- to read --------------------------------------------------------------------- */

static bool count_of(const json_t *data, const char *name, uint64_t *out)
{
	char number[32];
	struct str text;

	return trigger_field(data, name, number, &text) &&
	       str_u64(str_trim(text), COUNT_MAX, out) == 0;
}

static bool is_month(struct str s)
{
	uint64_t year, month;

	return s.len == MEASURE_MONTH && s.p[4] == '-' &&
	       str_u64(str_first(s, 4), 9999, &year) == 0 &&
	       str_u64(str_from(s, 5), 12, &month) == 0 && month > 0;
}

/* The one it names, else that in which the event was; none to come. */
static bool read_month(const struct events *e, const struct occurrence *o,
		       int64_t at_ms, struct reported *r)
{
	char number[32], day[MEASURE_DAY];
	struct str text;

	measure_day(at_ms, day);
	if (!trigger_field(o->data, "month", number, &text) || text.len == 0)
		text = str_first(str_of(day), MEASURE_MONTH);
	if (!is_month(text) || str_copy(r->month, sizeof(r->month), text) != 0)
		return false;
	measure_day(clock_wall_ms(e->env.clock), day);
	return strncmp(r->month, day, MEASURE_MONTH) <= 0 &&
	       strcmp(r->month, MONTH_FIRST) >= 0;
}

static bool read_parts(const struct occurrence *o, struct reported *r)
{
	for (unsigned i = 0; i < PARTS; i++) {
		struct str *at = &r->parts[i];

		if (!trigger_field(o->data, part_names[i], r->numbers[i], at))
			*at = STR_NONE;
		*at = str_trim(*at);
		if (at->len > PART_MAX || !text_printable(*at) ||
		    memchr(at->p, '\n', at->len) != NULL)
			return false;
	}
	return (r->parts[PART_ITEM].len > 0) == r->figure->split;
}

/* Of what is split the whole is all items together. */
static bool read_counts(const json_t *data, struct reported *r)
{
	if (!count_of(data, "n", &r->n))
		return false;
	if (!count_of(data, "of", &r->of)) {
		r->of = r->n;
		return r->figure->split && json_object_get(data, "of") == NULL;
	}
	return r->n <= r->of;
}

/* NULL, or why not. */
static const char *read_all(const struct events *e, const struct occurrence *o,
			    int64_t at_ms, struct reported *r)
{
	char number[32];
	struct str id;

	if (!trigger_field(o->data, "figure", number, &id) ||
	    (r->figure = figure_find(str_trim(id))) == NULL)
		return "UNKNOWN_FIGURE";
	if (!read_counts(o->data, r))
		return "COUNT_UNCLEAR";
	if (!read_month(e, o, at_ms, r))
		return "WRONG_MONTH";
	return read_parts(o, r) ? NULL : "PARTS_UNCLEAR";
}

/* ---- to count --------------------------------------------------------------------- */

static void key_of(const struct reported *r, struct buf *key)
{
	buf_z(key, r->figure->id);
	buf_c(key, '\n');
	buf_z(key, r->month);
	for (unsigned i = 0; i < PARTS; i++) {
		buf_c(key, '\n');
		buf_str_put(key, r->parts[i]);
	}
}

/* Of every zone it is the same month. */
static int64_t middle_of(const char *month)
{
	AUTO(buf_done) struct buf b = { 0 };
	int64_t ms = 0;

	buf_init(&b, 32);
	buf_z(&b, month);
	buf_z(&b, "-15T12:00:00Z");
	must(clock_parse_rfc3339(b.p, b.len, &ms) == 0);
	return ms;
}

/* Takes the place of what the mark has. */
static void add(struct events *e, const struct occurrence *o,
		const struct reported *r, uint64_t was)
{
	AUTO(buf_done) struct buf name = { 0 };

	buf_init(&name, BUF_NO_LIMIT);
	buf_z(&name, FIGURE_MEASURE);
	buf_z(&name, r->figure->id);
	const struct measure m = {
		.tenant = o->tenant,
		.at_ms = middle_of(r->month),
		.name = buf_str(&name),
		.branch = r->parts[PART_BRANCH],
		.department = r->parts[PART_DEPARTMENT],
		.channel = r->parts[PART_CHANNEL],
		.detail = r->parts[PART_ITEM],
		.n = (int64_t)r->of - (int64_t)(was & COUNT_MAX),
		.sum = (int64_t)r->n - (int64_t)(was >> COUNT_BITS),
	};

	if (m.n != 0 || m.sum != 0)
		measure_put(e->env.store, &m);
}

const char *event_figure(struct events *e, const struct occurrence *o,
			 int64_t at_ms)
{
	AUTO(buf_done) struct buf key = { 0 };
	struct reported r = { .figure = NULL };
	const char *why;

	must(e != NULL && o != NULL);
	why = read_all(e, o, at_ms, &r);
	if (why != NULL)
		return why;
	buf_init(&key, BUF_NO_LIMIT);
	key_of(&r, &key);
	int64_t was = event_marked(e, o->tenant, MARK_FIGURE, buf_str(&key));

	if (!event_mark_known(e, o->tenant, MARK_FIGURE, buf_str(&key)) &&
	    e->figures >= (size_t)e->env.cfg->figures_max)
		return "FIGURES_FULL";
	add(e, o, &r, (uint64_t)was);
	event_mark_set(e, o->tenant, MARK_FIGURE, buf_str(&key),
		       (int64_t)(r.n << COUNT_BITS | r.of));
	return NULL;
}
