/* Journal frames: round trips, and every way in which a blob can be bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proto/journal.h"

static void checksum_is_crc32c(void **state UNUSED)
{
	static const struct {
		const char *in;
		size_t len;
		uint32_t crc;
	} rows[] = {
		/* RFC 3720, B.4, and the catalogue's check value. */
		{ "123456789", 9, 0xe3069283 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		  32, 0x8a9136aa },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		  "\xff\xff\xff\xff",
		  32, 0x62a8ab43 },
		{ "", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(journal_crc(0, rows[i].in, rows[i].len),
				 rows[i].crc);
		/* In two parts it is the same. */
		size_t half = rows[i].len / 3;
		uint32_t crc = journal_crc(0, rows[i].in, half);
		assert_int_equal(journal_crc(crc, rows[i].in + half,
					     rows[i].len - half),
				 rows[i].crc);
	}
}

static void reads_what_it_wrote(void **state UNUSED)
{
	static const struct {
		uint8_t kind;
		uint64_t id;
		size_t len;
	} rows[] = {
		{ 1, 0, 0 },    { 2, 1, 1 },    { 255, UINT64_MAX, 113 },
		{ 3, 42, 114 }, { 4, 42, 115 }, { 5, 1ull << 62, 70000 },
	};
	struct buf blob;
	char *payload = mem_alloc(70000);

	memset(payload, 'x', 70000);
	buf_init(&blob, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t before = blob.len;
		journal_put(&blob, rows[i].kind, rows[i].id,
			    str_bytes(payload, rows[i].len));
		assert_true(blob.len - before <=
			    rows[i].len + JOURNAL_FRAME_OVERHEAD);
	}

	struct journal_walk w = journal_walk_of(buf_str(&blob));
	struct journal_record r;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(journal_next(&w, &r));
		assert_int_equal(r.kind, rows[i].kind);
		assert_true(r.id == rows[i].id);
		assert_int_equal(r.payload.len, rows[i].len);
		assert_memory_equal(r.payload.p, payload, rows[i].len);
	}
	assert_false(journal_next(&w, &r));
	assert_null(w.why);
	assert_int_equal(w.at, blob.len);
	buf_done(&blob);
	mem_free(payload);
}

static void stops_at_the_limit_of_the_buf(void **state UNUSED)
{
	struct buf blob;

	buf_init(&blob, 40);
	journal_put(&blob, 1, 1, STR("abc"));
	size_t len = blob.len;
	assert_false(blob.full);
	journal_put(&blob, 1, 2, STR("abc"));
	assert_true(blob.full);
	assert_int_equal(blob.len, len);
	buf_done(&blob);
}

/* Three frames; the second is spoilt. */
static void blob_of_three(struct buf *blob, size_t at[4])
{
	buf_init(blob, BUF_NO_LIMIT);
	for (unsigned i = 0; i < 3; i++) {
		at[i] = blob->len;
		journal_put(blob, 2, 7 + i, STR("payload of it"));
	}
	at[3] = blob->len;
}

static void reports_the_first_bad_frame(void **state UNUSED)
{
	static const struct {
		size_t offset; /* in the second frame */
		char value;
		const char *why;
	} rows[] = {
		{ 0, 0, "the length is out of range" },
		{ 0, 13, "the length is out of range" },
		{ 0, 127, "the frame is cut off" },
		{ 0, 28, "the checksum does not match" },
		{ 1, 9, "the checksum does not match" },
		{ 2, 9, "the checksum does not match" },
		{ 10, 9, "the checksum does not match" },
		{ 20, 9, "the checksum does not match" },
		{ 27, 9, "the checksum does not match" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf blob;
		struct journal_record r;
		size_t at[4];

		blob_of_three(&blob, at);
		blob.p[at[1] + rows[i].offset] = rows[i].value;
		struct journal_walk w = journal_walk_of(buf_str(&blob));
		assert_true(journal_next(&w, &r));
		assert_int_equal(r.id, 7);
		assert_false(journal_next(&w, &r));
		assert_string_equal(w.why, rows[i].why);
		assert_int_equal(w.at, at[1]);
		assert_int_equal(r.id, 7); /* untouched */
		assert_false(journal_next(&w, &r));
		buf_done(&blob);
	}
}

/* Every bit of a frame is covered, and a cut anywhere is seen. */
static void notices_every_flip_and_cut(void **state UNUSED)
{
	struct buf blob;
	struct journal_record r;
	size_t at[4];

	blob_of_three(&blob, at);
	for (size_t bit = at[1] * 8; bit < at[2] * 8; bit++) {
		blob.p[bit / 8] ^= (char)BIT(bit % 8);
		struct journal_walk w = journal_walk_of(buf_str(&blob));
		assert_true(journal_next(&w, &r));
		assert_false(journal_next(&w, &r));
		assert_non_null(w.why);
		assert_int_equal(w.at, at[1]);
		blob.p[bit / 8] ^= (char)BIT(bit % 8);
	}
	for (size_t len = at[1] + 1; len < at[2]; len++) {
		struct journal_walk w = journal_walk_of(str_bytes(blob.p, len));
		assert_true(journal_next(&w, &r));
		assert_false(journal_next(&w, &r));
		assert_non_null(w.why);
		assert_int_equal(w.at, at[1]);
	}
	buf_done(&blob);
}

/* A sound frame of a version to come. */
static void refuses_other_versions(void **state UNUSED)
{
	struct buf blob;
	struct journal_record r;

	buf_init(&blob, BUF_NO_LIMIT);
	journal_put(&blob, 1, 1, STR(""));
	blob.p[1] = JOURNAL_VERSION + 1;
	blob.len -= 4;
	buf_u32(&blob, journal_crc(0, blob.p, blob.len));
	struct journal_walk w = journal_walk_of(buf_str(&blob));
	assert_false(journal_next(&w, &r));
	assert_string_equal(w.why, "the version is not known");
	assert_int_equal(w.at, 0);
	buf_done(&blob);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksum_is_crc32c),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(stops_at_the_limit_of_the_buf),
		cmocka_unit_test(reports_the_first_bad_frame),
		cmocka_unit_test(notices_every_flip_and_cut),
		cmocka_unit_test(refuses_other_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
