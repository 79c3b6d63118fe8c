/* Lines of words, an empty line, a text: any word is taken or refused, and one
 * that was taken is found where it stands alone. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/wordset.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void finds_itself(struct str word)
{
	struct wordset *w = wordset_new();
	struct str found = STR_NONE;
	struct buf text;
	int rc = wordset_add(w, word, NULL);

	must(rc == 0 || rc == -EINVAL);
	buf_init(&text, BUF_NO_LIMIT);
	buf_z(&text, "- ");
	buf_str_put(&text, word);
	buf_z(&text, " -");
	if (rc == 0) {
		must(wordset_len(w) == 1);
		must(wordset_find(w, word, &found));
		must(str_eq(found, str_trim(word)));
		must(wordset_find(w, buf_str(&text), &found));
	}
	must(!wordset_find(w, STR_NONE, &found));
	buf_done(&text);
	wordset_free(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	size_t before = mem_live_blocks(), added = 0;
	struct wordset *w = wordset_new();
	struct str rest = str_bytes(p, len), word, found = STR_NONE;

	while (rest.len > 0 && added < 64) {
		rest = str_cut(rest, '\n', &word);
		if (word.len == 0)
			break;
		added += wordset_add(w, word, NULL) == 0;
		finds_itself(word);
	}
	must(wordset_len(w) == added);
	if (wordset_find(w, rest, &found))
		must(added > 0 && found.len > 0 &&
		     found.len <= WORDSET_WORD_MAX);
	wordset_free(&w);
	must(mem_live_blocks() == before);
	return 0;
}
