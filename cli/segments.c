/* segment: list, show, count, members, say, create. A segment is named by its
 * name, as filters do it. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option segment_create_options[] = {
	{ "filter", "FILTER", false },
	{ "static", NULL, false },
	{ NULL, NULL, false },
};

const struct option segment_page_options[] = {
	{ "limit", "N", false },
	{ "cursor", "ID", false },
	{ NULL, NULL, false },
};

/* ---- which one --------------------------------------------------------------- */

/* Puts /v1/segments/ID of the one with that name, or with that id. */
static int put_path(struct cli *c, const char *name, struct buf *path)
{
	AUTO(buf_done) struct buf page = { 0 };
	char next[32] = "";

	buf_init(path, 4096);
	buf_init(&page, 4096);
	do {
		buf_reset(&page);
		buf_z(&page, "/v1/segments?limit=1000");
		if (next[0] != '\0')
			path_query(&page, "cursor", next);
		int rc = cli_ask(c, "GET", page.p, NULL);
		if (rc != CLI_DONE)
			return rc;
		const json_t *list = json_object_get(c->answer, "segments");
		for (size_t i = 0; i < json_array_size(list); i++) {
			const json_t *one = json_array_get(list, i);
			if (strcmp(text_of(one, "name"), name) != 0 &&
			    strcmp(text_of(one, "id"), name) != 0)
				continue;
			buf_z(path, "/v1/segments/");
			path_part(path, text_of(one, "id"));
			return CLI_DONE;
		}
		must(str_copy(next, sizeof(next),
			      str_of(text_of(c->answer, "next"))) == 0);
	} while (next[0] != '\0');
	say_error(WORD_NO_SEGMENT, WORDS_LIST(name));
	return CLI_FAILED;
}

/* ---- what is said --------------------------------------------------------------- */

static void print_filter(const json_t *segment)
{
	const json_t *sentence = json_object_get(segment, "sentence");

	if (sentence == NULL)
		return;
	printf("%s\n", text_of(segment, "filter"));
	printf("  %s\n", text_of(sentence, "zh"));
	printf("  %s\n", text_of(sentence, "en"));
}

static void print_segment(const json_t *segment)
{
	static const char *const members[] = { "id",    "name",    "kind",
					       "count", "counted", "updated" };
	static const enum word labels[] = {
		WORD_ID, WORD_NAME, WORD_KIND, WORD_COUNT, WORD_AT, WORD_UPDATED
	};

	print_members(segment, members, labels, ARRAY_LEN(members));
	print_filter(segment);
}

int verb_segment_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "name", "kind", "count",
					       "filter" };
	static const enum word columns[] = { WORD_ID, WORD_NAME, WORD_KIND,
					     WORD_COUNT, WORD_FILTER };
	int rc = cli_get(c, a, "/v1/segments");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_page(c, "segments", members, columns, ARRAY_LEN(members));
	return CLI_DONE;
}

int verb_segment_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	int rc = put_path(c, a->v[0], &path);

	if (rc == CLI_DONE)
		rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_segment(c->answer);
	return rc;
}

static void print_count(const struct cli *c)
{
	say(WORD_SEGMENT_COUNT, WORDS_LIST(text_of(c->answer, "count"),
					   text_of(c->answer, "contacts")));
	print_filter(c->answer);
}

int verb_segment_count(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	int rc = put_path(c, a->v[0], &path);

	if (rc != CLI_DONE)
		return rc;
	buf_z(&path, "/count");
	rc = cli_ask(c, "POST", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_count(c);
	return rc;
}

static void print_persons(const json_t *list)
{
	static const char *const members[] = { "id",   "ref",    "name",
					       "tier", "branch", "state" };
	static const enum word columns[] = {
		WORD_ID, WORD_REF, WORD_NAME, WORD_TIER, WORD_BRANCH, WORD_STATE
	};

	print_list(list, members, columns, ARRAY_LEN(members));
}

int verb_segment_members(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	int rc = put_path(c, a->v[0], &path);

	if (rc != CLI_DONE)
		return rc;
	buf_z(&path, "/members");
	rc = cli_get(c, a, path.p);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_persons(json_object_get(c->answer, "members"));
	print_more(c);
	return CLI_DONE;
}

/* ---- a filter of the moment, and a new one ---------------------------------------- */

int verb_segment_say(struct cli *c, const struct args *a)
{
	int rc = cli_ask_json(c, "POST", "/v1/segments/count",
			      json_pack("{s:s}", "filter", a->v[0]));

	if (rc == CLI_DONE && !cli_json(c)) {
		print_count(c);
		print_persons(json_object_get(c->answer, "sample"));
	}
	return rc;
}

int verb_segment_create(struct cli *c, const struct args *a)
{
	const char *filter = args_get(a, "filter");
	json_t *body =
		json_pack("{s:s, s:s}", "name", a->v[0], "kind",
			  args_get(a, "static") != NULL ? "static" : "dynamic");

	if (filter != NULL)
		json_object_set_new(body, "filter", json_string(filter));
	int rc = cli_ask_json(c, "POST", "/v1/segments", body);

	if (rc == CLI_DONE && !cli_json(c))
		print_segment(c->answer);
	return rc;
}
