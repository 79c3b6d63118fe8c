/* The whole file: read by the tables of all sections, and checked. */
#include "daemon/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/trigger.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/orders.h"
#include "care/faq.h"
#include "care/keyword.h"
#include "care/oncall.h"
#include "care/sla.h"
#include "care/work_hours.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/server.h"
#include "console/server.h"
#include "daemon/esme.h"
#include "daemon/dlr.h"
#include "daemon/registry.h"
#include "gateway/gateway.h"
#include "reports/report.h"

/* Sections that a file may leave out, with all their defaults. */
static const char implied[] =
	"node{}\nstore{}\nlog{}\nhttp{}\ngateway{}\nkannel{}\n"
	"templates{}\nsurveys{}\nevents{}\ncampaigns{}\nlogin{}\nreport{}\n"
	"cases{}\ncallbacks{}\norders{}\nwork_hours{}\nvoicemail{}\nfindings{}\n"
	"keywords{}\n";

static int add_implied(struct settings *s, const struct setting_section *kinds,
		       size_t nkinds)
{
	struct settings all = { 0 };
	struct faults none = { 0 };
	int rc = settings_parse(implied, "implied", kinds, nkinds, &all, &none);

	must(rc == 0);
	faults_done(&none);
	s->v = mem_resize(s->v, (s->len + all.len) * sizeof(*s->v));
	for (size_t i = 0; i < all.len; i++) {
		struct section *from = &all.v[i];

		if (settings_find(s, from->kind->name, NULL) != NULL)
			continue;
		/* the section moves over; what is left behind is empty */
		s->v[s->len++] = *from;
		*from = all.v[--all.len];
		i--;
	}
	settings_done(&all);
	return 0;
}

/* "line 12: what" becomes "file:12: what", as the reader's own faults are. */
static void name_file(struct faults *f, size_t from, const char *path)
{
	for (size_t i = from; i < f->len; i++) {
		struct buf b = { 0 };
		struct str rest = str_of(f->v[i]);

		buf_init(&b, BUF_NO_LIMIT);
		if (str_starts(rest, STR("line ")))
			buf_f(&b, "%s:%s", path, f->v[i] + STR("line ").len);
		else
			buf_f(&b, "%s: %s", path, f->v[i]);
		mem_free(f->v[i]);
		f->v[i] = buf_take(&b);
		buf_done(&b);
	}
}

/* The line in "file:12: what"; 0 when there is none. */
static uint64_t line_of(const char *fault, size_t skip)
{
	struct str number;
	uint64_t n = 0;

	(void)str_cut(str_from(str_of(fault), skip), ':', &number);
	return str_u64(number, UINT32_MAX, &n) == 0 ? n : 0;
}

/* In order of line, equal ones as they came. */
static void sort_faults(struct faults *f, size_t from, size_t skip)
{
	for (size_t i = from + 1; i < f->len; i++) {
		char *fault = f->v[i];
		size_t k = i;

		for (; k > from &&
		       line_of(f->v[k - 1], skip) > line_of(fault, skip);
		     k--)
			f->v[k] = f->v[k - 1];
		f->v[k] = fault;
	}
}

static const char *record_dir; /* of the command line; NULL: none */

void daemon_settings_record(const char *dir)
{
	record_dir = dir;
}

static void record(const char *kind, const char *title,
		   struct recorder_cfg *cfg)
{
	struct buf b = { 0 };

	if (cfg->path[0] != '\0')
		return;
	buf_init(&b, BUF_NO_LIMIT);
	buf_f(&b, "%s/%s%s.pdus", record_dir, kind, title);
	mem_free(cfg->path);
	cfg->path = buf_take(&b);
	buf_done(&b);
}

static void record_all(const struct settings *s)
{
	for (size_t i = 0; record_dir != NULL && i < s->len; i++) {
		struct section *sec = &s->v[i];

		if (strcmp(sec->kind->name, "smpp") == 0)
			record("", sec->title,
			       &((struct smpp_cfg *)sec->value)->record);
		else if (strcmp(sec->kind->name, "smpp_server") == 0)
			record("server-", sec->title,
			       &((struct smpp_server_cfg *)sec->value)->record);
	}
}

static void check_triggers(const struct settings *s, struct faults *faults)
{
	const struct section *sec = settings_find(s, "callbacks", NULL);
	const char *channels[CHANNEL_NAMES_MAX];
	struct trigger_names names = { .settings = s, .channels = channels };
	struct classes *classes = NULL;
	struct faults other = { 0 };

	/* what is wrong with classes is told elsewhere */
	if (classes_new(&classes, s, &other) == 0)
		names.classes = classes;
	faults_done(&other);
	names.nchannels =
		gateway_channel_names(s, registry_channels, registry_nchannels,
				      channels, CHANNEL_NAMES_MAX);
	if (sec != NULL)
		names.queue = ((const struct callbacks_cfg *)sec->value)->queue;
	trigger_check_settings(s, &names, faults);
	classes_free(&classes);
}

int daemon_settings_read(const char *path, struct settings *out,
			 struct faults *faults)
{
	/* kinds outlive the settings that point to them */
	static struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds), before, own;
	int rc;

	must(path != NULL && out != NULL && faults != NULL);
	before = faults->len;
	rc = settings_read(path, kinds, n, out, faults);
	if (rc == -ENOENT)
		return rc;
	own = faults->len;
	IGNORE(add_implied(out, kinds, n));
	console_check_settings(out, faults);
	dlr_check_settings(out, faults);
	gateway_check_settings(out, registry_channels, registry_nchannels,
			       faults);
	esme_check_settings(out, faults);
	check_triggers(out, faults);
	report_check_settings(out, faults);
	cases_check(out, faults);
	sla_check(out, faults);
	work_hours_check(out, faults);
	oncall_check(out, faults);
	callbacks_check(out, faults);
	orders_check(out, faults);
	faq_check(out, faults);
	keywords_check(out, faults);
	name_file(faults, own, path);
	sort_faults(faults, before, str_of(path).len + 1);
	esme_check_accounts(out, faults);
	if (faults->len == before) {
		record_all(out);
		return 0;
	}
	settings_done(out);
	return -EINVAL;
}

static void one_frozen(const struct section *now, const struct section *s,
		       struct faults *faults)
{
	struct faults names = { 0 };

	if (now == NULL) {
		faults_add(faults, "line %u: a new %s takes a restart", s->line,
			   s->kind->name);
		return;
	}
	IGNORE(settings_differ(s->kind, now->value, s->value, &names));
	for (size_t i = 0; i < names.len; i++)
		faults_add(faults, "line %u: %s: '%s' takes a restart", s->line,
			   s->kind->name, names.v[i]);
	faults_done(&names);
}

void daemon_settings_frozen(const struct settings *old,
			    const struct settings *fresh, struct faults *faults)
{
	static const char *const kinds[] = {
		"node",      "store",     "http",        "hook",      "report",
		"kannel",    "login",     "kannel_user", "surveys",   "events",
		"campaigns", "templates", "cases",       "callbacks", "orders",
		"sla",       "findings",  "work_hours",  "voicemail",
	};

	must(old != NULL && fresh != NULL && faults != NULL);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		const struct section *s;
		size_t at = 0;

		while ((s = settings_next(fresh, kinds[k], &at)) != NULL)
			one_frozen(settings_find(old, kinds[k],
						 s->kind->titled ? s->title
								 : NULL),
				   s, faults);
		at = 0;
		while ((s = settings_next(old, kinds[k], &at)) != NULL)
			if (s->kind->titled &&
			    settings_find(fresh, kinds[k], s->title) == NULL)
				faults_add(faults,
					   "%s %s: its end takes a restart",
					   kinds[k], s->title);
	}
}

void daemon_settings_reference(struct buf *out)
{
	struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds);

	settings_reference(kinds, n, out);
}
