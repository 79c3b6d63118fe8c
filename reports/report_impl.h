/* The inside of a report, for the files that write it down. */
#pragma once

#include "reports/kpi.h"
#include "reports/report.h"

enum report_dim {
	DIM_WHOLE,
	DIM_BRANCH,
	DIM_DEPARTMENT,
	DIM_TIER,
	DIM_CHANNEL,
	DIM_DETAIL, /* of the figures that are split by it */
	DIMS
};

extern const char *const report_dim_names[DIMS]; /* "branch": of CSV, JSON */

/* A slope is of so many weeks; those of the month before are kept too. */
#define REPORT_WEEKS 12
#define REPORT_WEEKS_KEPT (REPORT_WEEKS + 5)

/* How many took how many hours, by week; beyond the last hour: more. */
struct weeks {
	int32_t n[REPORT_WEEKS_KEPT][MEASURE_HOURS + 1];
};

/* The figures of one part of the whole. */
struct slice {
	enum report_dim dim;
	struct weeks *weeks; /* NULL: none */
	bool others;         /* what found no place of its own */
	struct kpi_figure now[KPIS], before[KPIS];
	size_t len;
	char value[]; /* "north" */
};

/* A topic of complaints: of one department, or of all. */
struct topic {
	int64_t now, before;
	int64_t weight; /* how important it is */
	size_t ntopic, ndepartment;
	bool whole; /* of all departments */
	char words[];
};
#define REPORT_WEIGHT_MAX 100
#define REPORT_TOPICS_MAX 2000 /* more are in the whole alone */

#define REPORT_SLICES_MAX 2000 /* more are added up in one of each kind */
#define REPORT_DAYS 31

/* A measure in a month further back than the one before. */
struct report_past {
	struct str name;
	char month[REPORT_MONTH];
	enum kpi_when when;
	bool before; /* for the month before */
};
#define REPORT_PAST_MAX 16

struct report_target {
	bool given;
	bool least; /* >=; else <= */
	double value;
};

struct report {
	const struct report_cfg *cfg;
	char *tenant, *branch, *department;
	char month[REPORT_MONTH];
	int64_t made_ms;
	/* by days since 1970: the first week that is kept, and the last of
	 * each month's twelve as numbers of weeks from there */
	int64_t first_week;
	int last_week, last_week_before;
	struct report_past past[REPORT_PAST_MAX];
	unsigned npast;
	bool heard, heard_before; /* something was counted in that month */
	struct kpi_limits limits;
	struct report_target targets[KPIS];
	struct dict *by_name; /* dim as a byte, then the value */
	struct slice **v;     /* v[0]: the whole */
	unsigned n, cap;
	struct dict *topics; /* topic, NUL, department */
	unsigned ntopics;
	/* of the row before: rows come in order */
	struct buf name;
	struct kpi_wants wants;
	struct slice *last[DIMS];
	struct {
		int64_t accepted, delivered;
	} days[REPORT_DAYS];
};

/* "K-40 >= 85%": which figure, and what of it. -EBADMSG, -ENOENT. */
MUST_USE int report_target_read(struct str text, unsigned *kpi,
				struct report_target *out);

/* "fraud 5": a view of the word, and the number. -EBADMSG. */
MUST_USE int report_topic_read(struct str text, struct str *topic,
			       int64_t *weight);

/* report_topics.c: the list of topics. */
/* whole: not of that department alone. */
void topics_row(struct report *r, bool before, bool whole,
		struct str department, const struct kpi_row *k);
void topics_free(struct report *r);
/* Those that most is to be done about come first, and below each its
 * departments; the caller frees the list. */
struct topic **report_topics(const struct report *r, unsigned *n);
static inline struct str topic_name(const struct topic *t)
{
	return str_bytes(t->words, t->ntopic);
}
static inline struct str topic_department(const struct topic *t)
{
	return str_bytes(t->words + t->ntopic, t->ndepartment);
}

/* report_weeks.c: weekly medians (K-21). */
void weeks_begin(struct report *r, const char *after);
/* What a row of weeks adds to a slice; `kpi`: which figure that is. */
void weeks_count(const struct report *r, struct slice *s, unsigned kpi,
		 const struct kpi_row *row);
struct kpi_value weeks_slope(const struct report *r, const struct slice *s,
			     bool before);
struct report_week {
	char monday[MEASURE_DAY];
	int64_t replies;
	double median; /* hours, where there are replies */
};
/* The i-th of the twelve, the last is that of the month. */
void report_week(const struct report *r, const struct slice *s, unsigned i,
		 struct report_week *out);
/* The figure that is of weeks. */
unsigned report_week_kpi(void);

/* Slices of one kind, in order of their values; the caller frees the list. */
struct slice **report_slices(const struct report *r, enum report_dim dim,
			     unsigned *n);

/* A figure with all that is said beside it. */
struct report_line {
	const struct kpi *kpi;
	const struct kpi_figure *now, *before;
	struct kpi_value value, last;
	bool compared; /* there is a change */
	double change; /* percentage points of shares, else the difference */
	const struct report_target *target; /* NULL: none */
	bool met;
};
/* false: nothing was counted for it, neither now nor before. */
MUST_USE bool report_line(const struct report *r, const struct slice *s,
			  unsigned kpi, struct report_line *out);

enum report_word {
#define WORD(name, zh, en) WORD_##name,
#include "reports/words.def"
#undef WORD
	REPORT_WORDS
};
const char *report_word(enum report_word w, enum report_lang lang);
enum report_word report_dim_word(enum report_dim dim);

/* "98.25 %", "1,204", "5 min": for people. */
void report_say(const struct kpi *k, double value, enum report_lang lang,
		struct buf *out);
/* So is what it changed by, with its sign: percentage points of percents. */
void report_say_change(const struct kpi *k, double change,
		       enum report_lang lang, struct buf *out);
/* Can it be seen in what is said? */
bool report_moved(const struct kpi *k, double change);
/* 1: for the better, -1: for the worse, 0: neither. */
int report_better(const struct report_line *l);
/* The title of a chapter (kpi_group). */
enum report_word report_group_word(unsigned group);
const char *kpi_name(const struct kpi *k, enum report_lang lang);
const char *kpi_how(const struct kpi *k, enum report_lang lang);
const char *kpi_unit(const struct kpi *k); /* "%", "ms", "" */
bool kpi_signed(const struct kpi *k);      /* is a "+" part of what it says? */

/* report_plot.c: pictures as inline SVG. */
void plot_days(const struct report *r, struct buf *out);
/* The twelve medians; false, and nothing, without any. */
bool plot_weeks(const struct report *r, struct buf *out);
/* A bar of `percent`, with a mark where the target is (below 0: none). */
void plot_bar(double percent, double target, struct buf *out);
