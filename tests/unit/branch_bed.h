/* What tests of branches stand on: contacts of two branches and of none,
 * and what the south has that the north may not see. */
#pragma once

#include "tests/unit/campaign_bed.h"

#include "console/routes.h"

#define NORTH "+447700900101"
#define SOUTH "+447700900102"
#define NOBODY "+447700900103"

#define SEND(to) "{\"to\":\"" to "\",\"text\":\"hello\",\"class\":\"service\"}"
#define WISH(to) "{\"to\":\"" to "\"}"
#define ORDER(to) "{\"to\":\"" to "\",\"offer\":\"ring\"}"
#define ALERT(to)                                                          \
	"{\"to\":\"" to "\",\"trigger\":\"price\",\"subject\":\"600519\"," \
	"\"side\":\"above\",\"limit\":\"1800.5\"}"
#define FINDING(branch)                                             \
	"{\"unit\":\"shop\",\"survey\":\"sv\",\"text\":\"Southern " \
	"queues\",\"branch\":\"" branch "\"}"
static const char survey[] =
	"{\"id\":\"sv\",\"questions\":[{\"id\":\"q1\",\"kind\":\"text\","
	"\"text\":{\"zh\":\"为什么?\",\"en\":\"Why?\"}}]}";

/* What stands for ids in the paths below. */
struct south {
	char contact[16], message[16], session[16], segment[16];
	char ticket[16], finding[16], page[16];
	char callback[16], order[16], alert[16];
	char campaign[16], own_segment[16];
};

static inline void keep_id(struct bed *b, const char *name, char out[16])
{
	assert_int_equal(strlen(bed_word(b, name)), 13);
	must(str_copy(out, 16, str_of(bed_word(b, name))) == 0);
}

static inline void contact(struct bed *b, const char *ref, const char *name,
			   const char *phone, const char *branch)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"ref\":\"%s\",\"name\":\"%s\",\"phone\":\"%s\","
		 "\"branch\":\"%s\"}",
		 ref, name, phone, branch);
	assert_int_equal(bed_post(b, "/v1/contacts", body), 201);
}

static inline void happen(struct bed *b, const char *to)
{
	char body[160];

	snprintf(body, sizeof(body),
		 "{\"id\":\"%s\",\"type\":\"bill.due\",\"to\":\"%s\"}", to, to);
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
}

/* Two contacts of two branches, one of none; each was written to. */
static inline void people(struct bed *b, struct south *s)
{
	contact(b, "N-1", "Nora", NORTH, "north");
	contact(b, "S-1", "Sue", SOUTH, "south");
	keep_id(b, "id", s->contact);
	contact(b, "X-1", "Xi", NOBODY, "");
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NORTH)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NOBODY)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 202);
	keep_id(b, "id", s->message);
	assert_int_equal(bed_post(b, "/v1/surveys", survey), 201);
	happen(b, NORTH);
	happen(b, SOUTH);
	happen(b, NOBODY);
	bed_hear(b, NORTH, "Nora here");
	bed_hear(b, SOUTH, "Sue here");
}

/* An answer that did not come by us. */
static inline void told_elsewhere(struct bed *b, const char *id, const char *to,
				  const char *channel)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"id\":\"%s\",\"type\":\"survey.result\",\"to\":\"%s\","
		 "\"data\":{\"survey\":\"sv\",\"channel\":\"%s\","
		 "\"answers\":{\"q1\":\"queues\"}}}",
		 id, to, channel);
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
}

/* An event that somebody is on call for: to is whom it is about, "" for nobody. */
static inline void alert_about(struct bed *b, const char *type, const char *id,
			       const char *to)
{
	char body[160];

	snprintf(body, sizeof(body), "{\"id\":\"%s\",\"type\":\"%s\"%s%s%s}",
		 id, type, to[0] == '\0' ? "" : ",\"to\":\"", to,
		 to[0] == '\0' ? "" : "\"");
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
}

static inline void ask_south(struct bed *b, struct south *s)
{
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(SOUTH)), 201);
	keep_id(b, "id", s->callback);
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(NORTH)), 201);
	assert_int_equal(bed_post(b, "/v1/orders", ORDER(SOUTH)), 202);
	keep_id(b, "id", s->order);
	assert_int_equal(bed_post(b, "/v1/alerts", ALERT(SOUTH)), 201);
	keep_id(b, "id", s->alert);
	told_elsewhere(b, "r-south", SOUTH, "southern");
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" SOUTH "\"}"),
			 202);
	keep_id(b, "session", s->session);
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"all\",\"filter\":\"all\"}"),
			 201);
	keep_id(b, "id", s->segment);
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"report\",\"to\":\"" SOUTH "\"}"),
			 201);
	keep_id(b, "id", s->ticket);
	assert_int_equal(bed_post(b, "/v1/findings", FINDING("south")), 201);
	keep_id(b, "id", s->finding);
	alert_about(b, "shop.shut", "X-1-shop", NOBODY);
	alert_about(b, "shop.shut", "S-1-shop", SOUTH);
	assert_int_equal(bed_get(b, "/v1/oncall"), 200);
	keep_id(b, "oncall.0.id", s->page);
	assert_int_equal(bed_post(b, "/v1/findings", FINDING("")), 201);
}

/* From here on the key of one who has a branch. */
static inline void as_of(struct bed *b, const char *role, const char *branch)
{
	static char text[4][64];
	static unsigned n;
	char body[160], *mine = text[n++ % 4];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s of the %s\",\"role\":\"%s\","
		 "\"tenant\":\"acme\",\"branch\":\"%s\"}",
		 role, branch, role, branch);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(mine, sizeof(text[0]), str_of(bed_word(b, "key"))) == 0);
	b->key = mine;
}

static inline void as_north(struct bed *b, const char *role)
{
	as_of(b, role, "north");
}

#define WORDS(id)                                                    \
	"{\"id\":\"" id "\",\"class\":\"notice\",\"texts\":{\"en\":" \
	"{\"text\":\"Hello from the shop\",\"signature\":\"Demo\"}}}"

/* What the south makes for itself: a campaign, a segment, a template. */
static inline void work_of_south(struct bed *b, struct south *s)
{
	as_of(b, "marketer", "south");
	assert_int_equal(bed_post(b, "/v1/campaigns",
				  "{\"name\":\"Southern\",\"class\":\"notice\","
				  "\"text\":\"Hello\","
				  "\"audience\":{\"kind\":\"contacts\"}}"),
			 201);
	keep_id(b, "id", s->campaign);
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"Southern\",\"filter\":\"all\"}"),
			 201);
	keep_id(b, "id", s->own_segment);
	assert_int_equal(bed_post(b, "/v1/templates", WORDS("southern")), 201);
	b->key = ADMIN;
}

static inline void nothing_of_others(struct bed *b, const char *path)
{
	static const char *const signs[] = {
		"7700900102", "**02",   "Sue", "S-1",     "7700900103",
		"**03",       "\"Xi\"", "X-1", "outhern",
	};

	for (unsigned i = 0; i < ARRAY_LEN(signs); i++)
		if (bed_says(b, signs[i]))
			fail_msg("%s shows %s", path, signs[i]);
}

/* "/v1/contacts/$C" to the id; names of parameters to something harmless. */
static inline void path_of(const struct south *s, const char *text,
			   char out[160])
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '$') {
			const char c = *++p;
			const char *id = c == 'C'   ? s->contact
					 : c == 'M' ? s->message
					 : c == 'G' ? s->segment
					 : c == 'K' ? s->ticket
					 : c == 'B' ? s->callback
					 : c == 'O' ? s->order
					 : c == 'A' ? s->alert
					 : c == 'F' ? s->finding
					 : c == 'L' ? s->page
					 : c == 'P' ? s->campaign
					 : c == 'S' ? s->own_segment
						    : s->session;
			n += (size_t)snprintf(out + n, 160 - n, "%s", id);
		} else if (p[0] == '{') {
			p = strchr(p, '}');
			out[n++] = 'x';
		} else {
			out[n++] = *p;
		}
		assert_true(n < 159);
	}
	out[n] = '\0';
}
