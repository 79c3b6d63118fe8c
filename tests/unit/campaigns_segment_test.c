/* The language of segments: what is read, what is refused and where, what
 * holds for whom, and what is said of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "campaigns/segment.h"

#define NOW ((int64_t)1800000000000)
#define DAY ((int64_t)86400000)

static struct segment *compiled(const char *text)
{
	struct segment *s = NULL;
	struct err err = { "" };

	if (segment_compile(str_of(text), &s, &err) != 0)
		fail_msg("%s: %s", text, err.text);
	return s;
}

/* ---- the text comes back ---------------------------------------------------- */

static const struct {
	const char *in, *out; /* NULL: the same */
} texts[] = {
	{ "all", NULL },
	{ "tier = \"gold\"", NULL },
	{ "tier = gold", "tier = \"gold\"" },
	{ "TIER = \"gold\" AND NOT Lang = \"zh\"",
	  "tier = \"gold\" and not lang = \"zh\"" },
	{ "tier = \"gold\" and consent(marketing) = granted and not in list "
	  "\"vip\" and active within 30d and attr.plan = \"5g\"",
	  NULL },
	{ "tier in (\"gold\", \"silver\")", NULL },
	{ "tier not in (gold)", "not tier in (\"gold\")" },
	{ "(tier = \"a\" or tier = \"b\") and lang = \"en\"", NULL },
	{ "tier = \"a\" or tier = \"b\" and lang = \"en\"", NULL },
	{ "(tier = \"a\" and lang = \"b\") or (name = \"c\")",
	  "tier = \"a\" and lang = \"b\" or name = \"c\"" },
	{ "not (tier = \"a\" and lang = \"en\")", NULL },
	{ "not not has sms", NULL },
	{ "attr.\"家庭 套餐\" contains \"5g\"", NULL },
	{ "attr.套餐 starts with \"5\"", NULL },
	{ "attr.kv >= 35 and attr.kv < 110.5", NULL },
	{ "attr.balance = -3", NULL },
	{ "attr.x is set and attr.y is not set", NULL },
	{ "consent(news:offers) != granted", NULL },
	{ "name = \"say \\\"hi\\\" \\\\\"", NULL },
	{ "added within 2w or changed within 12h",
	  "added within 14d or changed within 12h" },
	{ "has sms and not has mqtt", NULL },
	{ "state = \"left\"", NULL },
	{ "lifecycle != \"leaving\" and manager is set", NULL },
};

static void text_comes_back(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, BUF_NO_LIMIT);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		const char *want =
			texts[i].out != NULL ? texts[i].out : texts[i].in;
		struct segment *s = compiled(texts[i].in);

		buf_reset(&out);
		segment_text(s, &out);
		assert_string_equal(out.p, want);
		segment_free(&s);
		s = compiled(out.p); /* and is read again */
		segment_free(&s);
	}
	buf_done(&out);
}

static void tree_comes_back(void **state)
{
	struct err err = { "" };
	struct buf json, text;

	(void)state;
	buf_init(&json, BUF_NO_LIMIT);
	buf_init(&text, BUF_NO_LIMIT);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		struct segment *s = compiled(texts[i].in), *again = NULL;

		buf_reset(&json);
		buf_reset(&text);
		segment_json(s, &json);
		segment_free(&s);
		if (segment_from_text_json(buf_str(&json), &again, &err) != 0)
			fail_msg("%s: %s", json.p, err.text);
		segment_text(again, &text);
		assert_string_equal(text.p, texts[i].out != NULL ? texts[i].out
								 : texts[i].in);
		segment_free(&again);
	}
	buf_done(&json);
	buf_done(&text);
}

static void tree_has_its_form(void **state)
{
	struct segment *s = compiled("tier in (a, 2) and not in list \"vip\" "
				     "and active within 30d");
	struct buf json;

	(void)state;
	buf_init(&json, BUF_NO_LIMIT);
	segment_json(s, &json);
	assert_string_equal(
		json.p,
		"{\"and\":[{\"field\":\"tier\",\"op\":\"in\",\"values\":"
		"[\"a\",2]},{\"not\":{\"list\":\"vip\"}},"
		"{\"within\":\"active\",\"span\":\"30d\"}]}");
	buf_done(&json);
	segment_free(&s);
}

/* ---- faults ------------------------------------------------------------------- */

static const struct {
	const char *in;
	const char *why; /* begins so */
} faults[] = {
	{ "", "column 1: expected a clause such as tier = \"gold\"" },
	{ "tier", "column 5: expected one of =, !=, <, <=, >, >=, in, not in, "
		  "contains, starts with, is set, is not set, found the end" },
	{ "tier == \"gold\"", "column 7: expected a value: \"text\", a word or "
			      "a number, found '='" },
	{ "tire = \"gold\"", "column 1: expected a clause such as" },
	{ "tier = \"gold\" xor lang = zh",
	  "column 15: expected and, or, or the end, found 'xor'" },
	{ "tier = \"gold", "column 8: expected a value: \"text\", a word or a "
			   "number, found a quote that is never closed" },
	{ "姓名 = \"x\"", "column 1: expected a clause such as" },
	{ "name = \"张三\" and 等级 = gold", "column 17: expected a clause" },
	{ "(tier = a", "column 10: expected and, or, or ), found the end" },
	{ "tier = a)", "column 9: expected and, or, or the end, found ')'" },
	{ "tier in a", "column 9: expected ( and values after in, found 'a'" },
	{ "tier in (a b)", "column 12: expected , or ), found 'b'" },
	{ "tier not = a", "column 10: expected in after not, found '='" },
	{ "tier starts \"a\"", "column 13: expected with after starts" },
	{ "tier is gold", "column 9: expected set or not set after is" },
	{ "tier = \"\"", "column 8: expected a value that is not empty" },
	{ "consent(marketing) > granted",
	  "column 20: expected = or != after consent(...), found '>'" },
	{ "consent(marketing) = yes",
	  "column 1: consent is one of granted, withdrawn, pending, expired, "
	  "unknown, not 'yes'" },
	{ "consent marketing", "column 9: expected ( and a purpose after" },
	{ "state = gone", "column 1: state is one of active, left, probe, not "
			  "'gone'" },
	{ "state > left", "column 1: state is compared with =, != or in" },
	{ "in vip", "column 4: expected list after in, found 'vip'" },
	{ "active 30d", "column 8: expected within and a time, found '30d'" },
	{ "active within 30", "column 15: expected a time of up to ten years" },
	{ "active within 0d", "column 15: expected a time" },
	{ "active within 99999d", "column 15: expected a time" },
	{ "attr.kv = 007", "column 11: expected a number such as 35" },
	{ "attr.kv = 3e5", "column 11: expected a number such as 35" },
	{ "attr. = 1", "column 7: expected the name of an attribute" },
	{ "tier = and", "column 8: expected a value" },
	{ "tier = a; drop table contact",
	  "column 9: expected and, or, or the end, found ';'" },
	{ "((((((((((((((((((((tier = a", "column 17: nested too deep" },
};

static void faults_say_where(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(faults); i++) {
		struct segment *s = NULL;
		struct err err = { "" };
		int rc = segment_compile(str_of(faults[i].in), &s, &err);

		assert_true(rc == -EBADMSG || rc == -ENOSPC);
		assert_null(s);
		if (!str_starts(str_of(err.text), str_of(faults[i].why)))
			fail_msg("%s\n%s\n%s", faults[i].in, faults[i].why,
				 err.text);
	}
}

static void limits_hold(void **state)
{
	struct segment *s = NULL;
	struct err err = { "" };
	struct buf b;

	(void)state;
	buf_init(&b, BUF_NO_LIMIT);
	buf_z(&b, "has a");
	for (unsigned i = 0; i < SEGMENT_CLAUSES_MAX; i++)
		buf_z(&b, " and has a");
	assert_int_equal(segment_compile(buf_str(&b), &s, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "at most 127 clauses"));
	buf_reset(&b);
	buf_z(&b, "tier in (a");
	for (unsigned i = 0; i < SEGMENT_VALUES_MAX; i++)
		buf_z(&b, ",a");
	buf_z(&b, ")");
	assert_int_equal(segment_compile(buf_str(&b), &s, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "at most 256 values"));
	buf_reset(&b);
	for (unsigned i = 0; i <= SEGMENT_TEXT_MAX; i++)
		buf_c(&b, ' ');
	assert_int_equal(segment_compile(buf_str(&b), &s, &err), -ENOSPC);
	assert_int_equal(segment_compile(STR("tier = \"\xff\""), &s, &err),
			 -EBADMSG);
	buf_done(&b);
}

static void refuses_trees(void **state)
{
	static const char *const trees[] = {
		"[]",
		"{}",
		"{\"sql\":\"1=1\"}",
		"{\"all\":true,\"x\":1}",
		"{\"and\":[{\"all\":true}]}",
		"{\"not\":[]}",
		"{\"field\":\"password\",\"op\":\"=\",\"value\":\"x\"}",
		"{\"field\":\"tier\",\"op\":\"~\",\"value\":\"x\"}",
		"{\"field\":\"tier\",\"op\":\"=\"}",
		"{\"field\":\"tier\",\"op\":\"in\",\"value\":\"x\"}",
		"{\"field\":\"tier\",\"op\":\"in\",\"values\":[]}",
		"{\"field\":\"tier\",\"op\":\"=\",\"value\":true}",
		"{\"field\":\"tier\",\"op\":\"=\",\"value\":1e300}",
		"{\"field\":\"state\",\"op\":\"=\",\"value\":\"gone\"}",
		"{\"consent\":\"m\",\"op\":\"<\",\"value\":\"granted\"}",
		"{\"within\":\"active\",\"span\":\"soon\"}",
		"{\"within\":\"born\",\"span\":\"3d\"}",
		"{\"list\":\"\"}",
		"{\"list\":\"a\\nb\\u0001\"}",
		"{\"list\":7}",
		"nothing",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(trees); i++) {
		struct segment *s = NULL;
		struct err err = { "" };

		if (segment_from_text_json(str_of(trees[i]), &s, &err) !=
		    -EBADMSG)
			fail_msg("%s: %s", trees[i], err.text);
		assert_string_not_equal(err.text, "");
	}
}

/* ---- what holds ----------------------------------------------------------------- */

static const char *consent(void *owner, struct str tenant, struct str address,
			   struct str purpose)
{
	assert_true(str_eqz(tenant, "acme"));
	*(unsigned *)owner += 1;
	if (str_eqz(purpose, "survey"))
		return "unknown";
	return str_eqz(address, "+447700900002") ? "granted" : "withdrawn";
}

static const struct person lin = {
	.contact = { .tenant = { "acme", 4 },
		     .id = 1,
		     .ref = { "C1", 2 },
		     .name = { "Lin", 3 },
		     .lang = { "zh", 2 },
		     .tier = { "gold", 4 },
		     .state = CONTACT_ACTIVE,
		     .attrs = { "{\"plan\": \"5g\", \"kv\":\"35\", \"n\": 7,"
				" \"say\":\"a\\\"b\", \"no\":null, \"on\":true}",
				69 },
		     .created_ms = NOW - 10 * DAY,
		     .updated_ms = NOW - 2 * DAY },
	.v = { { { "sms", 3 }, { "+447700900001", 13 } },
	       { { "sms", 3 }, { "+447700900002", 13 } } },
	.n = 2,
	.lists = { "vip\nall\n", 8 },
	.heard_ms = NOW - 30 * DAY,
};

static const struct {
	const char *in;
	bool holds;
} answers[] = {
	{ "all", true },
	{ "not all", false },
	{ "tier = gold", true },
	{ "tier = Gold", false },
	{ "tier != gold", false },
	{ "tier in (silver, gold)", true },
	{ "tier not in (silver, gold)", false },
	{ "tier > \"gol\" and tier < \"golf\"", true },
	{ "name contains \"i\" and name starts with \"L\"", true },
	{ "name starts with \"i\"", false },
	{ "branch is set", false },
	{ "branch is not set", true },
	{ "branch = x", false },
	{ "branch != x", true },
	{ "branch < x", false },
	{ "state = active", true },
	{ "state in (left, probe)", false },
	{ "attr.plan = \"5g\"", true },
	{ "attr.plan = 5", false },
	{ "attr.kv >= 35", true },
	{ "attr.kv > 35", false },
	{ "attr.kv = 35.0", true },
	{ "attr.kv = \"35.0\"", false },
	{ "attr.kv < 100", true },
	{ "attr.kv < \"100\"", false }, /* as texts */
	{ "attr.n = 7 and attr.n = \"7\"", true },
	{ "attr.on = \"true\"", true },
	{ "attr.say = \"a\\\"b\"", true },
	{ "attr.no is set", false },
	{ "attr.none is not set", true },
	{ "attr.plan > 3", false },
	{ "attr.plan != 3", true },
	{ "in list \"vip\"", true },
	{ "in list \"vi\"", false },
	{ "not in list \"new\"", true },
	{ "has sms", true },
	{ "has mqtt", false },
	{ "active within 30d", true },
	{ "active within 29d", false },
	{ "added within 10d and not added within 9d", true },
	{ "changed within 48h", true },
	{ "consent(marketing) = granted", true }, /* one of two */
	{ "consent(marketing) = withdrawn", true },
	{ "consent(survey) = granted", false },
	{ "consent(survey) = unknown", true },
	{ "consent(survey) != granted", true },
	{ "tier = silver or lang = zh", true },
	{ "tier = silver or lang = zh and ref = C2", false },
	{ "(tier = gold or lang = en) and ref = C2", false },
	{ "not tier = silver and not ref = C2", true },
};

static void holds_or_not(void **state)
{
	unsigned asked = 0;
	const struct segment_world w = { NOW, consent, &asked };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(answers); i++) {
		struct segment *s = compiled(answers[i].in);

		if (segment_holds(s, &lin, &w) !=
		    (answers[i].holds ? SEGMENT_YES : SEGMENT_NO))
			fail_msg("%s", answers[i].in);
		segment_free(&s);
	}
	assert_true(asked > 0);
}

/* Where consent cannot be asked, only what depends on it is unsure. */
static void unsure_without_consent(void **state)
{
	static const struct {
		const char *in;
		enum segment_answer answer;
	} rows[] = {
		{ "consent(marketing) = granted", SEGMENT_UNSURE },
		{ "not consent(marketing) = granted", SEGMENT_UNSURE },
		{ "consent(marketing) = granted and tier = gold",
		  SEGMENT_UNSURE },
		{ "consent(marketing) = granted and tier = silver",
		  SEGMENT_NO },
		{ "tier = gold or consent(marketing) = granted", SEGMENT_YES },
		{ "not (consent(marketing) = granted and tier = silver)",
		  SEGMENT_YES },
	};
	const struct segment_world w = { NOW, NULL, NULL };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct segment *s = compiled(rows[i].in);

		assert_int_equal(segment_holds(s, &lin, &w), rows[i].answer);
		segment_free(&s);
	}
}

static void asks_for_what_it_needs(void **state)
{
	struct segment *s = compiled("in list \"b\" or not in list \"a\"");
	struct str name;
	unsigned i = 0;

	(void)state;
	assert_int_equal(segment_asks(s), PERSON_LISTS);
	assert_true(segment_list(s, &i, &name));
	assert_true(str_eqz(name, "b"));
	assert_true(segment_list(s, &i, &name));
	assert_true(str_eqz(name, "a"));
	assert_false(segment_list(s, &i, &name));
	segment_free(&s);
	s = compiled("added within 3d");
	assert_int_equal(segment_asks(s), 0);
	segment_free(&s);
	s = compiled("not active within 3d");
	assert_int_equal(segment_asks(s), PERSON_HEARD);
	segment_free(&s);
}

/* ---- sentences ------------------------------------------------------------------- */

static const struct {
	const char *in, *en, *zh;
} sentences[] = {
	{ "all", "all contacts.", "全部联系人。" },
	{ "tier = gold and consent(marketing) = granted and not in list "
	  "\"vip\" and active within 30d and attr.plan = \"5g\"",
	  "Contacts where the tier is \"gold\" and consent for \"marketing\" is "
	  "granted and the contact is not on the list \"vip\" and the contact "
	  "wrote to us in the last 30 days and the attribute \"plan\" is "
	  "\"5g\".",
	  "联系人:等级为“gold”,且用途“marketing”的同意为已同意,且不在名单“vip”中,且最近 "
	  "30 天内有过来信,且属性“plan”为“5g”。" },
	{ "(lang = zh or lang = en) and attr.kv >= 35",
	  "Contacts where (the language is \"zh\" or the language is \"en\") "
	  "and the attribute \"kv\" is at least 35.",
	  "联系人:(语言为“zh”,或语言为“en”),且属性“kv”不小于 35 。" },
	{ "tier in (a, b, c) and not tier = d",
	  "Contacts where the tier is one of \"a\", \"b\" or \"c\" and it is "
	  "not so that (the tier is \"d\").",
	  "联系人:等级为“a”、“b”、“c”之一,且不符合(等级为“d”)。" },
	{ "not added within 1d and not changed within 12h and not has sms",
	  "Contacts where the contact was added more than 1 day ago and the "
	  "contact was last changed more than 12 hours ago and there is no "
	  "address of channel \"sms\".",
	  "联系人:新增已超过 1 天,且超过 12 小时没有变更,且没有“sms”渠道的地址。" },
};

static void says_it_in_both_languages(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, BUF_NO_LIMIT);
	for (unsigned i = 0; i < ARRAY_LEN(sentences); i++) {
		struct segment *s = compiled(sentences[i].in);

		buf_reset(&out);
		segment_sentence(s, false, &out);
		assert_string_equal(out.p, sentences[i].en);
		buf_reset(&out);
		segment_sentence(s, true, &out);
		assert_string_equal(out.p, sentences[i].zh);
		segment_free(&s);
	}
	buf_done(&out);
}

/* ---- persons --------------------------------------------------------------------- */

static struct row row_of(uint64_t id, const char *address, const char *lists,
			 int64_t heard)
{
	struct contact c = lin.contact;
	struct row row = { .n = CONTACT_CELLS + 4 };

	c.id = id;
	contact_cells(&c, row.v);
	row.v[CONTACT_CELLS] = CELL_Z("sms");
	row.v[CONTACT_CELLS + 1] = CELL_Z(address);
	row.v[CONTACT_CELLS + 2] = CELL_Z(lists);
	row.v[CONTACT_CELLS + 3] = CELL_I(heard);
	return row;
}

static void persons_come_from_rows(void **state)
{
	struct person_reader r = { 0 };
	struct row one = row_of(1, "+441", "vip\n", 0);
	struct row two = row_of(1, "+442", "vip\n", (int64_t)1 << 40);
	struct row three = row_of(2, "+443", "", 0);

	(void)state;
	assert_false(person_reader_turns(&r, &one));
	person_reader_row(&r, &one);
	assert_false(person_reader_turns(&r, &two));
	person_reader_row(&r, &two);
	assert_true(person_reader_turns(&r, &three));
	struct person *kept = person_dup(&r.person);
	person_reader_row(&r, &three);
	assert_int_equal(r.person.n, 1);
	assert_true(str_eqz(r.person.v[0].address, "+443"));
	person_reader_done(&r);
	assert_int_equal(kept->n, 2);
	assert_true(str_eqz(kept->v[1].address, "+442"));
	assert_true(str_eqz(kept->contact.name, "Lin"));
	assert_true(person_on_list(kept, STR("vip")));
	assert_true(kept->heard_ms > 0);
	assert_true(str_eqz(person_address(kept, STR("sms")), "+441"));
	mem_free(kept);
}

static int clean(void **state)
{
	(void)state;
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
#define CASE(f) cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		CASE(text_comes_back),
		CASE(tree_comes_back),
		CASE(tree_has_its_form),
		CASE(faults_say_where),
		CASE(limits_hold),
		CASE(refuses_trees),
		CASE(holds_or_not),
		CASE(unsure_without_consent),
		CASE(asks_for_what_it_needs),
		CASE(says_it_in_both_languages),
		CASE(persons_come_from_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
