/* Tables of the members of a campaign, and their way into its spec. */
#include "console/campaign_body.h"

#include <string.h>

#include "base/mem.h"
#include "model/address.h"
#include "proto/e164.h"

struct campaign_body {
	struct str name, class_name, channel, from, text, text_b, template_id;
	struct str survey;
	struct str business_line, briefing, exclusive;
	int64_t template_version, survey_version, share_b, control;
	json_t *audience, *schedule, *pace;
};

#define AT(f) offsetof(struct campaign_body, f)

static const struct field rows[] = {
	{ "name", FIELD_STR, AT(name), false, "What people call it." },
	{ "class", FIELD_STR, AT(class_name), false,
	  "The class of its messages; it has the rules." },
	{ "channel", FIELD_STR, AT(channel), false,
	  "Kind of channel; sms without it." },
	{ "from", FIELD_STR, AT(from), false, "Sender name or number." },
	{ "text", FIELD_STR, AT(text), false,
	  "What is said; {{name}}, {{ref}} and attributes stand for values." },
	{ "text_b", FIELD_STR, AT(text_b), false,
	  "The other text of an A/B test." },
	{ "share_b", FIELD_INT, AT(share_b), false,
	  "Percent that gets text_b." },
	{ "template", FIELD_STR, AT(template_id), false,
	  "An approved template, instead of text." },
	{ "template_version", FIELD_INT, AT(template_version), false,
	  "Which version of it; the newest approved one without." },
	{ "survey", FIELD_STR, AT(survey), false,
	  "A survey instead of text: everybody gets its first question." },
	{ "survey_version", FIELD_INT, AT(survey_version), false,
	  "Which version of it; the newest without." },
	{ "business_line", FIELD_STR, AT(business_line), false,
	  "Whose business it is." },
	{ "audience", FIELD_OBJECT, AT(audience), false,
	  "{addresses: [...]}, {segment: its name} or {kind: \"contacts\"}." },
	{ "control", FIELD_INT, AT(control), false,
	  "Percent that gets nothing, to compare with." },
	{ "exclusive", FIELD_STR, AT(exclusive), false,
	  "Exclusion group: of its campaigns one reaches a person." },
	{ "schedule", FIELD_OBJECT, AT(schedule), false,
	  "{kind: fixed|local|recurring|event, start, end, at, every, window, event, after}." },
	{ "pace", FIELD_OBJECT, AT(pace), false,
	  "{rate: people a second, ramp: \"10m\", spread: true}." },
	{ "briefing", FIELD_STR, AT(briefing), false,
	  "What the queues are told before it may start." },
};

const struct fields campaign_fields = { "campaign", rows, ARRAY_LEN(rows) };

/* A text of the body into the spec; an absent one was filled before. */
static const struct {
	size_t from, to;
} texts[] = {
#define TEXT(f)                                 \
	{                                       \
		AT(f), offsetof(struct spec, f) \
	}
	TEXT(name),        TEXT(class_name),    TEXT(channel),
	TEXT(from),        TEXT(text),          TEXT(text_b),
	TEXT(template_id), TEXT(business_line), TEXT(briefing),
	TEXT(exclusive),   TEXT(survey),
#undef TEXT
};

static void body_fill(struct campaign_body *b, const struct spec *s)
{
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		const char *z;
		struct str v;

		memcpy(&z, (const char *)s + texts[i].to, sizeof(z));
		v = str_of(z);
		memcpy((char *)b + texts[i].from, &v, sizeof(v));
	}
	b->template_version = s->template_version;
	b->survey_version = s->survey_version;
	b->share_b = s->share_b;
	b->control = s->control;
}

static void body_take(const struct campaign_body *b, struct spec *s)
{
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		char **z = (char **)(void *)((char *)s + texts[i].to);
		struct str v;

		memcpy(&v, (const char *)b + texts[i].from, sizeof(v));
		if (!str_eq(v, str_of(*z)))
			form_set(z, v);
	}
	s->template_version = b->template_version;
	s->survey_version = b->survey_version;
	s->share_b = b->share_b;
	s->control = b->control;
}

/* ---- parts of the body ---------------------------------------------------------- */

static bool part_read(struct request *r, const struct fields *f, json_t *v,
		      void *out)
{
	struct refusal why = { 0 };

	if (fields_read(f, v, out, &why) == 0)
		return true;
	reply_refusal(r, &why);
	return false;
}

static bool duration(struct request *r, const char *field, struct str text,
		     int64_t *out)
{
	if (text.len == 0 || settings_duration(text, out) == 0)
		return true;
	reply_error(r, 400, "bad_duration", field,
		    "a duration is a number and ms, s, m, h or d");
	return false;
}

struct audience_body {
	struct str kind, segment;
	json_t *addresses;
};

#define IN_AUDIENCE(f) offsetof(struct audience_body, f)

static const struct field audience_rows[] = {
	{ "kind", FIELD_STR, IN_AUDIENCE(kind), false,
	  "addresses, contacts or segment." },
	{ "segment", FIELD_STR, IN_AUDIENCE(segment), false,
	  "Name of a segment or list." },
	{ "addresses", FIELD_ARRAY, IN_AUDIENCE(addresses), false,
	  "Addresses, one by one." },
};

static const struct fields audience_fields = { "audience", audience_rows,
					       ARRAY_LEN(audience_rows) };

static bool addresses_read(struct request *r, json_t *list, struct spec *s)
{
	AUTO(buf_done) struct buf b = { 0 };
	char address[ADDRESS_MAX];
	size_t i;
	json_t *one;

	buf_init(&b, BUF_NO_LIMIT);
	json_array_foreach(list, i, one)
	{
		struct str text = str_bytes(json_string_value(one),
					    json_string_length(one));

		if (!json_is_string(one)) {
			reply_error(r, 400, "bad_address", "audience",
				    "address %zu is no text", i + 1);
			return false;
		}
		/* One that is no number stays as it is: its row says so. */
		if (s->channel != NULL || text.len >= ADDRESS_MAX ||
		    memchr(text.p, '\n', text.len) != NULL)
			text = str_first(text, ADDRESS_MAX - 1);
		else if (e164_parse(text, r->c->country, address, NULL) == 0)
			text = str_of(address);
		if (b.len > 0)
			buf_c(&b, '\n');
		for (size_t k = 0; k < text.len; k++)
			buf_c(&b, text.p[k] == '\n' ? ' ' : text.p[k]);
	}
	form_set(&s->audience_text, buf_str(&b));
	return true;
}

static bool audience_read(struct request *r, json_t *v, struct spec *s)
{
	struct audience_body b = { .kind = STR("addresses") };
	enum audience_kind kind;

	if (v == NULL)
		return true;
	if (json_object_get(v, "segment") != NULL)
		b.kind = STR("segment");
	if (!part_read(r, &audience_fields, v, &b))
		return false;
	if (audience_kind_parse(b.kind, &kind) != 0) {
		reply_error(r, 400, "bad_kind", "audience",
			    "an audience is addresses, contacts or segment");
		return false;
	}
	s->audience = kind;
	form_set(&s->audience_text, b.segment);
	return kind != AUDIENCE_ADDRESSES || addresses_read(r, b.addresses, s);
}

struct schedule_body {
	struct str kind, at, every, window, event, after;
	int64_t start, end;
};

#define IN_SCHEDULE(f) offsetof(struct schedule_body, f)

static const struct field schedule_rows[] = {
	{ "kind", FIELD_STR, IN_SCHEDULE(kind), false,
	  "fixed, local, recurring or event." },
	{ "start", FIELD_TIME, IN_SCHEDULE(start), false, "When it begins." },
	{ "end", FIELD_TIME, IN_SCHEDULE(end), false,
	  "Nothing is begun after it." },
	{ "at", FIELD_STR, IN_SCHEDULE(at), false,
	  "local: HH:MM of the recipient's own day." },
	{ "every", FIELD_STR, IN_SCHEDULE(every), false,
	  "recurring: 24h, 7d." },
	{ "window", FIELD_STR, IN_SCHEDULE(window), false,
	  "recurring: how long a run may take." },
	{ "event", FIELD_STR, IN_SCHEDULE(event), false, "event: its type." },
	{ "after", FIELD_STR, IN_SCHEDULE(after), false,
	  "event: how long after it." },
};

static const struct fields schedule_fields = { "schedule", schedule_rows,
					       ARRAY_LEN(schedule_rows) };

static bool at_read(struct request *r, struct str text, int64_t *minute)
{
	struct str hours, minutes = str_cut(text, ':', &hours);
	uint64_t h, m;

	if (text.len == 0)
		return true;
	if (str_u64(hours, 23, &h) == 0 && str_u64(minutes, 59, &m) == 0) {
		*minute = (int64_t)(h * 60 + m);
		return true;
	}
	reply_error(r, 400, "bad_time", "at", "at is HH:MM");
	return false;
}

/* A schedule is given whole. */
static bool schedule_read(struct request *r, json_t *v, struct spec *s)
{
	struct schedule_body b = { .kind = STR("fixed") };
	enum schedule_kind kind;

	if (v == NULL)
		return true;
	if (!part_read(r, &schedule_fields, v, &b))
		return false;
	if (schedule_kind_parse(b.kind, &kind) != 0) {
		reply_error(r, 400, "bad_kind", "schedule",
			    "a schedule is fixed, local, recurring or event");
		return false;
	}
	s->schedule = kind;
	s->start_ms = b.start;
	s->end_ms = b.end;
	s->minute = s->every_ms = s->window_ms = s->after_ms = 0;
	form_set(&s->event, b.event);
	return at_read(r, b.at, &s->minute) &&
	       duration(r, "every", b.every, &s->every_ms) &&
	       duration(r, "window", b.window, &s->window_ms) &&
	       duration(r, "after", b.after, &s->after_ms);
}

struct pace_body {
	struct str ramp;
	int64_t rate;
	bool spread;
};

static const struct field pace_rows[] = {
	{ "rate", FIELD_INT, offsetof(struct pace_body, rate), false,
	  "People a second; 0: as fast as the links." },
	{ "ramp", FIELD_STR, offsetof(struct pace_body, ramp), false,
	  "How long it takes to come to that rate." },
	{ "spread", FIELD_BOOL, offsetof(struct pace_body, spread), false,
	  "Evenly over the window." },
};

static const struct fields pace_fields = { "pace", pace_rows,
					   ARRAY_LEN(pace_rows) };

static bool pace_read(struct request *r, json_t *v, struct spec *s)
{
	struct pace_body b = { 0 };

	if (v == NULL)
		return true;
	if (!part_read(r, &pace_fields, v, &b))
		return false;
	s->rate = b.rate;
	s->spread = b.spread;
	s->ramp_ms = 0;
	return duration(r, "ramp", b.ramp, &s->ramp_ms);
}

bool campaign_body_read(struct request *r, struct spec *spec)
{
	struct campaign_body b = { 0 };

	must(r != NULL && spec != NULL);
	body_fill(&b, spec);
	if (!request_fields(r, &b))
		return false;
	body_take(&b, spec);
	return audience_read(r, b.audience, spec) &&
	       schedule_read(r, b.schedule, spec) && pace_read(r, b.pace, spec);
}
