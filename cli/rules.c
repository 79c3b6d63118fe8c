/* rules: list, show. */
#include "cli/verbs.h"

#include <stdio.h>

static const char *localised(const json_t *o, const char *en, const char *zh)
{
	return text_of(o, words_zh() ? zh : en);
}

static void print_notice(const json_t *answer)
{
	printf("\n%s\n",
	       localised(json_object_get(answer, "notice"), "en", "zh"));
}

int verb_rules_list(struct cli *c, const struct args *a)
{
	const char *title = words_zh() ? "title_zh" : "title_en";
	const char *const members[] = { "name", "version", "quiet_hours", "cap",
					title };
	static const enum word columns[] = { WORD_NAME, WORD_VERSION,
					     WORD_HOURS, WORD_CAP,
					     WORD_MEANING };
	int rc = cli_ask(c, "GET", "/v1/rules", NULL);

	(void)a;
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_page(c, "packs", members, columns, ARRAY_LEN(members));
	print_notice(c->answer);
	return CLI_DONE;
}

static void print_value(const char *name, const json_t *v)
{
	if (json_is_array(v)) {
		if (json_array_size(v) == 0)
			return;
		printf("%-20s", name);
		for (size_t i = 0; i < json_array_size(v); i++)
			printf("%s%s", i == 0 ? "" : ", ",
			       json_string_value(json_array_get(v, i)));
		putchar('\n');
	} else if (json_is_integer(v)) {
		printf("%-20s%lld\n", name, (long long)json_integer_value(v));
	} else if (json_is_boolean(v)) {
		printf("%-20s%s\n", name, json_is_true(v) ? "true" : "false");
	} else if (json_string_length(v) > 0) {
		printf("%-20s%s\n", name, json_string_value(v));
	}
}

int verb_rules_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	const char *name;
	json_t *value;

	buf_init(&path, 4096);
	buf_z(&path, "/v1/rules/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	json_object_foreach(json_object_get(c->answer, "pack"), name, value)
		print_value(name, value);
	print_notice(c->answer);
	return CLI_DONE;
}
