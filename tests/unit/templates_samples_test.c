/* The sample templates: each compiles, renders with its own values in one
 * part, and passes the check of its class. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "templates/check.h"

#define SAMPLES "templates/samples/"

static bool value_of(void *owner, struct str name, struct str *value)
{
	char *key = str_z(name);
	const char *z = json_string_value(json_object_get(owner, key));

	mem_free(key);
	*value = str_of(z);
	return z != NULL;
}

static const char *text_at(const json_t *o, const char *key, const char *lang)
{
	const json_t *inner = json_object_get(o, key);
	const char *z = json_string_value(
		lang != NULL ? json_object_get(inner, lang) : inner);

	assert_non_null(z);
	return z;
}

static void check_one(const json_t *o, const char *lang)
{
	struct template_rules rules =
		template_rules_of(str_of(text_at(o, "class", NULL)));
	json_t *values = json_object_get(json_object_get(o, "sample"), lang);
	struct template_findings f;
	struct template *t = NULL;
	struct err err = { "" };
	struct buf out;

	if (template_compile(&t, str_of(text_at(o, "text", lang)), &err) != 0)
		fail_msg("%s %s: %s", text_at(o, "id", NULL), lang, err.text);
	/* every value is one of the text's variables, and the other way */
	assert_int_equal(json_object_size(values), template_vars(t));
	buf_init(&out, 8192);
	assert_int_equal(template_render(t, value_of, values, &out, &err), 0);
	assert_null(strchr(out.p, '{'));
	rules.priced = json_is_true(json_object_get(o, "priced"));
	template_check(t, &rules, value_of, values, &f);
	for (unsigned i = 0; i < f.n; i++)
		if (f.v[i].severity == TEMPLATE_ERROR ||
		    strcmp(f.v[i].code, "NO_VALUE") == 0 ||
		    strcmp(f.v[i].code, "ENCODING_SURPRISE") == 0)
			fail_msg("%s %s: %s", text_at(o, "id", NULL), lang,
				 f.v[i].en);
	assert_true(f.rendered);
	assert_int_equal(f.plan.parts, 1);
	assert_int_equal(f.plan.charset,
			 strcmp(lang, "zh") == 0 ? SMS_UCS2 : SMS_GSM7);
	buf_done(&out);
	template_free(&t);
}

static void samples_are_good(void **state)
{
	DIR *d = opendir(SAMPLES);
	const struct dirent *e;
	unsigned n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char path[sizeof(SAMPLES) + 256];
		json_error_t where;

		if (strstr(e->d_name, ".json") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), SAMPLES "%s", e->d_name);
		json_t *o =
			json_load_file(path, JSON_REJECT_DUPLICATES, &where);

		if (o == NULL)
			fail_msg("%s: %s", path, where.text);
		assert_memory_equal(e->d_name, text_at(o, "id", NULL), 4);
		(void)text_at(o, "owner", NULL);
		(void)text_at(o, "name", "zh");
		(void)text_at(o, "name", "en");
		check_one(o, "zh");
		check_one(o, "en");
		json_decref(o);
		n++;
	}
	(void)closedir(d);
	assert_int_equal(n, 18);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
