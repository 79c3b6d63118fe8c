/* campaign: written, tried, reviewed, started, watched. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1 << 20)
#define WATCH_S 1
#define BAR 32

const struct option campaign_list_options[] = {
	{ "state", "STATE", false },
	{ NULL, NULL, false },
};

const struct option campaign_step_options[] = {
	{ "match", "VERSION", false },
	{ "note", "TEXT", false },
	{ NULL, NULL, false },
};

const struct option campaign_results_options[] = {
	{ "out", "FILE", false },      { "state", "STATE", false },
	{ "reason", "REASON", false }, { "run", "N", false },
	{ NULL, NULL, false },
};

static const char *const members[] = { "id",      "name",     "state",
				       "reason",  "version",  "class",
				       "author",  "approver", "changes",
				       "started", "finish",   "window_end" };
static const enum word labels[] = {
	WORD_ID,      WORD_NAME,    WORD_STATE,  WORD_REASON,
	WORD_VERSION, WORD_CLASS,   WORD_AUTHOR, WORD_APPROVER,
	WORD_CHANGES, WORD_STARTED, WORD_FINISH, WORD_WINDOW_END
};

static void path_of(const char *id, const char *tail, struct buf *path)
{
	buf_init(path, 4096);
	buf_z(path, "/v1/campaigns/");
	path_part(path, id);
	buf_z(path, tail);
}

static long long count_of(const json_t *counts, const char *name)
{
	return json_integer_value(json_object_get(counts, name));
}

/* States and reasons in the reader's language. */
static const char *said(const char *code)
{
	static const struct {
		const char *code;
		enum word word;
	} words[] = {
		{ "ready", WORD_C_READY },
		{ "deferred", WORD_C_DEFERRED },
		{ "suppressed", WORD_C_SUPPRESSED },
		{ "claimed", WORD_C_CLAIMED },
		{ "no_consent", WORD_C_NO_CONSENT },
		{ "withdrawn", WORD_C_WITHDRAWN },
		{ "blocklist", WORD_C_BLOCKLIST },
		{ "quiet_hours", WORD_C_QUIET },
		{ "preferred_hours", WORD_C_PREFERRED },
		{ "other_branch", WORD_C_BRANCH },
		{ "no_timezone", WORD_C_NO_ZONE },
		{ "freq_cap", WORD_C_CAP },
		{ "duplicate_address", WORD_C_DUPLICATE },
		{ "missing_number", WORD_C_NO_NUMBER },
		{ "invalid_number", WORD_C_BAD_NUMBER },
		{ "missing_variable", WORD_C_VARIABLE },
		{ "too_many_parts", WORD_C_PARTS },
		{ "control_group", WORD_C_CONTROL },
		{ "missed_window", WORD_C_MISSED },
		{ "scheduled", WORD_C_SCHEDULED },
	};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(code, words[i].code) == 0)
			return word(words[i].word);
	}
	return code;
}

static void print_counts(const json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		printf("  %10lld  %s %s\n", count_of(one, "count"),
		       said(text_of(one, "state")),
		       said(text_of(one, "reason")));
}

static void print_messages(const json_t *counts)
{
	const char *name;
	json_t *v;

	json_object_foreach(json_object_get(counts, "messages"), name, v)
		printf("  %10lld  %s\n", (long long)json_integer_value(v),
		       name);
	printf("  %10lld  %s\n", count_of(counts, "opted_out"),
	       word(WORD_OPTED_OUT));
}

static void print_campaign(const json_t *o)
{
	print_members(o, members, labels, ARRAY_LEN(members));
	print_counts(json_object_get(o, "reasons"));
	print_messages(json_object_get(o, "counts"));
}

/* ---- written ---------------------------------------------------------------------- */

int verb_campaign_list(struct cli *c, const struct args *a)
{
	static const char *const columns[] = { "id",     "name",    "state",
					       "reason", "version", "author",
					       "finish" };
	static const enum word heads[] = { WORD_ID,      WORD_NAME,
					   WORD_STATE,   WORD_REASON,
					   WORD_VERSION, WORD_AUTHOR,
					   WORD_FINISH };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/campaigns");
	path_query(&path, "limit", "200");
	path_query(&path, "state", args_get(a, "state"));
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "campaigns", columns, heads, ARRAY_LEN(columns));
	return rc;
}

/* A whole file of JSON; "-" is the standard input. */
static int read_body(const char *name, struct buf *body)
{
	bool input = strcmp(name, "-") == 0;
	FILE *f = input ? stdin : fopen(name, "re");
	size_t n = 1;

	buf_init(body, FILE_MAX);
	while (f != NULL && n > 0 && !body->full) {
		char piece[4096];

		n = fread(piece, 1, sizeof(piece), f);
		buf_put(body, piece, n);
	}
	bool good = f != NULL && !ferror(f) && !body->full;
	if (!good)
		say_error(WORD_CANNOT_READ,
			  WORDS_LIST(name,
				     strerror(body->full ? EFBIG : errno)));
	if (f != NULL && !input)
		IGNORE(fclose(f) != 0);
	return good ? CLI_DONE : CLI_FAILED;
}

int verb_campaign_create(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf body = { 0 };
	int rc = read_body(a->v[0], &body);

	if (rc == CLI_DONE)
		rc = cli_ask(c, "POST", "/v1/campaigns", body.p);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_CAMPAIGN_IS, WORDS_LIST(text_of(c->answer, "id"),
						 text_of(c->answer, "state")));
	return rc;
}

int verb_campaign_edit(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf body = { 0 }, path = { 0 };
	int rc = read_body(a->v[1], &body);

	path_of(a->v[0], "", &path);
	c->match = args_get(a, "match");
	if (rc == CLI_DONE)
		rc = cli_ask(c, "PATCH", path.p, body.p);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_CAMPAIGN_IS, WORDS_LIST(text_of(c->answer, "id"),
						 text_of(c->answer, "state")));
	return rc;
}

/* ---- steps -------------------------------------------------------------------------- */

static int step(struct cli *c, const struct args *a, const char *tail)
{
	AUTO(buf_done) struct buf path = { 0 };
	const char *note = args_get(a, "note");

	path_of(a->v[0], tail, &path);
	c->match = args_get(a, "match");
	int rc = cli_ask_json(c, "POST", path.p,
			      note == NULL ? NULL
					   : json_pack("{s:s}", "note", note));

	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_CAMPAIGN_IS, WORDS_LIST(text_of(c->answer, "id"),
						 text_of(c->answer, "state")));
	return rc;
}

int verb_campaign_simulate(struct cli *c, const struct args *a)
{
	static const char *const figures[] = {
		"people", "sendable", "parts",      "cost_milli", "currency",
		"start",  "finish",   "window_end", "fits"
	};
	static const enum word names[] = { WORD_PEOPLE,   WORD_SENDABLE,
					   WORD_PARTS,    WORD_COST_MILLI,
					   WORD_CURRENCY, WORD_STARTED,
					   WORD_FINISH,   WORD_WINDOW_END,
					   WORD_FITS };
	AUTO(buf_done) struct buf path = { 0 };

	path_of(a->v[0], "/simulate", &path);
	int rc = cli_ask(c, "POST", path.p, NULL);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_members(c->answer, figures, names, ARRAY_LEN(figures));
	print_counts(json_object_get(c->answer, "by"));
	return CLI_DONE;
}

#define STEP(name, tail)                                              \
	int verb_campaign_##name(struct cli *c, const struct args *a) \
	{                                                             \
		return step(c, a, tail);                              \
	}

STEP(submit, "/submit")
STEP(approve, "/approve")
STEP(return, "/return")
STEP(schedule, "/schedule")
STEP(start, "/start")
STEP(pause, "/pause")
STEP(resume, "/resume")
STEP(cancel, "/cancel")
STEP(pilot, "/pilot")
STEP(sign_off, "/sign-off")
STEP(briefed, "/briefed")
STEP(clone, "/clone")

/* Every number is asked for at the gate; false: one did not get it. */
static bool all_allowed(const json_t *results)
{
	size_t i;
	json_t *one;

	json_array_foreach(results, i,
			   one) if (text_of(one, "id")[0] == '\0' ||
				    strcmp(text_of(one, "verdict"), "deny") ==
					    0) return false;
	return true;
}

int verb_campaign_test(struct cli *c, const struct args *a)
{
	static const char *const columns[] = { "to", "verdict", "reason", "id",
					       "state" };
	static const enum word heads[] = { WORD_TO, WORD_VERDICT, WORD_REASON,
					   WORD_ID, WORD_STATE };
	AUTO(buf_done) struct buf path = { 0 };
	json_t *body = json_object(), *to = json_array();

	path_of(a->v[0], "/test", &path);
	for (unsigned i = 1; i < a->n; i++)
		json_array_append_new(to, json_string(a->v[i]));
	json_object_set_new(body, "to", to);
	int rc = cli_ask_json(c, "POST", path.p, body);
	if (rc != CLI_DONE)
		return rc;
	const json_t *results = json_object_get(c->answer, "results");
	if (!cli_json(c))
		print_list(results, columns, heads, ARRAY_LEN(columns));
	return all_allowed(results) ? CLI_DONE : CLI_FAILED;
}

/* ---- watched -------------------------------------------------------------------------- */

/* Nothing more will happen by itself. */
static bool is_over(const char *state)
{
	static const char *const over[] = { "completed", "cancelled", "failed",
					    "expired" };

	for (unsigned i = 0; i < ARRAY_LEN(over); i++) {
		if (strcmp(state, over[i]) == 0)
			return true;
	}
	return false;
}

static void print_bar(const json_t *o)
{
	const json_t *counts = json_object_get(o, "counts");
	long long people = count_of(counts, "people");
	long long begun =
		count_of(counts, "claimed") + count_of(counts, "suppressed");
	unsigned full = people > 0 ? (unsigned)(begun * BAR / people) : 0;
	char line[BAR + 1], done[32], all[32], rate[32];

	full = MIN(full, BAR);
	memset(line, '.', BAR);
	memset(line, '#', full);
	line[BAR] = '\0';
	snprintf(done, sizeof(done), "%lld", begun);
	snprintf(all, sizeof(all), "%lld", people);
	snprintf(rate, sizeof(rate), "%lld",
		 (long long)json_integer_value(
			 json_object_get(o, "rate_per_minute")) /
			 60);
	AUTO(buf_done) struct buf b = { 0 };
	buf_init(&b, 512);
	word_fill(&b, WORD_CAMPAIGN_BAR,
		  WORDS_LIST(text_of(o, "state"), done, all, rate,
			     text_of(o, "finish")));
	printf("[%s] %s\n", line, b.p);
}

static int status_once(struct cli *c, const char *path, bool clear)
{
	int rc = cli_ask(c, "GET", path, NULL);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	if (clear)
		printf("\033[H\033[2J");
	print_bar(c->answer);
	print_campaign(c->answer);
	fflush(stdout);
	return rc;
}

int verb_campaign_status(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	bool watch = args_get(a, "watch") != NULL;

	path_of(a->v[0], "", &path);
	int rc = status_once(c, path.p, watch && !c->json);
	while (watch && rc == CLI_DONE &&
	       !is_over(text_of(c->answer, "state"))) {
		sleep(WATCH_S);
		rc = status_once(c, path.p, !c->json);
	}
	return rc;
}

/* ---- results ---------------------------------------------------------------------------- */

static int results_to(struct cli *c, const struct args *a, FILE *out)
{
	static const char *const asked[] = { "state", "reason", "run" };
	char next[sizeof(c->next)] = "";
	int rc;

	do {
		AUTO(buf_done) struct buf path = { 0 };

		path_of(a->v[0], "/results", &path);
		for (unsigned i = 0; i < ARRAY_LEN(asked); i++)
			path_query(&path, asked[i], args_get(a, asked[i]));
		path_query(&path, "cursor", next[0] != '\0' ? next : NULL);
		rc = cli_ask(c, "GET", path.p, NULL);
		if (rc == CLI_DONE &&
		    fwrite(c->body.p, 1, c->body.len, out) != c->body.len)
			rc = CLI_FAILED;
		must(str_copy(next, sizeof(next), str_of(c->next)) == 0);
	} while (rc == CLI_DONE && next[0] != '\0');
	return rc;
}

int verb_campaign_results(struct cli *c, const struct args *a)
{
	const char *name = args_get(a, "out");

	if (name == NULL)
		return results_to(c, a, stdout);
	FILE *f = fopen(name, "we");
	int rc = f != NULL ? results_to(c, a, f) : CLI_FAILED;
	if (f == NULL || (fclose(f) != 0 && rc == CLI_DONE)) {
		say_error(WORD_CANNOT_WRITE, WORDS_LIST(name, strerror(errno)));
		return CLI_FAILED;
	}
	return rc;
}
