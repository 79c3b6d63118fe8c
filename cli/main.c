/* The `carillon` command: finds the verb, reads its options, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "cli/cli.h"

static void name_of(const struct verb *v, struct buf *out)
{
	if (v->noun != NULL)
		buf_f(out, "%s ", v->noun);
	buf_z(out, v->name);
}

static void usage_of(const struct verb *v, FILE *f)
{
	AUTO(buf_done) struct buf b = { 0 }, line = { 0 };

	buf_init(&b, 4096);
	buf_init(&line, 4096);
	name_of(v, &b);
	if (v->max > 0)
		buf_f(&b, v->min > 0 ? " %s" : " [%s]", v->arguments);
	args_usage(v->options, &b);
	word_fill(&line, WORD_USAGE, WORDS_LIST(b.p));
	fprintf(f, "%s\n%s\n%s\n", line.p, word(v->help),
		word(WORD_GLOBAL_OPTIONS));
}

static void usage_all(FILE *f)
{
	AUTO(buf_done) struct buf line = { 0 };

	buf_init(&line, 4096);
	word_fill(&line, WORD_USAGE, WORDS_LIST("VERB ... [--help]"));
	fprintf(f, "%s\n\n", line.p);
	for (unsigned i = 0; i < verbs_len; i++) {
		buf_reset(&line);
		name_of(&verbs[i], &line);
		if (verbs[i].max > 0)
			buf_f(&line, " %s", verbs[i].arguments);
		fprintf(f, "  %-28s %s\n", line.p, word(verbs[i].help));
	}
	fprintf(f, "\n%s\n", word(WORD_GLOBAL_OPTIONS));
}

/* The verb these words name; *used of them. NULL: none. */
static const struct verb *verb_find(int argc, char **argv, int *used)
{
	for (unsigned i = 0; i < verbs_len; i++) {
		const struct verb *v = &verbs[i];
		int words = v->noun != NULL ? 2 : 1;
		if (argc < words)
			continue;
		if (v->noun != NULL && strcmp(argv[0], v->noun) != 0)
			continue;
		if (strcmp(argv[words - 1], v->name) != 0)
			continue;
		*used = words;
		return v;
	}
	return NULL;
}

static void no_verb(int argc, char **argv)
{
	AUTO(buf_done) struct buf said = { 0 };
	const struct verb *best = NULL;
	unsigned least = 4;

	buf_init(&said, 4096);
	buf_z(&said, argv[0]);
	if (argc > 1 && argv[1][0] != '-')
		buf_f(&said, " %s", argv[1]);
	for (unsigned i = 0; i < verbs_len; i++) {
		AUTO(buf_done) struct buf name = { 0 };
		buf_init(&name, 256);
		name_of(&verbs[i], &name);
		unsigned d = args_distance(said.p, name.p);
		if (d < least) {
			least = d;
			best = &verbs[i];
		}
	}
	say_error(WORD_NO_VERB, WORDS_LIST(said.p));
	if (best == NULL) {
		usage_all(stderr);
		return;
	}
	buf_reset(&said);
	name_of(best, &said);
	say_error(WORD_MEAN, WORDS_LIST(said.p));
}

static int run(const struct verb *v, int argc, char **argv,
	       struct args *globals)
{
	AUTO(buf_done) struct buf why = { 0 }, name = { 0 };
	struct args a;
	struct cli c;

	buf_init(&why, 4096);
	buf_init(&name, 256);
	name_of(v, &name);
	int rc = args_read(name.p, v->options, args_everywhere, v->arguments,
			   v->min, v->max, argc, argv, &a, globals, &why);
	if (rc != 0) {
		fprintf(stderr, "carillon: %s\n", why.p);
		usage_of(v, stderr);
		return CLI_USAGE;
	}
	if (args_get(globals, "help") != NULL) {
		usage_of(v, stdout);
		return CLI_DONE;
	}
	rc = cli_open(&c, globals);
	if (rc == CLI_DONE)
		rc = v->run(&c, &a);
	cli_close(&c);
	return rc;
}

/* Options may stand before the verb too. */
static int leading(int argc, char **argv, struct args *globals)
{
	AUTO(buf_done) struct buf why = { 0 };
	static const struct option none[] = { { NULL, NULL, false } };
	struct args a;
	int n = 1;

	buf_init(&why, 4096);
	while (n < argc && strncmp(argv[n], "--", 2) == 0) {
		bool takes = strchr(argv[n], '=') == NULL &&
			     strcmp(argv[n], "--json") != 0 &&
			     strcmp(argv[n], "--help") != 0;
		n += takes ? 2 : 1;
	}
	n = MIN(n, argc);
	if (args_read("carillon", none, args_everywhere, "", 0, 0, n - 1,
		      argv + 1, &a, globals, &why) == 0)
		return n;
	fprintf(stderr, "carillon: %s\n", why.p);
	return -1;
}

int main(int argc, char **argv)
{
	struct args globals = { .options = args_everywhere };
	int used = 0;

	words_open();
	secret_init();
	int n = leading(argc, argv, &globals);
	if (n < 0)
		return CLI_USAGE;
	if (n >= argc || strcmp(argv[n], "help") == 0) {
		bool asked = args_get(&globals, "help") != NULL || n < argc;
		usage_all(asked ? stdout : stderr);
		return asked ? CLI_DONE : CLI_USAGE;
	}
	const struct verb *v = verb_find(argc - n, argv + n, &used);
	if (v == NULL) {
		no_verb(argc - n, argv + n);
		return CLI_USAGE;
	}
	return run(v, argc - n - used, argv + n + used, &globals);
}
