/* The library: drafts, approval, languages, and what is refused. */
#include "tests/unit/library_bed.h"

/* ---- life ------------------------------------------------------------------ */

static void an_approved_one_is_used(void **state)
{
	struct shop *s = *state;
	struct library_pick p;
	struct err err = { "" };

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_string_equal(state_of(s, 1), "none"); /* not before its commit */
	assert_int_equal(step(s, 1, VERSION_E_SUBMIT, "ann"), -ENOENT);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_string_equal(state_of(s, 1), "draft");
	assert_int_equal(find(s, 1, "zh", &p, &err), -EPROTO);
	assert_non_null(strstr(err.text, "draft"));
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(find(s, 1, "zh", &p, &err), -EPROTO);
	go(s, 1, VERSION_E_APPROVE, "bob");
	assert_int_equal(find(s, 1, "zh", &p, &err), 0);
	assert_int_equal(find(s, 0, "zh", &p, &err), -EPROTO); /* not active */
	go(s, 1, VERSION_E_ACTIVATE, "bob");
	assert_int_equal(find(s, 0, "zh", &p, &err), 0);
	assert_string_equal(p.translation->lang, "zh");
	assert_int_equal(find(s, 2, "zh", &p, &err), -ENOENT);
	assert_string_equal(s->told,
			    "write:ann:none>draft submit:ann:draft>submitted "
			    "approve:bob:submitted>approved "
			    "activate:bob:approved>active ");
}

static void r32_author_never_approves(void **state)
{
	struct shop *s = *state;

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(step(s, 1, VERSION_E_APPROVE, "ann"), -EACCES);
	assert_string_equal(s->why.code, "own_version");
	assert_string_equal(state_of(s, 1), "submitted");
}

/* Who edits the draft last has written it. */
static void r32_editor_is_the_author(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_int_equal(library_edit(s->library, &d, 1, 1, STR("bob"), &s->got,
				      &s->why),
			 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(step(s, 1, VERSION_E_APPROVE, "bob"), -EACCES);
}

static void submitted_text_does_not_change(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_int_equal(write_draft(s, "hello", "ann"), -EEXIST);
	assert_string_equal(s->why.code, "draft_exists");
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(library_edit(s->library, &d, 1, 0, STR("ann"), &s->got,
				      &s->why),
			 -EPROTO);
	assert_string_equal(s->why.code, "not_a_draft");
	assert_int_equal(write_draft(s, "hello", "ann"), 0); /* version 2 */
	assert_int_equal(s->got->number, 2);
	assert_int_equal(bed_commit(&s->bed), 0);
}

static void a_stale_edit_is_told(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	d.v[0].text = STR("再见");
	assert_int_equal(library_edit(s->library, &d, 1, 1, STR("ann"), &s->got,
				      &s->why),
			 0);
	/* on its way to the disk */
	assert_int_equal(library_edit(s->library, &d, 1, 1, STR("bob"), &s->got,
				      &s->why),
			 -EAGAIN);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_int_equal(library_edit(s->library, &d, 1, 1, STR("bob"), &s->got,
				      &s->why),
			 -EEXIST);
	assert_string_equal(s->why.code, "changed");
	assert_non_null(strstr(s->why.err.text, "revision 2"));
	assert_non_null(strstr(s->why.err.text, "ann"));
}

static void r39_two_have_to_approve(void **state)
{
	struct shop *s = *state;
	struct library_step x = { .tenant = STR("a"),
				  .id = STR("hello"),
				  .number = 1,
				  .event = VERSION_E_APPROVE,
				  .actor = STR("bob") };
	struct library_draft d = draft("hello");

	d.class_name = STR("marketing");
	d.v[0].text = STR("本店服务全城第一，拒收请回复R");
	d.n = 1;
	assert_int_equal(library_write(s->library, &d, STR("ann"), &s->got,
				       &s->why),
			 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_string_equal(state_of(s, 1), "submitted");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why),
			 -EACCES);
	assert_string_equal(s->why.code, "second_person");
	x.actor = STR("cat");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_string_equal(state_of(s, 1), "approved");
}

static void one_language_is_rejected(void **state)
{
	struct shop *s = *state;
	struct library_step x = { .tenant = STR("a"),
				  .id = STR("hello"),
				  .number = 1,
				  .event = VERSION_E_REJECT,
				  .actor = STR("bob"),
				  .reason = STR("stilted"),
				  .lang = STR("en") };
	struct library_pick p;
	struct err err = { "" };

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_string_equal(state_of(s, 1), "submitted");
	go(s, 1, VERSION_E_APPROVE, "bob");
	assert_int_equal(find(s, 1, "en", &p, &err), 0);
	assert_string_equal(p.translation->lang, "zh"); /* the tenant's */
	struct library_ask ask = { .tenant = STR("a"),
				   .id = STR("hello"),
				   .number = 1,
				   .lang = STR("en"),
				   .lang_strict = true };
	assert_int_equal(library_find(s->library, &ask, &p, &err), -ENOENT);
}

static void all_languages_rejected_reject_it(void **state)
{
	struct shop *s = *state;
	struct library_step x = { .tenant = STR("a"),
				  .id = STR("hello"),
				  .number = 1,
				  .event = VERSION_E_REJECT,
				  .actor = STR("bob"),
				  .lang = STR("en") };

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why),
			 -EINVAL); /* a reason */
	assert_string_equal(s->why.field, "reason");
	x.reason = STR("no");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	x.lang = STR("zh");
	assert_int_equal(library_step(s->library, &x, &s->got, &s->why), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_string_equal(state_of(s, 1), "rejected");
}

static void r37_review_stops_campaigns(void **state)
{
	struct shop *s = *state;
	struct library_pick p;
	struct err err = { "" };
	struct library_ask one = { .tenant = STR("a"),
				   .id = STR("hello"),
				   .single = true };

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	go(s, 1, VERSION_E_APPROVE, "bob");
	go(s, 1, VERSION_E_ACTIVATE, "bob");
	go(s, 1, VERSION_E_REVIEW, "system");
	assert_string_equal(state_of(s, 1), "under_review");
	assert_int_equal(find(s, 0, "zh", &p, &err), -EPROTO);
	assert_int_equal(find(s, 1, "zh", &p, &err), -EPROTO);
	assert_non_null(strstr(err.text, "under_review"));
	assert_int_equal(library_find(s->library, &one, &p, &err), 0);
	assert_int_equal(step(s, 1, VERSION_E_ACTIVATE, "ann"), -EACCES);
	go(s, 1, VERSION_E_ACTIVATE, "bob");
	assert_int_equal(find(s, 0, "zh", &p, &err), 0);
	go(s, 1, VERSION_E_RETIRE, "bob");
	assert_int_equal(library_find(s->library, &one, &p, &err), -EPROTO);
	assert_int_equal(step(s, 1, VERSION_E_ACTIVATE, "bob"), -EPROTO);
}

static void it_is_there_after_a_restart(void **state)
{
	struct shop *s = *state;
	struct library_pick p;
	struct err err = { "" };
	uint8_t was[VERSION_SHA256];

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	go(s, 1, VERSION_E_APPROVE, "bob");
	go(s, 1, VERSION_E_ACTIVATE, "bob");
	assert_int_equal(find(s, 0, "en", &p, &err), 0);
	memcpy(was, p.version->sha256, sizeof(was));
	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	restart(s);
	assert_int_equal(find(s, 0, "en", &p, &err), 0);
	assert_string_equal(p.version->author, "ann");
	assert_string_equal(p.version->approver, "bob");
	assert_int_equal(p.version->revision, 4);
	assert_memory_equal(was, p.version->sha256, sizeof(was));
	assert_string_equal(state_of(s, 2), "draft");
}

/* What was never stored never was. */
static void a_lost_commit_leaves_nothing(void **state)
{
	struct shop *s = *state;

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	/* the store closes on an open batch that it still commits or gives
	 * back; either way the shelf and the store agree */
	restart(s);
	const struct version *v =
		library_version(s->library, STR("a"), STR("hello"), 1);
	assert_true(v == NULL || v->state == VERSION_DRAFT);
}

static void a_changed_row_is_not_used(void **state)
{
	struct shop *s = *state;
	struct library_pick p;
	struct err err = { "" };
	struct cell cells[TRANSLATION_CELLS];

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	go(s, 1, VERSION_E_APPROVE, "bob");
	assert_int_equal(find(s, 1, "zh", &p, &err), 0);
	translation_cells(p.version, p.translation, cells);
	cells[6] = CELL_Z("something else");
	store_put(s->bed.s, STORE_TEMPLATE_TEXT_PUT, cells, TRANSLATION_CELLS);
	assert_int_equal(bed_commit(&s->bed), 0);
	restart(s);
	assert_int_equal(find(s, 1, "zh", &p, &err), -EPROTO);
	assert_non_null(strstr(err.text, "changed"));
}

/* ---- words ------------------------------------------------------------------- */

static void what_a_draft_must_have(void **state)
{
	struct shop *s = *state;
	static const struct {
		const char *id, *text, *signature, *lang, *code;
		int rc;
	} cases[] = {
		{ "", "x", "", "zh", "bad_id", -EINVAL },
		{ "a b", "x", "", "zh", "bad_id", -EINVAL },
		{ "x", "{{", "", "zh", "bad_text", -EINVAL },
		{ "x", "x", "{{name}}", "zh", "bad_text", -EINVAL },
		{ "x", "x", "", "z", "bad_text", -EINVAL },
		{ "x", "x", "", "en", "twice", -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct library_draft d = draft(cases[i].id);

		d.v[0] = (struct library_wording){ str_of(cases[i].lang),
						   str_of(cases[i].signature),
						   str_of(cases[i].text),
						   STR("") };
		assert_int_equal(library_write(s->library, &d, STR("ann"),
					       &s->got, &s->why),
				 cases[i].rc);
		assert_string_equal(s->why.code, cases[i].code);
	}
}

static void limits_hold(void **state)
{
	struct shop *s = *state;

	assert_int_equal(write_draft(s, "x", "ann"), 0);
	assert_int_equal(write_draft(s, "y", "ann"), 0);
	assert_int_equal(write_draft(s, "z", "ann"), 0);
	assert_int_equal(write_draft(s, "w", "ann"), -ENOSPC);
	assert_string_equal(s->why.code, "full");
	assert_int_equal(bed_commit(&s->bed), 0);
}

static void the_hash_holds_everything(void **state)
{
	struct version *a = version_new(), *b;
	uint8_t was[VERSION_SHA256];

	(void)state;
	assert_int_equal(version_translate(a, STR("zh"), STR("演示"),
					   STR("您好"), STR("拒收请回复R"),
					   NULL),
			 0);
	version_seal(a);
	memcpy(was, a->sha256, sizeof(was));
	b = version_copy(a);
	version_seal(b);
	assert_memory_equal(was, b->sha256, sizeof(was));
	b->priced = true;
	version_seal(b);
	assert_memory_not_equal(was, b->sha256, sizeof(was));
	version_free(&b);
	b = version_copy(a);
	version_text(&b->registrations[REGISTRATION_DLT_TEMPLATE], STR("1"));
	version_seal(b);
	assert_memory_not_equal(was, b->sha256, sizeof(was));
	version_free(&b);
	version_text(&a->v[0].tail, STR("退订回T"));
	version_seal(a);
	assert_memory_not_equal(was, a->sha256, sizeof(was));
	version_free(&a);
}

/* ---- rendering ------------------------------------------------------------------ */

static void renders_for_a_person(void **state)
{
	struct shop *s = *state;
	struct contact c = { .name = STR("石先生"),
			     .lang = STR("zh-CN"),
			     .attrs = STR("{\"balance\":12.5}") };
	struct values v = { .contact = &c };
	struct library_draft d = draft("hello");
	struct library_pick p;
	struct err err = { "" };
	struct buf out;

	d.v[0].text = STR("{{name}}，余额{{balance|amount}}元，第{{n}}次");
	d.v[0].tail = STR("拒收请回复R");
	assert_int_equal(library_write(s->library, &d, STR("ann"), &s->got,
				       &s->why),
			 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	go(s, 1, VERSION_E_APPROVE, "bob");
	buf_init(&out, BUF_NO_LIMIT);
	assert_int_equal(find(s, 1, "zh-CN", &p, &err), 0);
	assert_int_equal(library_render(&p, &v, &out, &err), -ENOENT);
	assert_true(str_eqz(v.missing, "n"));
	assert_non_null(strstr(err.text, "\"n\""));
	v.vars = json_pack("{s:i,s:s}", "n", 3, "name", "Ann");
	assert_int_equal(library_render(&p, &v, &out, &err), 0);
	assert_string_equal(out.p,
			    "【演示】Ann，余额12.50元，第3次拒收请回复R");
	json_decref((json_t *)(uintptr_t)v.vars);
	values_done(&v);
	buf_done(&out);
}

static void chooses_the_language(void **state)
{
	static const struct {
		const char *tenant, *asked, *got;
	} cases[] = {
		{ "a", "zh", "zh" },    { "a", "en", "en" },
		{ "a", "en-GB", "en" }, { "a", "fr", "zh" },
		{ "a", "", "zh" },      { "b", "", "en" },
		{ "b", "fr", "en" },    { "b", "zh", "zh" },
	};
	struct shop *s = *state;
	struct library_draft d = draft("hello");
	struct library_pick p;
	struct err err = { "" };

	for (unsigned i = 0; i < 2; i++) {
		struct str tenant = i == 0 ? STR("a") : STR("b");
		struct library_step x = { .tenant = tenant,
					  .id = STR("hello"),
					  .number = 1,
					  .event = VERSION_E_SUBMIT,
					  .actor = STR("ann") };

		d.tenant = tenant;
		assert_int_equal(library_write(s->library, &d, STR("ann"),
					       &s->got, &s->why),
				 0);
		assert_int_equal(bed_commit(&s->bed), 0);
		assert_int_equal(library_step(s->library, &x, &s->got, &s->why),
				 0);
		assert_int_equal(bed_commit(&s->bed), 0);
		x.event = VERSION_E_APPROVE;
		x.actor = STR("bob");
		assert_int_equal(library_step(s->library, &x, &s->got, &s->why),
				 0);
		assert_int_equal(bed_commit(&s->bed), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct library_ask ask = { .tenant = str_of(cases[i].tenant),
					   .id = STR("hello"),
					   .number = 1,
					   .lang = str_of(cases[i].asked) };

		assert_int_equal(library_find(s->library, &ask, &p, &err), 0);
		assert_string_equal(p.translation->lang, cases[i].got);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_approved_one_is_used),
		CASE(r32_author_never_approves),
		CASE(r32_editor_is_the_author),
		CASE(submitted_text_does_not_change),
		CASE(a_stale_edit_is_told),
		CASE(r39_two_have_to_approve),
		CASE(one_language_is_rejected),
		CASE(all_languages_rejected_reject_it),
		CASE(r37_review_stops_campaigns),
		CASE(it_is_there_after_a_restart),
		CASE(a_lost_commit_leaves_nothing),
		CASE(a_changed_row_is_not_used),
		CASE(what_a_draft_must_have),
		CASE(limits_hold),
		CASE(the_hash_holds_everything),
		CASE(renders_for_a_person),
		CASE(chooses_the_language),
	};

	secret_init();
	return cmocka_run_group_tests_name("campaigns_library", tests, NULL,
					   NULL);
}
