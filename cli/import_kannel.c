/* import-kannel: a configuration out of kannel.conf, and a list of what it
 * could not hold. */
#include "cli/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/kannel_import.h"

const struct option import_kannel_options[] = {
	{ "output", "FILE", false },
	{ "data", "FOLDER", false },
	{ NULL, NULL, false },
};

/* It holds passwords: for its owner only, and never over another file. */
static int write_out(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f == NULL) {
		say_error(WORD_CANNOT_WRITE, WORDS_LIST(path, strerror(errno)));
		if (fd >= 0)
			close(fd);
		return CLI_FAILED;
	}
	bool good = fwrite(text.p, 1, text.len, f) == text.len;
	good = fclose(f) == 0 && good;
	if (good)
		return CLI_DONE;
	say_error(WORD_CANNOT_WRITE, WORDS_LIST(path, strerror(errno)));
	return CLI_FAILED;
}

static void tell(const struct kannel_import *im)
{
	char carried[24], left[24];

	for (size_t i = 0; i < im->nnotes; i++)
		fprintf(stderr, "%s\n", im->notes[i].text);
	(void)snprintf(carried, sizeof(carried), "%zu", im->carried);
	(void)snprintf(left, sizeof(left), "%zu", im->nnotes);
	say_error(WORD_K_SUM, WORDS_LIST(carried, left));
}

int verb_import_kannel(struct cli *c UNUSED, const struct args *a)
{
	const char *output = args_get(a, "output");
	const char *data = args_get(a, "data");
	struct kannel_import *im = mem_new(struct kannel_import);
	struct faults faults = { 0 };
	int rc = CLI_FAILED;

	im->data = data == NULL ? "/var/lib/carillon" : data;
	if (kannel_conf_read(&im->conf, a->v[0], &faults) != 0) {
		for (size_t i = 0; i < faults.len; i++)
			fprintf(stderr, "carillon: %s\n", faults.v[i]);
	} else {
		kannel_import_run(im);
		rc = CLI_DONE;
		if (output != NULL)
			rc = write_out(output, buf_str(&im->out));
		else
			fwrite(im->out.p, 1, im->out.len, stdout);
		tell(im);
	}
	faults_done(&faults);
	kannel_import_done(im);
	mem_free(im);
	return rc;
}
