/* The section `report`, and targets as people write them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "proto/tzone.h"
#include "reports/report_impl.h"

/* As measure_bounds_ms: other limits were not counted. */
static const char *const timely_names[] = { "50ms", "200ms", "1s", "5s",  "10s",
					    "30s",  "1m",    "5m", "15m", "1h",
					    "4h",   "24h",   NULL };

static const struct setting rows[] = {
	{ "zone", SETTING_STR, offsetof(struct report_cfg, zone), "UTC", 0, 0,
	  NULL, NULL, false,
	  "Time zone in which days and months of reports begin." },
	{ "timely", SETTING_ENUM, offsetof(struct report_cfg, timely), "1m", 0,
	  0, timely_names, NULL, false,
	  "A reminder delivered within this time is timely (K-01)." },
	{ "resumed", SETTING_ENUM, offsetof(struct report_cfg, resumed), "5m",
	  0, 0, timely_names, NULL, false,
	  "Service goes on within this time after a recharge (K-05)." },
	{ "posted", SETTING_ENUM, offsetof(struct report_cfg, posted), "1h", 0,
	  0, timely_names, NULL, false,
	  "A payment is posted within this time (K-07)." },
	{ "topics", SETTING_LIST, offsetof(struct report_cfg, topics),
	  "{\"fraud 5\", \"vas_charge 4\", \"wrong_reminder 3\", \"spam 2\", "
	  "\"staff 2\", \"detractor 2\", \"low_score 2\"}",
	  0, 200, NULL, NULL, false,
	  "How important topics of complaints are, 1 to 100; others: 1. The "
	  "topic list is in order of frequency x importance." },
	{ "targets", SETTING_LIST, offsetof(struct report_cfg, targets), "{}",
	  0, 100, NULL, NULL, false,
	  "Targets of figures: \"K-40 >= 85%\", \"K-57 <= 0.5%\"." },
};

const struct setting_section report_section = {
	"report", false,           sizeof(struct report_cfg),
	rows,     ARRAY_LEN(rows), "The monthly report.",
};

/* A number, "%" behind it or not. */
static int read_number(struct str text, double *out)
{
	char digits[32], *end;

	if (text.len > 0 && text.p[text.len - 1] == '%')
		text = str_trim(str_first(text, text.len - 1));
	if (text.len == 0 || str_copy(digits, sizeof(digits), text) != 0)
		return -EBADMSG;
	double v = strtod(digits, &end);
	if (*end != '\0' || !isfinite(v))
		return -EBADMSG;
	*out = v;
	return 0;
}

int report_target_read(struct str text, unsigned *kpi,
		       struct report_target *out)
{
	struct report_target t = { .given = true };
	struct str id, rest;

	must(kpi != NULL && out != NULL);
	rest = str_trim(str_cut(str_trim(text), ' ', &id));
	if (!str_starts(rest, STR(">=")) && !str_starts(rest, STR("<=")))
		return -EBADMSG;
	t.least = rest.p[0] == '>';
	if (read_number(str_trim(str_from(rest, 2)), &t.value) != 0)
		return -EBADMSG;
	int found = kpi_find(id);
	if (found < 0)
		return -ENOENT;
	*kpi = (unsigned)found;
	*out = t;
	return 0;
}

int report_topic_read(struct str text, struct str *topic, int64_t *weight)
{
	struct str rest;
	uint64_t n;

	must(topic != NULL && weight != NULL);
	text = str_trim(text);
	rest = str_trim(str_cut(text, ' ', topic));
	if (topic->len == 0 || str_u64(rest, REPORT_WEIGHT_MAX, &n) != 0 ||
	    n == 0)
		return -EBADMSG;
	*weight = (int64_t)n;
	return 0;
}

static void check_topics(const struct section *sec, struct faults *faults)
{
	const struct report_cfg *cfg = sec->value;
	struct str topic;
	int64_t weight;

	for (size_t i = 0; i < cfg->topics.len; i++) {
		if (report_topic_read(str_of(cfg->topics.v[i]), &topic,
				      &weight) != 0)
			faults_add(faults,
				   "line %u: report: topic \"%s\" is not a "
				   "word and a number of 1 to %d",
				   sec->line, cfg->topics.v[i],
				   REPORT_WEIGHT_MAX);
	}
}

void report_check_settings(const struct settings *s, struct faults *faults)
{
	const struct section *sec = settings_find(s, "report", NULL);
	struct report_target target;
	unsigned kpi;

	must(faults != NULL);
	if (sec == NULL)
		return;
	const struct report_cfg *cfg = sec->value;
	if (cfg->zone != NULL && tzone_get(str_of(cfg->zone)) == NULL)
		faults_add(faults,
			   "line %u: report: there is no time zone \"%s\"",
			   sec->line, cfg->zone);
	check_topics(sec, faults);
	for (size_t i = 0; i < cfg->targets.len; i++) {
		const char *text = cfg->targets.v[i];
		int rc = report_target_read(str_of(text), &kpi, &target);

		if (rc == -ENOENT)
			faults_add(faults,
				   "line %u: report: target \"%s\" names a "
				   "figure that there is not",
				   sec->line, text);
		else if (rc != 0)
			faults_add(faults,
				   "line %u: report: target \"%s\" is not a "
				   "figure, >= or <=, and a number",
				   sec->line, text);
	}
}
