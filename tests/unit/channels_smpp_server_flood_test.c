/* The SMPP server under floods and guesses: they cost the peer its session,
 * and us a few lines in the log. */
#include "tests/unit/channels_smpp_server_bench.h"

/* ---- floods --------------------------------------------------------------- */

/* Who is not bound has few tries, whatever it sends. */
static void flood_out_of_state(void **state UNUSED)
{
	begin("malformed = 5");
	struct client *c = dial(0);
	for (unsigned i = 0; i < 50; i++)
		(void)send_sm(c, &plain_sm);
	UNTIL(c->gone);
	assert_int_equal(count(c, SMPP_SUBMIT_SM_RESP), 5);
	/* one that is bound is only told */
	c = bound(1, RX);
	for (unsigned i = 0; i < 50; i++)
		(void)send_sm(c, &plain_sm);
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) == 50);
	end();
}

static void flood_of_malformed(void **state UNUSED)
{
	begin("malformed = 5");
	struct client *c = bound(0, TRX);
	for (unsigned i = 0; i < 50; i++)
		client_head(c, SMPP_SUBMIT_SM, 0, i + 10);
	UNTIL(c->gone);
	assert_int_equal(count(c, SMPP_GENERIC_NACK), 5);
	end();
}

/* ---- what is logged of it ------------------------------------------------- */

static FILE *said;

static void listen_to_log(void)
{
	said = tmpfile();
	assert_non_null(said);
	log_open(fileno(said), LOG_INFO);
}

static void end_log(void)
{
	log_open(2, LOG_ERROR + 1);
	(void)fclose(said);
}

static unsigned lines_with(const char *word)
{
	char line[1024];
	unsigned n = 0;

	log_flush();
	rewind(said);
	while (fgets(line, sizeof(line), said) != NULL)
		n += strstr(line, word) != NULL;
	return n;
}

/* Who may connect may not fill the disk with what it did wrong. */
static void floods_leave_few_lines(void **state UNUSED)
{
	unsigned lines;

	listen_to_log();
	begin("malformed = 5");
	for (unsigned k = 0; k < 20; k++) {
		struct client *c = dial(k);
		for (unsigned i = 0; k % 3 == 0 && i < 5; i++)
			client_head(c, SMPP_SUBMIT_SM, 0, i);
		for (unsigned i = 0; k % 3 == 1 && i < 5; i++)
			client_head(c, SMPP_UNBIND, 0, i);
		if (k % 3 == 2)
			client_write(c, STR("GET / HTTP/1.1\r\n"));
		UNTIL(c->gone);
	}
	lines = lines_with("smpp.malformed") + lines_with("smpp.bad_length") +
		lines_with("smpp_server.out_of_state");
	/* of 48, and a few more if this took long */
	assert_in_range(lines, 5, 20);
	assert_int_equal(stat_value(stats_get(STAT_COUNTER,
					      "smpp_malformed_total",
					      "PDUs that could not be read.",
					      "link=\"main\"")),
			 7 * 5 + 6);
	end_log();
	end();
}

/* ---- guesses -------------------------------------------------------------- */

static int64_t refused(void)
{
	return stat_value(
		stats_get(STAT_COUNTER, "smpp_server_binds_refused_total",
			  "Binds that were refused.", "server=\"main\""));
}

static unsigned guessed; /* each takes a client of its own */

static void guess(const char *system_id, const char *password, uint32_t status)
{
	struct client *c = dial(guessed++);

	assert_int_equal(bind_as(c, TRX, system_id, password), status);
	UNTIL(c->gone);
}

/* Wrong passwords, names and addresses: counted each, logged once a minute;
 * after some of them nothing is looked at until the minute is over. */
static void guesses(void **state UNUSED)
{
	struct clock_hand hand;

	guessed = 0;
	clock_hand_init(&hand, 1795000000000);
	bench_clock = &hand.ops;
	listen_to_log();
	begin_with("failed_binds = 4",
		   ACCOUNT "} esme far { password = x allow = {\"192.0.2.1\"} "
			   "class = service } esme shut { password = x "
			   "class = service }");
	for (int64_t minute = 0; minute < 3; minute++) {
		guess("demo", "x", SMPP_RINVPASWD);
		clock_hand_turn(&hand, 20000);
		guess("nobody", "secret", SMPP_RINVSYSID);
		guess("far", "x", SMPP_RBINDFAIL);
		guess("shut", "x", SMPP_RBINDFAIL);
		clock_hand_turn(&hand, 39999);
		guess("demo", "secret", SMPP_RBINDFAIL);
		assert_int_equal(refused(), 5 * (minute + 1));
		assert_int_equal(lines_with("smpp_server.bind_refused"),
				 minute + 1);
		clock_hand_turn(&hand, 1);
		hang_up(bound(guessed++, TRX));
	}
	bench_clock = &clock_real;
	end_log();
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood_out_of_state),
		cmocka_unit_test(flood_of_malformed),
		cmocka_unit_test(floods_leave_few_lines),
		cmocka_unit_test(guesses),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
