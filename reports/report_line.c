/* The lines that are made of slices, and how they are said to people. */
#include <math.h>
#include <stdio.h>

#include "reports/report_impl.h"

static bool is_count(const struct kpi *k)
{
	return k->kind == KPI_COUNT || k->kind == KPI_ZERO;
}

/* That there was none of it is known of the whole, if anything was counted. */
static struct kpi_value value_of(const struct report *r, const struct slice *s,
				 unsigned kpi, bool before)
{
	const struct kpi *k = &kpis[kpi];
	struct kpi_value v =
		kpi_value(k, before ? &s->before[kpi] : &s->now[kpi]);

	if (k->kind == KPI_SLOPE)
		return weeks_slope(r, s, before);
	if (k->kind == KPI_ZERO && s->dim == DIM_WHOLE)
		v.known |= before ? r->heard_before : r->heard;
	return v;
}

bool report_line(const struct report *r, const struct slice *s, unsigned kpi,
		 struct report_line *out)
{
	must(r != NULL && s != NULL && kpi < KPIS && out != NULL);

	const struct report_target *t = &r->targets[kpi];
	struct report_line line = {
		.kpi = &kpis[kpi],
		.now = &s->now[kpi],
		.before = &s->before[kpi],
	};
	line.value = value_of(r, s, kpi, false);
	line.last = value_of(r, s, kpi, true);
	if (!line.value.known && !line.last.known)
		return false;
	line.compared = line.value.known && line.last.known &&
			isfinite(line.value.value) && isfinite(line.last.value);
	line.change = line.compared ? line.value.value - line.last.value : 0;
	/* Targets are for shares and times; a part has no share of a count. */
	if (t->given && line.value.known &&
	    (s->dim == DIM_WHOLE || !is_count(line.kpi))) {
		line.target = t;
		line.met = t->least ? line.value.value >= t->value
				    : line.value.value <= t->value;
	}
	*out = line;
	return true;
}

/* ---- words -------------------------------------------------------------------- */

static const struct {
	const char *zh, *en;
} words[REPORT_WORDS] = {
#define WORD(name, zh, en) { zh, en },
#include "reports/words.def"
#undef WORD
};

const char *report_word(enum report_word w, enum report_lang lang)
{
	must(w < REPORT_WORDS);
	return lang == REPORT_ZH ? words[w].zh : words[w].en;
}

enum report_word report_dim_word(enum report_dim dim)
{
	static const enum report_word of[DIMS] = {
		WORD_SUMMARY, WORD_BRANCH,  WORD_DEPARTMENT,
		WORD_TIER,    WORD_CHANNEL, WORD_DETAIL
	};

	must(dim < DIMS);
	return of[dim];
}

enum report_word report_group_word(unsigned group)
{
	static const enum report_word of[KPI_GROUPS] = {
		WORD_GROUP_REMINDERS, WORD_GROUP_COMPLAINTS,
		WORD_GROUP_CALLS,     WORD_GROUP_SATISFACTION,
		WORD_GROUP_CAMPAIGNS, WORD_GROUP_OPERATIONS
	};

	must(group < KPI_GROUPS);
	return of[group];
}

const char *kpi_name(const struct kpi *k, enum report_lang lang)
{
	must(k != NULL);
	return lang == REPORT_ZH ? k->zh : k->en;
}

const char *kpi_how(const struct kpi *k, enum report_lang lang)
{
	must(k != NULL);
	return lang == REPORT_ZH ? k->how_zh : k->how_en;
}

static const struct {
	const char *unit;
	int digits;
	bool is_signed;
} kinds[] = {
	[KPI_SHARE] = { "%", 2, false },    [KPI_PER_1000] = { "", 2, false },
	[KPI_PER_10000] = { "", 2, false }, [KPI_POINTS] = { "", 1, false },
	[KPI_RATIO] = { "", 2, false },     [KPI_MEAN] = { "", 2, false },
	[KPI_COUNT] = { "", 0, false },     [KPI_ZERO] = { "", 0, false },
	[KPI_CHANGE] = { "%", 2, true },    [KPI_SLOPE] = { "h/week", 2, true },
	[KPI_CLAIM_26] = { "", 0, false },  [KPI_P50] = { "ms", 0, false },
	[KPI_P95] = { "ms", 0, false },
};

const char *kpi_unit(const struct kpi *k)
{
	must(k != NULL);
	return kinds[k->kind].unit;
}

/* 1,204 */
static void say_count(double value, struct buf *out)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%.0f", fabs(value));

	if (value < 0)
		buf_c(out, '-');
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf_c(out, ',');
		buf_c(out, digits[i]);
	}
}

static void say_time(double ms, enum report_lang lang, struct buf *out)
{
	static const struct {
		double ms;
		const char *zh, *en;
	} units[] = {
		{ 3600000, "小时", "h" },
		{ 60000, "分钟", "min" },
		{ 1000, "秒", "s" },
	};
	unsigned i = 0;

	if (!isfinite(ms)) {
		buf_z(out, lang == REPORT_ZH ? "超过 24 小时" : "over 24 h");
		return;
	}
	while (i + 1 < ARRAY_LEN(units) && fabs(ms) < units[i].ms)
		i++;
	buf_f(out, "%.0f %s", ms / units[i].ms,
	      lang == REPORT_ZH ? units[i].zh : units[i].en);
}

static const char *unit_said(const struct kpi *k, enum report_lang lang)
{
	return k->kind == KPI_SLOPE && lang == REPORT_ZH ? "小时/周"
							 : kpi_unit(k);
}

void report_say(const struct kpi *k, double value, enum report_lang lang,
		struct buf *out)
{
	must(k != NULL && out != NULL);
	const char *unit = unit_said(k, lang);

	if (k->kind == KPI_P50 || k->kind == KPI_P95) {
		say_time(value, lang, out);
		return;
	}
	if (kinds[k->kind].is_signed && value > 0)
		buf_c(out, '+');
	if (kinds[k->kind].digits == 0)
		say_count(value, out);
	else
		buf_f(out, "%.*f%s%s", kinds[k->kind].digits, value,
		      unit[0] != '\0' ? " " : "", unit);
}

bool report_moved(const struct kpi *k, double change)
{
	must(k != NULL);
	return fabs(change) >= 0.5 * pow(10, -kinds[k->kind].digits);
}

int report_better(const struct report_line *l)
{
	must(l != NULL);
	if (!l->compared || l->kpi->better == KPI_NEITHER ||
	    !report_moved(l->kpi, l->change))
		return 0;
	return (l->change > 0) == (l->kpi->better == KPI_MORE) ? 1 : -1;
}

void report_say_change(const struct kpi *k, double change,
		       enum report_lang lang, struct buf *out)
{
	must(k != NULL && out != NULL);
	if (!report_moved(k, change)) {
		buf_z(out, "±0");
		return;
	}
	bool percent = k->kind == KPI_SHARE || k->kind == KPI_CHANGE;

	if (change > 0 && (percent || !kinds[k->kind].is_signed))
		buf_c(out, '+');
	if (percent)
		buf_f(out, "%.2f %s", change,
		      report_word(WORD_POINTS_OF_PERCENT, lang));
	else
		report_say(k, change, lang, out);
}
