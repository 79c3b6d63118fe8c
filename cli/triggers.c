/* trigger: list, show, put, delete. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static void path_to(struct buf *path, const char *name)
{
	buf_init(path, 4096);
	buf_z(path, "/v1/triggers/");
	path_part(path, name);
}

int verb_trigger_list(struct cli *c, const struct args *a)
{
	const json_t *all, *one;
	size_t i;
	int rc = cli_ask(c, "GET", "/v1/triggers", NULL);

	(void)a;
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	all = json_object_get(c->answer, "triggers");
	json_array_foreach(all, i, one)
	{
		const json_t *rule = json_object_get(one, "rule");
		const json_t *fault;
		size_t k;

		printf("%s  %s  %s  %s\n", text_of(one, "name"),
		       text_of(rule, "event"), text_of(one, "from"),
		       text_of(one, "actor"));
		json_array_foreach(json_object_get(one, "faults"), k, fault)
			printf("  ! %s\n", json_string_value(fault));
	}
	return rc;
}

int verb_trigger_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	path_to(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c)) {
		/* as `put` takes it */
		char *text = json_dumps(json_object_get(c->answer, "rule"),
					JSON_INDENT(2));

		printf("%s\n", text == NULL ? "" : text);
		free(text);
	}
	return rc;
}

int verb_trigger_put(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	char *text = file_text(a->v[1]);

	if (text == NULL) {
		say_error(WORD_CANNOT_READ,
			  WORDS_LIST(a->v[1], strerror(errno)));
		return CLI_FAILED;
	}
	path_to(&path, a->v[0]);
	int rc = cli_ask(c, "PUT", path.p, text);

	mem_free(text);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_TRIGGER_WRITTEN, WORDS_LIST(a->v[0]));
	return rc;
}

int verb_trigger_delete(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	path_to(&path, a->v[0]);
	int rc = cli_ask(c, "DELETE", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_TRIGGER_DELETED, WORDS_LIST(a->v[0]));
	return rc;
}
