/* status and doctor: how is it, and what is wrong. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define WATCH_S 2
#define CLOCK_MAX_MS 2000

const struct option status_options[] = {
	{ "watch", NULL, false },
	{ NULL, NULL, false },
};

static void print_status(const json_t *o)
{
	static const char *const names[] = { "node", "version", "started",
					     "ready" };
	static const enum word labels[] = { WORD_NODE, WORD_VERSION,
					    WORD_STARTED, WORD_READY };
	static const char *const members[] = { "state", "class", "count" };
	static const enum word columns[] = { WORD_STATE, WORD_CLASS,
					     WORD_COUNT };
	const char *name;
	json_t *v;

	print_members(o, names, labels, ARRAY_LEN(names));
	/* left out for who has a branch */
	if (json_object_get(o, "live") == NULL)
		return;
	printf("%s:", word(WORD_LIVE));
	json_object_foreach(json_object_get(o, "live"), name, v)
		printf(" %s %s", name, text_of_value(v));
	printf("\n\n");
	print_list(json_object_get(o, "messages"), members, columns,
		   ARRAY_LEN(members));
}

static int status_once(struct cli *c, bool clear)
{
	int rc = cli_ask(c, "GET", "/v1/status", NULL);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	if (clear)
		printf("\033[H\033[2J");
	print_status(c->answer);
	putchar('\n');
	/* A key that may not see links has the rest all the same. */
	if (cli_call(c, "GET", "/v1/links", NULL) == CLI_DONE &&
	    c->status == 200) {
		static const char *const members[] = {
			"name", "state", "why", "held", "used", "queued", "sent"
		};
		static const enum word columns[] = { WORD_LINK, WORD_STATE,
						     WORD_WHY,  WORD_HELD,
						     WORD_LIVE, WORD_QUEUED,
						     WORD_SENT };
		print_page(c, "links", members, columns, ARRAY_LEN(members));
	}
	fflush(stdout);
	return CLI_DONE;
}

int verb_status(struct cli *c, const struct args *a)
{
	bool watch = args_get(a, "watch") != NULL;
	int rc = status_once(c, watch && !c->json);

	while (watch && rc == CLI_DONE) {
		sleep(WATCH_S);
		rc = status_once(c, !c->json);
	}
	return rc;
}

/* ---- doctor -----------------------------------------------------------------------*/

struct doctor {
	struct cli *c;
	unsigned bad;
};

static void finding(struct doctor *d, bool good, enum word w,
		    const char *const *v, unsigned n)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 4096);
	word_fill(&b, w, v, n);
	printf("%-5s %s\n", word(good ? WORD_OK : WORD_FAIL), b.p);
	if (!good)
		d->bad++;
}

static void clocks(struct doctor *d)
{
	const char *now = text_of(d->c->answer, "now");
	int64_t theirs = 0;
	char apart[32];

	if (clock_parse_rfc3339(now, strlen(now), &theirs) != 0)
		return;
	int64_t ms = llabs(clock_wall_ms(&clock_real) - theirs);
	snprintf(apart, sizeof(apart), "%lld", (long long)ms);
	finding(d, ms <= CLOCK_MAX_MS, WORD_DOCTOR_CLOCK, WORDS_LIST(apart));
}

static void links(struct doctor *d)
{
	const json_t *list = json_object_get(d->c->answer, "links");

	finding(d, json_array_size(list) > 0, WORD_DOCTOR_LINKS, NULL, 0);
	for (size_t i = 0; i < json_array_size(list); i++) {
		AUTO(buf_done) struct buf state = { 0 };
		const json_t *l = json_array_get(list, i);
		bool up = strcmp(text_of(l, "state"), "up") == 0;
		buf_init(&state, 256);
		buf_z(&state, text_of(l, "state"));
		if (text_of(l, "why")[0] != '\0')
			buf_f(&state, " (%s)", text_of(l, "why"));
		finding(d, up, WORD_DOCTOR_LINK,
			WORDS_LIST(text_of(l, "name"), state.p));
	}
}

int verb_doctor(struct cli *c, const struct args *a)
{
	struct doctor d = { c, 0 };

	(void)a;
	if (cli_call(c, "GET", "/v1/version", NULL) != CLI_DONE) {
		finding(&d, false, WORD_DOCTOR_REACH, WORDS_LIST(c->url));
		return CLI_FAILED;
	}
	finding(&d, c->status == 200, WORD_DOCTOR_REACH, WORDS_LIST(c->url));
	clocks(&d);
	if (cli_call(c, "GET", "/readyz", NULL) == CLI_DONE)
		finding(&d, c->status == 200, WORD_DOCTOR_READY, NULL, 0);
	if (cli_call(c, "GET", "/v1/status", NULL) == CLI_DONE) {
		finding(&d, c->status != 401, WORD_DOCTOR_KEY, NULL, 0);
		if (c->status != 401 && c->status != 403)
			finding(&d, c->status == 200, WORD_DOCTOR_STORE, NULL,
				0);
	}
	if (cli_call(c, "GET", "/v1/links", NULL) == CLI_DONE &&
	    c->status == 200)
		links(&d);
	return d.bad == 0 ? CLI_DONE : CLI_FAILED;
}
