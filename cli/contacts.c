/* contacts: list, show, merge, erase, export. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/json.h"

const struct option export_options[] = {
	{ "purpose", "TEXT", true },
	{ "out", "FILE", false },
	{ NULL, NULL, false },
};

const struct option contacts_list_options[] = {
	{ "ref", "REF", false },         { "address", "ADDRESS", false },
	{ "name", "BEGINNING", false },  { "tier", "TIER", false },
	{ "branch", "BRANCH", false },   { "manager", "NAME", false },
	{ "lifecycle", "STAGE", false }, { "state", "STATE", false },
	{ "attr", "NAME:VALUE", false }, { "filter", "FILTER", false },
	{ "limit", "N", false },         { "cursor", "ID", false },
	{ NULL, NULL, false },
};

const struct option contacts_show_options[] = {
	{ "ref", "REF", false },
	{ "address", "ADDRESS", false },
	{ NULL, NULL, false },
};

static const char *const members[] = { "id",        "ref",  "name", "phone",
				       "lang",      "tz",   "tier", "branch",
				       "preferred", "state" };
static const enum word columns[] = {
	WORD_ID,   WORD_REF,  WORD_NAME,   WORD_ADDRESS,   WORD_LANGUAGE,
	WORD_ZONE, WORD_TIER, WORD_BRANCH, WORD_PREFERRED, WORD_STATE
};

/* Puts the first address where a row of the table can show it. */
static void flatten(json_t *contact)
{
	const json_t *first =
		json_array_get(json_object_get(contact, "addresses"), 0);

	if (first != NULL)
		json_object_set(contact, "phone",
				json_object_get(first, "address"));
}

int verb_contacts_list(struct cli *c, const struct args *a)
{
	int rc = cli_get(c, a, "/v1/contacts");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	json_t *list = json_object_get(c->answer, "contacts");
	for (size_t i = 0; i < json_array_size(list); i++)
		flatten(json_array_get(list, i));
	print_list(list, members, columns, ARRAY_LEN(members));
	print_more(c);
	return CLI_DONE;
}

static void print_contact(const json_t *contact)
{
	static const char *const names[] = { "channel", "address" };
	static const enum word words[] = { WORD_CHANNEL, WORD_ADDRESS };

	print_members(contact, members, columns, ARRAY_LEN(members));
	putchar('\n');
	print_list(json_object_get(contact, "addresses"), names, words, 2);
}

int verb_contacts_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/contacts");
	if (a->n > 0) {
		buf_c(&path, '/');
		path_part(&path, a->v[0]);
	}
	path_query(&path, "ref", args_get(a, "ref"));
	path_query(&path, "address", args_get(a, "address"));
	if (a->n == 0 && strchr(path.p, '?') == NULL) {
		say_error(WORD_NEEDS_ARGUMENT, WORDS_LIST("ID"));
		return CLI_USAGE;
	}
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	if (a->n > 0) {
		print_contact(c->answer);
		return CLI_DONE;
	}
	const json_t *list = json_object_get(c->answer, "contacts");
	for (size_t i = 0; i < json_array_size(list); i++)
		print_contact(json_array_get(list, i));
	if (json_array_size(list) == 0)
		puts(word(WORD_NONE));
	return json_array_size(list) == 0 ? CLI_FAILED : CLI_DONE;
}

int verb_contacts_erase(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/contacts/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "DELETE", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_ERASED, WORDS_LIST(a->v[0]));
	return rc;
}

int verb_contacts_merge(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	AUTO(buf_done) struct buf body = { 0 };

	buf_init(&path, 4096);
	buf_init(&body, 4096);
	buf_z(&path, "/v1/contacts/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/merge");
	json_open(&body, '{');
	json_kz(&body, "from", a->v[1]);
	json_close(&body, '}');
	int rc = cli_ask(c, "POST", path.p, body.p);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	say(WORD_MERGED, WORDS_LIST(a->v[1], a->v[0]));
	print_contact(c->answer);
	return CLI_DONE;
}

/* Page by page, until one has no next. */
static int export_to(struct cli *c, const struct args *a, FILE *f,
		     size_t *bytes)
{
	char cursor[sizeof(c->next)] = "";

	do {
		AUTO(buf_done) struct buf path = { 0 };
		buf_init(&path, 4096);
		buf_z(&path, "/v1/exports/contacts");
		path_query(&path, "purpose", args_get(a, "purpose"));
		if (cursor[0] != '\0')
			path_query(&path, "cursor", cursor);
		int rc = cli_ask(c, "GET", path.p, NULL);
		if (rc != CLI_DONE)
			return rc;
		*bytes += c->body.len;
		if (fwrite(c->body.p, 1, c->body.len, f) != c->body.len)
			return CLI_FAILED;
		must(str_copy(cursor, sizeof(cursor), str_of(c->next)) == 0);
	} while (cursor[0] != '\0');
	return CLI_DONE;
}

int verb_contacts_export(struct cli *c, const struct args *a)
{
	const char *name = args_get(a, "out");
	size_t bytes = 0;
	char figure[32];

	if (name == NULL)
		return export_to(c, a, stdout, &bytes);
	FILE *f = fopen(name, "we");
	int rc = f != NULL ? export_to(c, a, f, &bytes) : CLI_FAILED;
	if (f == NULL || (fclose(f) != 0 && rc == CLI_DONE)) {
		say_error(WORD_CANNOT_WRITE, WORDS_LIST(name, strerror(errno)));
		return CLI_FAILED;
	}
	snprintf(figure, sizeof(figure), "%zu", bytes);
	if (rc == CLI_DONE)
		say(WORD_EXPORTED, WORDS_LIST(figure, name));
	return rc;
}
