/* What batches that were not stored leave of cases and call-backs: what they
 * were before, or what the store holds of them; never something between. */
#include <unistd.h>

#include "model/unsaved.h"
#include "tests/unit/care_full.h"
#include "tests/unit/care_calls.h"

static const struct case_by ann = { .actor = { "user:1", 6 },
				    .name = { "ann", 3 } };

static void open_failing(struct room *r, void **state)
{
	room_full_bed(*state);
	open_room(r, state);
}

/* The open batch has failed, and the loop has not heard of it yet. */
static void fails_unheard(struct room *r, struct room_answer *a)
{
	unsigned was = __atomic_load_n(&room_steps, __ATOMIC_ACQUIRE);

	room_full();
	store_then(r->bed->store, on_room_answer, a);
	store_seal(r->bed->store);
	while (__atomic_load_n(&room_steps, __ATOMIC_ACQUIRE) == was)
		usleep(1000);
	usleep(20000);
	failing_from(&room_failing, 0);
	assert_false(a->came);
}

/* ---- steps ----------------------------------------------------------------------- */

static void back_to_the_first_or_on_with_the_last(void **state)
{
	/* rc of three steps in a row; where they lead: -1 is on */
	static const struct {
		int rc[3];
		int to;
	} rows[] = {
		{ { 0, 0, 0 }, -1 },  { { -1, -1, -1 }, 0 },
		{ { 0, -1, -1 }, 1 }, { { 0, 0, -1 }, 2 },
		{ { -1, 0, -1 }, 2 }, { { -1, -1, 0 }, -1 },
		{ { -1, 0, 0 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct unsaved u = { 0 };
		int to = -1;

		for (int k = 0; k < 3; k++)
			unsaved_step(&u);
		for (int k = 0; k < 3; k++) {
			if (unsaved_answered(&u, rows[i].rc[k], &k, sizeof(k)))
				to = *(int *)u.first;
			assert_true(k == 2 || to == -1);
		}
		unsaved_done(&u);
		assert_int_equal(to, rows[i].to);
	}
}

/* ---- cases ----------------------------------------------------------------------- */

static struct care_case *a_case(struct room *r)
{
	const struct case_ask ask = { .tenant = TENANT,
				      .kind = CASE_REPORT,
				      .to = SHI,
				      .source = STR("api") };
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	assert_int_equal(cases_add(care_cases(r->care), &ask, &ann, &x, &joined,
				   &no),
			 0);
	return x;
}

static void act(struct room *r, struct care_case *x, enum case_act what)
{
	const struct case_deed deed = { .act = what,
					.owner = STR("bob"),
					.text = STR("a word"),
					.verdict = CASE_PROVEN,
					.cause = STR("staff"),
					.silent = STR("no phone") };
	struct case_no no;

	if (cases_do(care_cases(r->care), x, &deed, &ann, &no) != 0)
		fail_msg("%s", no.err.text);
}

struct look_at {
	bool done;
	int64_t version, closed_ms;
	char owner[16];
};

static bool on_case(void *owner, const struct row *row)
{
	struct look_at *l = owner;

	l->version = row_i(row, CASE_VERSION);
	l->closed_ms = row_i(row, CASE_CLOSED_MS);
	return str_copy(l->owner, sizeof(l->owner), row_s(row, CASE_OWNER)) ==
	       0;
}

static void on_looked(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct look_at *)owner)->done = true;
}

static struct look_at stored(struct room *r, uint64_t id)
{
	struct cell cell = CELL_I(id);
	struct look_at l = { .version = -1 };

	commit(r->bed);
	r->bed->store->ops->get(r->bed->store, STORE_CASE_GET, &cell, 1,
				on_case, on_looked, &l);
	TURN_UNTIL(r->bed, l.done);
	return l;
}

static void a_case_goes_back_over_all_of_a_batch(void **state)
{
	struct room r;

	open_failing(&r, state);
	struct care_case *x = a_case(&r);

	commit(r.bed);
	room_full();
	act(&r, x, CASE_ASSIGN);
	act(&r, x, CASE_INVESTIGATE);
	act(&r, x, CASE_CLOSE);
	room_refused(&r);
	assert_int_equal(x->now.version, 1);
	assert_int_equal(x->now.state, CASE_OPENED);
	assert_string_equal(x->now.owner, "care-desk");
	assert_int_equal(x->now.verdict, CASE_NO_VERDICT);
	assert_int_equal(cases_owned(care_cases(r.care), TENANT,
				     STR("care-desk")),
			 1);
	/* and is worked on as if nothing had been */
	act(&r, x, CASE_ASSIGN);
	struct look_at l = stored(&r, x->id);

	assert_int_equal(l.version, 2);
	assert_string_equal(l.owner, "bob");
	room_stop(&r);
}

/* The first batch fails while the second is filled: that one is stored, and
 * it holds all of the case. */
static void a_case_stays_what_a_later_batch_made_it(void **state)
{
	struct room r;
	struct room_answer a = { false, 0 };

	open_failing(&r, state);
	struct care_case *x = a_case(&r);

	commit(r.bed);
	act(&r, x, CASE_ASSIGN);
	fails_unheard(&r, &a);
	act(&r, x, CASE_NOTE);
	TURN_UNTIL(r.bed, a.came);
	assert_int_equal(a.rc, -ENOSPC);
	struct look_at l = stored(&r, x->id);

	assert_int_equal(x->now.version, 3);
	assert_int_equal(l.version, 3);
	assert_string_equal(l.owner, x->now.owner);
	/* its history goes on behind it */
	TURN_UNTIL(r.bed, r.bed->store->ops->ready(r.bed->store) == 0);
	act(&r, x, CASE_CLOSE);
	assert_int_equal(stored(&r, x->id).version, x->now.version);
	assert_true(stored(&r, x->id).closed_ms != 0);
	room_stop(&r);
}

/* The batch that made it fails, the one that goes on with it does not. */
static void a_new_case_is_not_lost_to_its_next_step(void **state)
{
	struct room r;
	struct room_answer a = { false, 0 };

	open_failing(&r, state);
	struct care_case *x = a_case(&r);
	uint64_t id = x->id;

	fails_unheard(&r, &a);
	act(&r, x, CASE_NOTE);
	TURN_UNTIL(r.bed, a.came);
	struct look_at l = stored(&r, id);

	x = cases_find(care_cases(r.care), TENANT, id);
	assert_true((x == NULL) == (l.version == -1));
	if (x != NULL)
		assert_int_equal(l.version, x->now.version);
	/* alone it never was */
	room_full();
	id = a_case(&r)->id;
	room_refused(&r);
	assert_null(cases_find(care_cases(r.care), TENANT, id));
	room_stop(&r);
}

/* ---- call-backs -------------------------------------------------------------------- */

static void a_callback_goes_back_over_all_of_a_batch(void **state)
{
	const struct callback *x = NULL;
	struct room r;

	open_failing(&r, state);
	uint64_t id = ask_for(&r, SHI);

	room_full();
	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("bob"),
					  CALLBACK_TALKING),
			 0);
	room_refused(&r);
	assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	assert_int_equal(callbacks_waiting(calls_of(&r), TENANT, STR_NONE), 1);
	/* nobody has it: anybody may take it */
	assert_string_equal(next_for(&r, "ann"), SHI.p);
	room_full();
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("ann"),
					  CALLBACK_TALKING),
			 0);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("ann"),
					  CALLBACK_REACHED),
			 0);
	room_refused(&r);
	assert_int_equal(state_of(&r, id), CALLBACK_OFFERED);
	came_of(&r, id, CALLBACK_REACHED);
	assert_null(see(&r, id));
	room_stop(&r);
}

static void a_callback_stays_what_a_later_batch_made_it(void **state)
{
	const struct callback *x = NULL;
	struct room_answer a = { false, 0 };
	struct room r;

	open_failing(&r, state);
	uint64_t id = ask_for(&r, SHI);

	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	fails_unheard(&r, &a);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("bob"),
					  CALLBACK_TALKING),
			 0);
	TURN_UNTIL(r.bed, a.came);
	commit(r.bed);
	assert_int_equal(state_of(&r, id), CALLBACK_CONNECTED);
	assert_string_equal(see(&r, id)->now.agent, "bob");
	came_of(&r, id, CALLBACK_REACHED);
	assert_null(see(&r, id));
	room_stop(&r);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_to_the_first_or_on_with_the_last),
		CASE(a_case_goes_back_over_all_of_a_batch),
		CASE(a_case_stays_what_a_later_batch_made_it),
		CASE(a_new_case_is_not_lost_to_its_next_step),
		CASE(a_callback_goes_back_over_all_of_a_batch),
		CASE(a_callback_stays_what_a_later_batch_made_it),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
