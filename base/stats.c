/* Counters, gauges and histograms, written out for Prometheus. */
#include "base/stats.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

static const uint64_t stats_bounds_us[] = {
	100,   200,    500,    1000,   2000,    5000,    10000,   20000,
	50000, 100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000,
};

enum { STATS_BOUNDS = ARRAY_LEN(stats_bounds_us) };

struct stat {
	enum stat_kind kind;
	char *name;
	char *help;
	char *label; /* "" for none */
	int64_t value;
	_Atomic uint64_t shared; /* what other threads added */
	uint64_t *buckets;       /* histograms: the last one is +Inf */
	uint64_t count;
	uint64_t sum_us;
	uint64_t max_us;
};

static struct dict *stats_series;

struct stat *stats_get(enum stat_kind kind, const char *name, const char *help,
		       const char *label)
{
	must(name != NULL && help != NULL);
	if (stats_series == NULL)
		stats_series = dict_new();
	if (label == NULL)
		label = "";

	struct buf key;
	buf_init(&key, BUF_NO_LIMIT);
	buf_f(&key, "%s{%s}", name, label);
	struct stat *s = dict_get(stats_series, buf_str(&key));
	if (s == NULL) {
		s = mem_new(struct stat);
		s->kind = kind;
		s->name = str_dup(name);
		s->help = str_dup(help);
		s->label = str_dup(label);
		if (kind == STAT_HISTOGRAM)
			s->buckets = mem_array(STATS_BOUNDS + 1,
					       sizeof(s->buckets[0]));
		(void)dict_set(stats_series, buf_str(&key), s);
	}
	buf_done(&key);
	must(s->kind == kind);
	return s;
}

void stat_add(struct stat *s, uint64_t n)
{
	must(s != NULL && s->kind != STAT_HISTOGRAM);
	s->value += (int64_t)n;
}

void stats_add_shared(struct stat *s, uint64_t n)
{
	must(s != NULL && s->kind != STAT_HISTOGRAM);
	atomic_fetch_add_explicit(&s->shared, n, memory_order_relaxed);
}

void stat_set(struct stat *s, int64_t v)
{
	must(s != NULL && s->kind == STAT_GAUGE);
	s->value = v;
}

void stat_observe_us(struct stat *s, uint64_t us)
{
	size_t i = 0;

	must(s != NULL && s->kind == STAT_HISTOGRAM);
	while (i < STATS_BOUNDS && us > stats_bounds_us[i])
		i++;
	s->buckets[i]++;
	s->count++;
	s->sum_us += us;
	s->max_us = MAX(s->max_us, us);
}

int64_t stat_value(const struct stat *s)
{
	must(s != NULL);
	if (s->kind == STAT_HISTOGRAM)
		return (int64_t)s->count;
	return s->value +
	       (int64_t)atomic_load_explicit(&s->shared, memory_order_relaxed);
}

uint64_t stat_quantile_us(const struct stat *s, double share)
{
	uint64_t below = 0;

	must(s != NULL && s->kind == STAT_HISTOGRAM);
	must(share >= 0 && share <= 1);
	if (s->count == 0)
		return 0;

	uint64_t rank = (uint64_t)ceil(share * (double)s->count);
	for (size_t i = 0; i < STATS_BOUNDS; i++) {
		below += s->buckets[i];
		if (below >= MAX(rank, 1))
			return stats_bounds_us[i];
	}
	return s->max_us; /* the last bucket has no bound */
}

/* ---- writing ------------------------------------------------------------- */

static int stats_order(const void *a, const void *b)
{
	const struct stat *x = *(const struct stat *const *)a;
	const struct stat *y = *(const struct stat *const *)b;
	int by_name = strcmp(x->name, y->name);

	return by_name != 0 ? by_name : strcmp(x->label, y->label);
}

static void stats_head(const struct stat *s, struct buf *out)
{
	static const char *const kinds[] = {
		[STAT_COUNTER] = "counter",
		[STAT_GAUGE] = "gauge",
		[STAT_HISTOGRAM] = "histogram",
	};

	buf_f(out, "# HELP carillon_%s ", s->name);
	for (const char *c = s->help; *c != '\0'; c++) {
		if (*c == '\\')
			buf_z(out, "\\\\");
		else if (*c == '\n')
			buf_z(out, "\\n");
		else
			buf_c(out, *c);
	}
	buf_f(out, "\n# TYPE carillon_%s %s\n", s->name, kinds[s->kind]);
}

/* Microseconds as seconds, without trailing zeros: 0.0005, 1, 2.5 */
static void stats_seconds(uint64_t us, struct buf *out)
{
	unsigned rest = (unsigned)(us % 1000000);
	int digits = 6;

	buf_f(out, "%llu", (unsigned long long)(us / 1000000));
	if (rest == 0)
		return;
	for (; rest % 10 == 0; rest /= 10)
		digits--;
	buf_f(out, ".%0*u", digits, rest);
}

static void stats_bucket(const struct stat *s, size_t i, uint64_t below,
			 struct buf *out)
{
	buf_f(out, "carillon_%s_bucket{%s%sle=\"", s->name, s->label,
	      s->label[0] != '\0' ? "," : "");
	if (i < STATS_BOUNDS)
		stats_seconds(stats_bounds_us[i], out);
	else
		buf_z(out, "+Inf");
	buf_f(out, "\"} %llu\n", (unsigned long long)below);
}

static void stats_name(const struct stat *s, const char *suffix,
		       struct buf *out)
{
	buf_f(out, "carillon_%s%s", s->name, suffix);
	if (s->label[0] != '\0')
		buf_f(out, "{%s}", s->label);
	buf_c(out, ' ');
}

static void stats_one(const struct stat *s, struct buf *out)
{
	uint64_t below = 0;

	if (s->kind != STAT_HISTOGRAM) {
		stats_name(s, "", out);
		buf_f(out, "%lld\n", (long long)stat_value(s));
		return;
	}
	for (size_t i = 0; i <= STATS_BOUNDS; i++) {
		below += s->buckets[i];
		stats_bucket(s, i, below, out);
	}
	stats_name(s, "_sum", out);
	stats_seconds(s->sum_us, out);
	buf_c(out, '\n');
	stats_name(s, "_count", out);
	buf_f(out, "%llu\n", (unsigned long long)s->count);
}

void stats_write(struct buf *out)
{
	size_t pos = 0, n = 0;
	struct str key;
	void *value;

	must(out != NULL);
	if (stats_series == NULL)
		return;
	const struct stat **v =
		mem_array(dict_len(stats_series), sizeof(struct stat *));
	while (dict_next(stats_series, &pos, &key, &value))
		v[n++] = value;
	qsort(v, n, sizeof(v[0]), stats_order);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(v[i]->name, v[i - 1]->name) != 0)
			stats_head(v[i], out);
		stats_one(v[i], out);
	}
	mem_free(v);
}

void stats_reset_all(void)
{
	size_t pos = 0;
	struct str key;
	void *value;

	while (stats_series != NULL &&
	       dict_next(stats_series, &pos, &key, &value)) {
		struct stat *s = value;
		mem_free(s->name);
		mem_free(s->help);
		mem_free(s->label);
		mem_free(s->buckets);
		mem_free(s);
	}
	dict_free(&stats_series);
}
