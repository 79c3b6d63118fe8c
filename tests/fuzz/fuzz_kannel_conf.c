/* kannel.conf: reads lines and groups, and what the import writes is always a
 * configuration that carillond takes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/secret.h"
#include "cli/kannel_import.h"
#include "console/server.h"
#include "daemon/dlr.h"
#include "daemon/registry.h"
#include "gateway/gateway.h"
#include "proto/kannel_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_taken(const char *text)
{
	static struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	struct settings s = { 0 };
	struct faults f = { 0 };
	size_t n = registry_sections(kinds);
	int rc = settings_parse(text, "imported", kinds, n, &s, &f);

	if (rc == 0) {
		console_check_settings(&s, &f);
		dlr_check_settings(&s, &f);
		gateway_check_settings(&s, registry_channels,
				       registry_nchannels, &f);
	}
	if (f.len > 0) {
		fprintf(stderr, "%s\n%s\n", f.v[0], text);
		abort();
	}
	faults_done(&f);
	settings_done(&s);
}

static void check_lines(struct str text)
{
	struct kannel_lines l = kannel_lines_of(text);
	struct buf name = { 0 }, value = { 0 };
	unsigned before = 0;

	buf_init(&name, BUF_NO_LIMIT);
	buf_init(&value, BUF_NO_LIMIT);
	while (kannel_line_next(&l, &name, &value) != KANNEL_LINE_END) {
		must(l.line > before);
		before = l.line;
		must(name.len + value.len <= text.len);
	}
	buf_done(&name);
	buf_done(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_bytes(data, size);
	struct kannel_import *im = mem_new(struct kannel_import);
	struct faults faults = { 0 };

	secret_init();
	if (str_find(text, '\0') == text.len) {
		check_lines(text);
		im->data = "/var/lib/carillon";
		if (kannel_conf_parse(&im->conf, text, "kannel.conf",
				      &faults) == 0) {
			kannel_import_run(im);
			check_taken(im->out.p);
		}
	}
	faults_done(&faults);
	kannel_import_done(im);
	mem_free(im);
	return 0;
}
