/* The store's ordinary tables: every call, the same for every back end. */
#include "tests/contract/store_bed.h"

#include "model/consent.h"
#include "model/contact.h"

static const char *under_test;

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, under_test);
	bed_open(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	bed_done(*state);
	mem_free(*state);
	return 0;
}

static void put(struct bed *b, enum store_call call, const struct cell *cells,
		unsigned n)
{
	store_put(b->s, call, cells, n);
}

static void contact(struct bed *b, const char *tenant, uint64_t id,
		    const char *ref, const char *name)
{
	struct cell cells[CONTACT_CELLS];
	const struct contact c = { .tenant = str_of(tenant),
				   .id = id,
				   .ref = str_of(ref),
				   .name = str_of(name),
				   .lang = STR("en"),
				   .tz = STR("Europe/London"),
				   .tz_source = STR("explicit"),
				   .tier = STR("vip"),
				   .manager = STR("kim"),
				   .lifecycle = STR("new"),
				   .preferred = STR("sms"),
				   .attrs = STR("{}"),
				   .created_ms = 4,
				   .updated_ms = 5 };

	contact_cells(&c, cells);
	put(b, STORE_CONTACT_PUT, cells, CONTACT_CELLS);
}

static void address_at(struct bed *b, const char *tenant, const char *channel,
		       const char *value, uint64_t id, unsigned place)
{
	put(b, STORE_ADDRESS_PUT,
	    BED_CELLS(CELL_Z(tenant), CELL_Z(channel), CELL_Z(value),
		      CELL_I(id), CELL_I(place)));
}

static void address(struct bed *b, const char *tenant, const char *channel,
		    const char *value, uint64_t id)
{
	address_at(b, tenant, channel, value, id, 0);
}

#define LONDON "|en|Europe/London|explicit|vip||kim|new|sms||active|{}|4|5"
#define ANN "a|1|r1|Ann" LONDON ";"
#define BOB "a|2|r2|Bob" LONDON ";"
#define BO "a|2|r2|Bo" LONDON ";"

static void keeps_contacts(void **state)
{
	struct bed *b = *state;

	contact(b, "a", 1, "r1", "Ann");
	contact(b, "a", 2, "r2", "Bob");
	contact(b, "b", 1, "r1", "Eve");
	address(b, "a", "sms", "+441", 1);
	address(b, "a", "mqtt", "ann", 1);
	address(b, "a", "sms", "+442", 2);
	address(b, "b", "sms", "+441", 1);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_CONTACT_GET,
				    BED_CELLS(CELL_Z("a"), CELL_I(1))),
			    ANN);
	assert_string_equal(bed_get(b, STORE_CONTACT_BY_REF,
				    BED_CELLS(CELL_Z("a"), CELL_Z("r2"))),
			    BOB);
	assert_string_equal(bed_get(b, STORE_CONTACT_BY_ADDRESS,
				    BED_CELLS(CELL_Z("a"), CELL_Z("+441"))),
			    ANN);
	assert_string_equal(bed_get(b, STORE_CONTACT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_I(0),
					      CELL_I(9))),
			    ANN BOB);
	assert_string_equal(bed_get(b, STORE_CONTACT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_I(1),
					      CELL_I(1))),
			    BOB);
	assert_string_equal(bed_get(b, STORE_ADDRESS_OF,
				    BED_CELLS(CELL_Z("a"), CELL_I(1))),
			    "sms|+441;mqtt|ann;");
	contact(b, "a", 2, "r2", "Bo");
	address(b, "a", "sms", "+441", 2); /* the number moves */
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_CONTACT_BY_ADDRESS,
				    BED_CELLS(CELL_Z("a"), CELL_Z("+441"))),
			    BO);
}

static void scans_and_erases_contacts(void **state)
{
	struct bed *b = *state;

	contact(b, "a", 1, "r1", "Ann");
	contact(b, "a", 2, "r2", "Bob");
	address(b, "a", "sms", "+441", 1);
	address(b, "a", "mqtt", "ann", 1);
	bed_reopen(b);
	assert_string_equal(
		bed_scan(b, STORE_CONTACT_SCAN, BED_NONE),
		"a|1|en|Europe/London|explicit|vip|sms|active|sms|+441|r1|5||;"
		"a|1|en|Europe/London|explicit|vip|sms|active|mqtt|ann|r1|5||;"
		"a|2|en|Europe/London|explicit|vip|sms|active|-|-|r2|5||;");
	put(b, STORE_CONTACT_ERASE, BED_CELLS(CELL_Z("a"), CELL_I(1)));
	put(b, STORE_ADDRESS_DROP, BED_CELLS(CELL_Z("a"), CELL_I(1)));
	bed_reopen(b);
	assert_string_equal(
		bed_scan(b, STORE_CONTACT_SCAN, BED_NONE),
		"a|2|en|Europe/London|explicit|vip|sms|active|-|-|r2|5||;");
	assert_string_equal(bed_get(b, STORE_ADDRESS_OF,
				    BED_CELLS(CELL_Z("a"), CELL_I(1))),
			    "");
}

/* ---- persons, segments, lists ------------------------------------------------ */

static void segment(struct bed *b, const char *tenant, uint64_t id,
		    const char *name, const char *kind)
{
	put(b, STORE_SEGMENT_PUT,
	    BED_CELLS(CELL_Z(tenant), CELL_I(id), CELL_Z(name), CELL_Z(kind),
		      CELL_Z("{}"), CELL_I(7), CELL_I(8), CELL_Z("kim"),
		      CELL_I(1), CELL_I(2), CELL_Z("north")));
}

static void member(struct bed *b, const char *tenant, uint64_t list,
		   uint64_t contact_id)
{
	put(b, STORE_MEMBER_PUT,
	    BED_CELLS(CELL_Z(tenant), CELL_I(list), CELL_I(contact_id),
		      CELL_I(5)));
}

static void keeps_segments(void **state)
{
	struct bed *b = *state;

	segment(b, "a", 1, "gold", "dynamic");
	segment(b, "a", 2, "vip", "static");
	segment(b, "b", 1, "other", "static");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_SEGMENT_GET,
				    BED_CELLS(CELL_Z("a"), CELL_I(1))),
			    "a|1|gold|dynamic|{}|7|8|kim|1|2|north;");
	assert_string_equal(bed_get(b, STORE_SEGMENT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_I(1),
					      CELL_I(9))),
			    "a|2|vip|static|{}|7|8|kim|1|2|north;");
	segment(b, "a", 1, "silver", "dynamic");
	put(b, STORE_SEGMENT_DROP, BED_CELLS(CELL_Z("a"), CELL_I(2)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_SEGMENT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_I(0),
					      CELL_I(9))),
			    "a|1|silver|dynamic|{}|7|8|kim|1|2|north;");
}

static void reads_persons(void **state)
{
	struct bed *b = *state;

	contact(b, "a", 1, "r1", "Ann");
	contact(b, "a", 2, "r2", "Bob");
	contact(b, "b", 3, "r1", "Eve");
	address_at(b, "a", "sms", "+442", 1, 0);
	address_at(b, "a", "sms", "+441", 1, 1);
	address_at(b, "a", "mqtt", "ann", 1, 2);
	segment(b, "a", 7, "vip", "static");
	segment(b, "a", 8, "all", "static");
	member(b, "a", 7, 1);
	member(b, "a", 8, 1);
	member(b, "a", 8, 2);
	member(b, "a", 8, 2); /* twice is once */
	bed_inbound(b, 100, "a", "+441");
	bed_inbound(b, 200, "a", "+441");
	bed_inbound(b, 300, "b", "+441");
	assert_int_equal(bed_commit(b), 0);
	/* The fold is not waited for by what comes next. */
	(void)bed_get(b, STORE_INBOUND_LIST,
		      BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_N, CELL_I(9)));
#define ANNA "a|1|r1|Ann" LONDON
#define BOBB "a|2|r2|Bob" LONDON
	assert_string_equal(bed_get(b, STORE_PERSON_PAGE,
				    BED_CELLS(CELL_Z("a"), CELL_I(0),
					      CELL_I(0))),
			    ANNA "|sms|+442|-|-;" ANNA "|sms|+441|-|-;" ANNA
				 "|mqtt|ann|-|-;" BOBB "|-|-|-|-;");
	assert_string_equal(bed_get(b, STORE_MEMBER_PAGE,
				    BED_CELLS(CELL_Z("a"), CELL_I(7), CELL_I(0),
					      CELL_I(3))),
			    ANNA "|sms|+442|vip\nall\n|-;" ANNA
				 "|sms|+441|vip\nall\n|200;" ANNA
				 "|mqtt|ann|vip\nall\n|-;");
	assert_string_equal(bed_get(b, STORE_MEMBER_PAGE,
				    BED_CELLS(CELL_Z("a"), CELL_I(8), CELL_I(1),
					      CELL_I(1))),
			    BOBB "|-|-|all\n|-;");
	const char *bob = BOBB "|-|-|-|-;";
	assert_string_equal(bed_get(b, STORE_PERSON_GET,
				    BED_CELLS(CELL_Z("a"), CELL_I(2),
					      CELL_I(0))),
			    bob);
	assert_string_equal(bed_get(b, STORE_PERSON_BY_REF,
				    BED_CELLS(CELL_Z("a"), CELL_Z("r2"),
					      CELL_I(0))),
			    bob);
	assert_string_equal(bed_get(b, STORE_PERSON_BY_ADDRESS,
				    BED_CELLS(CELL_Z("a"), CELL_Z("ann"),
					      CELL_I(2))),
			    ANNA "|sms|+442|-|-;" ANNA "|sms|+441|-|200;" ANNA
				 "|mqtt|ann|-|-;");
	assert_string_equal(bed_get(b, STORE_MEMBER_COUNT,
				    BED_CELLS(CELL_Z("a"), CELL_I(8))),
			    "2;");
	assert_string_equal(bed_get(b, STORE_ADDRESS_OF,
				    BED_CELLS(CELL_Z("a"), CELL_I(1))),
			    "sms|+442;sms|+441;mqtt|ann;");
	put(b, STORE_MEMBER_DROP, BED_CELLS(CELL_Z("a"), CELL_I(8), CELL_I(2)));
	put(b, STORE_MEMBER_FORGET, BED_CELLS(CELL_Z("a"), CELL_I(1)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MEMBER_COUNT,
				    BED_CELLS(CELL_Z("a"), CELL_I(8))),
			    "");
	member(b, "a", 8, 1);
	put(b, STORE_MEMBER_CLEAR, BED_CELLS(CELL_Z("a"), CELL_I(8)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MEMBER_COUNT,
				    BED_CELLS(CELL_Z("a"), CELL_I(8))),
			    "");
}

static void consent(struct bed *b, uint64_t seq, const char *to,
		    enum consent_type type)
{
	struct cell cells[CONSENT_CELLS];
	const struct consent_event e = { .seq = seq,
					 .tenant = STR("a"),
					 .address = str_of(to),
					 .channel = STR("*"),
					 .purpose = STR("marketing"),
					 .type = type,
					 .at_ms = 7,
					 .source = STR("web"),
					 .evidence = STR("form 12") };

	consent_cells(&e, cells);
	put(b, STORE_CONSENT_APPEND, cells, CONSENT_CELLS);
}

#define CONSENT(seq, to, type)                                          \
	seq "|a|" to "||*|marketing|" type "|7|0|web||||form 12|0|#32|" \
	    "#32;"
#define CONSENT_BRIEF(seq, to, type) \
	seq "|a|" to "||*|marketing|" type "|7|0|web|#32;"

static void keeps_the_ledger(void **state)
{
	struct bed *b = *state;

	consent(b, 1, "+441", CONSENT_GRANT);
	consent(b, 2, "+442", CONSENT_GRANT);
	consent(b, 3, "+441", CONSENT_WITHDRAW);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_CONSENT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("+441"))),
			    CONSENT("1", "+441", "grant")
				    CONSENT("3", "+441", "withdraw"));
	assert_string_equal(bed_get(b, STORE_CONSENT_SCAN,
				    BED_CELLS(CELL_I(1), CELL_I(1))),
			    CONSENT("2", "+442", "grant"));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_CONSENT_HEAD, BED_NONE),
			    "3|" /* a hash of zeros: as many NULs */);
	assert_int_equal(b->shown.len, strlen("3|;") + 32);
	assert_string_equal(bed_scan(b, STORE_CONSENT_STATE_SCAN, BED_NONE),
			    CONSENT_BRIEF("1", "+441", "grant")
				    CONSENT_BRIEF("2", "+442", "grant")
					    CONSENT_BRIEF("3", "+441",
							  "withdraw"));
}

static void keeps_heads_of_the_ledger(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 1; i <= 3; i++)
		put(b, STORE_LEDGER_HEAD_PUT,
		    BED_CELLS(CELL_I(i == 3 ? 20 : 10 * i), CELL_I(i),
			      CELL_B(STR("abc"))));
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_LEDGER_HEAD_LIST,
				    BED_CELLS(CELL_I(10), CELL_I(9))),
			    "20|2|#3;20|3|#3;");
	assert_string_equal(bed_scan(b, STORE_LEDGER_HEAD_LAST, BED_NONE),
			    "20|3|#3;");
}

static void keeps_suspects(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 1; i <= 3; i++)
		put(b, STORE_SUSPECT_PUT,
		    BED_CELLS(CELL_Z("a"), CELL_Z(i == 2 ? "+442" : "+441"),
			      CELL_I(i), CELL_I(10 * i)));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_SUSPECT_SCAN, BED_NONE),
			    "a|+441|3|30;a|+442|2|20;");
	assert_string_equal(bed_get(b, STORE_SUSPECT_LIST,
				    BED_CELLS(CELL_N, CELL_I(1))),
			    "a|+441|3|30;");
	assert_string_equal(bed_get(b, STORE_SUSPECT_LIST,
				    BED_CELLS(CELL_Z("b"), CELL_I(9))),
			    "");
	put(b, STORE_SUSPECT_DROP, BED_CELLS(CELL_Z("a"), CELL_Z("+441")));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_SUSPECT_SCAN, BED_NONE),
			    "a|+442|2|20;");
}

static void keeps_keys_of_requests(void **state)
{
	struct bed *b = *state;
	static const char *const keys[] = { "k1", "k2", "k3", "k2" };

	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		put(b, STORE_IDEMPOTENCY_PUT,
		    BED_CELLS(CELL_Z("a"), CELL_Z(keys[i]), CELL_Z("body"),
			      CELL_I(100 + i), CELL_I(10 * i)));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_IDEMPOTENCY_SCAN,
				     BED_CELLS(CELL_I(10))),
			    "a|k2|body|101|10;a|k3|body|102|20;"
			    "a|k2|body|103|30;");
	put(b, STORE_IDEMPOTENCY_PURGE, BED_CELLS(CELL_I(20)));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_IDEMPOTENCY_SCAN,
				     BED_CELLS(CELL_I(0))),
			    "a|k3|body|102|20;a|k2|body|103|30;");
}

static void keeps_api_keys(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 1; i <= 2; i++)
		put(b, STORE_KEY_PUT,
		    BED_CELLS(CELL_I(i), CELL_Z("a"), CELL_Z("crm"),
			      CELL_Z("sender"), CELL_B(STR("hash")), CELL_I(1),
			      CELL_I(0), CELL_I(0), CELL_Z("north")));
	put(b, STORE_KEY_PUT,
	    BED_CELLS(CELL_I(1), CELL_Z("a"), CELL_Z("crm"), CELL_Z("sender"),
		      CELL_B(STR("hash")), CELL_I(1), CELL_I(0), CELL_I(9),
		      CELL_Z("")));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_KEY_LIST, BED_NONE),
			    "1|a|crm|sender|#4|1|0|9|;"
			    "2|a|crm|sender|#4|1|0|0|north;");
}

static void keeps_users_and_sessions(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 1; i <= 2; i++)
		put(b, STORE_USER_PUT,
		    BED_CELLS(CELL_I(7), CELL_Z("a"), CELL_Z("mia"),
			      CELL_Z("Mia"), CELL_Z("en"), CELL_Z("north"),
			      CELL_Z("marketer"), CELL_Z("$hash"),
			      CELL_Z(i == 1 ? "active" : "off"), CELL_I(1),
			      CELL_I(10), CELL_I(10 + i), CELL_I(12)));
	for (unsigned i = 1; i <= 3; i++)
		put(b, STORE_LOGIN_PUT,
		    BED_CELLS(CELL_I(i), CELL_I(7), CELL_B(STR("hash")),
			      CELL_I(1), CELL_I(2), CELL_I(3), CELL_Z("::1"),
			      CELL_Z("curl")));
	put(b, STORE_LOGIN_PUT,
	    BED_CELLS(CELL_I(3), CELL_I(7), CELL_B(STR("hash")), CELL_I(1),
		      CELL_I(9), CELL_I(3), CELL_Z("::1"), CELL_Z("curl")));
	put(b, STORE_LOGIN_DROP, BED_CELLS(CELL_I(1)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_USER_LIST, BED_NONE),
			    "7|a|mia|Mia|en|north|marketer|$hash|off|1|10|12|"
			    "12;");
	assert_string_equal(bed_get(b, STORE_LOGIN_LIST, BED_NONE),
			    "2|7|#4|1|2|3|::1|curl;3|7|#4|1|9|3|::1|curl;");
}

static void version(struct bed *b, const char *id, int number,
		    const char *state)
{
	put(b, STORE_TEMPLATE_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z(id), CELL_I(number), CELL_I(3),
		      CELL_Z(state), CELL_Z("Hello"), CELL_Z("care"),
		      CELL_Z("shop"), CELL_Z("Acme"), CELL_I(0), CELL_Z(""),
		      CELL_Z(""), CELL_Z("ann"), CELL_I(1), CELL_I(2),
		      CELL_Z("bob"), CELL_Z(""), CELL_I(4), CELL_Z("why"),
		      CELL_B(STR("hash")), CELL_Z("north")));
}

static void wording(struct bed *b, const char *id, int number, const char *lang,
		    const char *text)
{
	put(b, STORE_TEMPLATE_TEXT_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z(id), CELL_I(number), CELL_Z(lang),
		      CELL_Z("draft"), CELL_Z("Acme"), CELL_Z(text),
		      CELL_Z("TD"), CELL_Z(""), CELL_B(STR("hash"))));
}

#define BEHIND "Hello|care|shop|Acme|0|||ann|1|2|bob||4|why|#4|north;"

static void keeps_templates(void **state)
{
	struct bed *b = *state;

	version(b, "hello", 2, "draft");
	version(b, "hello", 1, "active");
	version(b, "bye", 1, "draft");
	version(b, "hello", 2, "submitted");
	wording(b, "hello", 1, "zh", "old");
	wording(b, "hello", 1, "zh", "nin hao");
	wording(b, "hello", 1, "en", "Hi");
	wording(b, "hello", 2, "en", "Hi");
	put(b, STORE_TEMPLATE_TEXT_DROP,
	    BED_CELLS(CELL_Z("a"), CELL_Z("hello"), CELL_I(2)));
	put(b, STORE_TEMPLATE_TALLY_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z("hello"), CELL_I(1), CELL_I(9),
		      CELL_I(1), CELL_I(0)));
	put(b, STORE_TEMPLATE_TALLY_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z("hello"), CELL_I(1), CELL_I(10),
		      CELL_I(2), CELL_I(1)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_scan(b, STORE_TEMPLATE_SCAN, BED_NONE),
			    "a|bye|1|3|draft|" BEHIND
			    "a|hello|1|3|active|" BEHIND
			    "a|hello|2|3|submitted|" BEHIND);
	assert_string_equal(bed_scan(b, STORE_TEMPLATE_TEXT_SCAN, BED_NONE),
			    "a|hello|1|en|draft|Acme|Hi|TD||#4;"
			    "a|hello|1|zh|draft|Acme|nin hao|TD||#4;");
	assert_string_equal(bed_scan(b, STORE_TEMPLATE_TALLY_SCAN, BED_NONE),
			    "a|hello|1|10|2|1;");
}

static void keeps_the_audit(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 1; i <= 4; i++)
		put(b, STORE_AUDIT_APPEND,
		    BED_CELLS(CELL_I(i), CELL_I(5),
			      CELL_Z(i % 2 != 0 ? "a" : "b"), CELL_Z("key 1"),
			      CELL_Z("send"), CELL_Z("m"), CELL_Z("{}"),
			      CELL_B(STR("prev")), CELL_B(STR("hash"))));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_AUDIT_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_I(1),
					      CELL_I(9))),
			    "3|5|a|key 1|send|m|{}|#4|#4;");
	assert_string_equal(bed_get(b, STORE_AUDIT_LIST,
				    BED_CELLS(CELL_N, CELL_I(2), CELL_I(1))),
			    "3|5|a|key 1|send|m|{}|#4|#4;");
	assert_string_equal(bed_get(b, STORE_AUDIT_OF,
				    BED_CELLS(CELL_Z("a"), CELL_Z("send"),
					      CELL_Z("{}"), CELL_I(1),
					      CELL_I(9))),
			    "3|5|a|key 1|send|m|{}|#4|#4;");
	assert_string_equal(bed_get(b, STORE_AUDIT_OF,
				    BED_CELLS(CELL_N, CELL_N, CELL_Z("{1}"),
					      CELL_I(0), CELL_I(9))),
			    "");
	assert_string_equal(bed_scan(b, STORE_AUDIT_HEAD, BED_NONE), "4|hash;");
}

static void keeps_meta(void **state)
{
	struct bed *b = *state;

	put(b, STORE_META_PUT, BED_CELLS(CELL_Z("pepper"), CELL_Z("old")));
	put(b, STORE_META_PUT, BED_CELLS(CELL_Z("pepper"), CELL_Z("new")));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_META_GET,
				    BED_CELLS(CELL_Z("pepper"))),
			    "new;");
	assert_string_equal(bed_get(b, STORE_META_GET, BED_CELLS(CELL_Z("no"))),
			    "");
}

/* Bytes come back as they went in: no text function has touched them. */
static void keeps_odd_bytes(void **state)
{
	struct bed *b = *state;
	static const char odd[] = "a'b\"; DROP TABLE meta; --\0\xff\x80 %s %n";
	static const struct {
		struct str in;
	} rows[] = {
		{ { odd, sizeof(odd) - 1 } },
		{ { "", 0 } },
		{ { "\0", 1 } },
		{ { "\xf0\x9f\x98\x80", 4 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put(b, STORE_META_PUT,
		    BED_CELLS(CELL_T(rows[i].in), CELL_B(rows[i].in)));
		assert_int_equal(bed_commit(b), 0);
		b->raw = true;
		(void)bed_get(b, STORE_META_GET, BED_CELLS(CELL_T(rows[i].in)));
		assert_int_equal(b->shown.len, rows[i].in.len + 1);
		assert_memory_equal(b->shown.p, rows[i].in.p, rows[i].in.len);
	}
}

/* Each read and scan runs and shows nothing in an empty store. */
static void runs_every_call(void **state)
{
	struct bed *b = *state;
	const struct cell cells[] = { CELL_I(1), CELL_I(1), CELL_I(1),
				      CELL_I(1), CELL_I(1), CELL_I(1),
				      CELL_I(1), CELL_I(1), CELL_I(1) };

	for (unsigned call = 0; call < STORE_CALLS; call++) {
		if (store_calls[call].kind == STORE_WRITE)
			continue;
		unsigned n = statement_args((enum statement)call);
		assert_true(n <= ARRAY_LEN(cells));
		assert_string_equal(bed_get(b, (enum store_call)call, cells, n),
				    "");
		assert_string_equal(bed_scan(b, (enum store_call)call, cells,
					     n),
				    "");
	}
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(keeps_contacts),   CASE(scans_and_erases_contacts),
		CASE(keeps_segments),   CASE(reads_persons),
		CASE(keeps_the_ledger), CASE(keeps_heads_of_the_ledger),
		CASE(keeps_suspects),   CASE(keeps_keys_of_requests),
		CASE(keeps_api_keys),   CASE(keeps_users_and_sessions),
		CASE(keeps_templates),  CASE(keeps_the_audit),
		CASE(keeps_meta),       CASE(keeps_odd_bytes),
		CASE(runs_every_call),
	};
	static const struct {
		const char *name, *url;
	} backends[] = {
		{ "sqlite", "sqlite:t.db" },
		{ "memory", "memory:t" },
	};
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i].url;
		failed += cmocka_run_group_tests_name(backends[i].name, tests,
						      NULL, NULL);
	}
	return failed;
}
